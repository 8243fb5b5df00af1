/** A tree in reading order; times in µs on one clock. */
export interface TimedTree {
  readonly parent: Int32Array;
  /** The row behind the last one below. */
  readonly end: Uint32Array;
  readonly start: Float64Array;
  readonly length: Float64Array;
  /** The row is served by another service: its parent waits for it, even when it gives up before the end. */
  readonly isAwaited: (row: number) => boolean;
}

/** Stretches of rows that, had they been shorter, would have let the root end sooner; latest first. */
export interface CriticalPath {
  readonly row: Uint32Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
}

const SAME_US = 2;

interface Step {
  readonly row: number;
  readonly until: number;
}

/**
 * Walks back from the root's end: to the child that ended last before, from that child's start to the one before it, and
 * so on; what no child explains is the row's own. Of children at the same time the last to end counts. Local work that goes on
 * after its parent was not waited for; a call whose caller gave up counts until then.
 */
export function findCriticalPath(tree: TimedTree, root: number): CriticalPath {
  const row: number[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const add = (at: number, start: number, stop: number): void => {
    if (stop - start <= 0) return;
    row.push(at);
    from.push(start);
    to.push(stop);
  };
  const stack: Step[] = root < tree.parent.length ? [{ row: root, until: Infinity }] : [];
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const start = tree.start[step.row] ?? 0;
    const cap = Math.min(step.until, start + (tree.length[step.row] ?? 0));
    let at = cap;
    for (const child of awaitedChildren(tree, step.row, cap)) {
      const childStart = tree.start[child.row] ?? 0;
      if (childStart >= at || child.until > at + SAME_US) continue;
      add(step.row, child.until, at);
      stack.push(child);
      at = Math.max(start, childStart);
      if (at <= start) break;
    }
    add(step.row, start, at);
  }
  return { row: Uint32Array.from(row), from: Float64Array.from(from), to: Float64Array.from(to) };
}

/** By end, the last first; of equal ends the one that began first. */
function awaitedChildren(tree: TimedTree, row: number, cap: number): readonly Step[] {
  const stop = (tree.start[row] ?? 0) + (tree.length[row] ?? 0);
  const steps: Step[] = [];
  for (let child = row + 1; child < (tree.end[row] ?? 0); child = tree.end[child] ?? Infinity) {
    const childStop = (tree.start[child] ?? 0) + (tree.length[child] ?? 0);
    if (childStop > stop + SAME_US && !tree.isAwaited(child)) continue;
    steps.push({ row: child, until: Math.min(childStop, cap) });
  }
  return steps.sort((a, b) => b.until - a.until || (tree.start[a.row] ?? 0) - (tree.start[b.row] ?? 0));
}
