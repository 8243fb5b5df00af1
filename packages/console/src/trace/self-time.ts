/** A tree in reading order, siblings by start; times in µs. */
export interface CoverTree {
  readonly end: Uint32Array;
  readonly start: Float64Array;
  readonly length: Float64Array;
}

/** Of each row the time in which none of its children runs. */
export function selfTimes(tree: CoverTree): Float64Array {
  const self = new Float64Array(tree.start.length);
  for (let row = 0; row < self.length; row += 1) {
    let idle = 0;
    walkGaps(tree, row, (from, to) => {
      idle += to - from;
    });
    self[row] = idle;
  }
  return self;
}

/** Calls with each stretch of a row that no child covers, earliest first; of one without children that is all of it. */
export function walkGaps(tree: CoverTree, row: number, visit: (from: number, to: number) => void): void {
  const stop = (tree.start[row] ?? 0) + (tree.length[row] ?? 0);
  let covered = tree.start[row] ?? 0;
  for (let child = row + 1; child < (tree.end[row] ?? 0) && covered < stop; child = tree.end[child] ?? Infinity) {
    const from = tree.start[child] ?? 0;
    if (from > covered) visit(covered, Math.min(from, stop));
    covered = Math.max(covered, from + (tree.length[child] ?? 0));
  }
  if (covered < stop) visit(covered, stop);
}
