/** What the rule asks of a row; times in µs. */
export interface SkewRows {
  readonly count: number;
  readonly parent: Int32Array;
  /** As recorded. */
  readonly start: Float64Array;
  readonly length: Float64Array;
  /** The row is of another service, and so perhaps of another clock, than its parent. */
  readonly isBoundary: (row: number) => boolean;
  /** The parent does not wait for the row: a message was sent. */
  readonly isAsync: (row: number) => boolean;
  /** Without an end. */
  readonly isPending: (row: number) => boolean;
}

export interface Skew {
  /** µs to add to the recorded times, by row. */
  readonly shift: Float64Array;
  /** Rows where a shift begins; those below share it. */
  readonly shiftedCount: number;
}

/** Seconds as floats carry about 0.2 µs of rounding. */
const SAME_US = 2;

/**
 * Jaeger's rule: a request cannot be served before it was sent, nor after its answer came. A row of another service that lies
 * outside its parent is moved, with all below it: into the middle when it fits, to the parent's start when it is longer. Work that
 * nobody waits for may end later, so a receiver of a message moves only when it begins before it was sent.
 */
export function correctSkew(rows: SkewRows): Skew {
  const shift = new Float64Array(rows.count);
  let shiftedCount = 0;
  for (let row = 0; row < rows.count; row += 1) {
    const parent = rows.parent[row] ?? -1;
    if (parent < 0) continue;
    const above = shift[parent] ?? 0;
    if (!rows.isBoundary(row)) {
      shift[row] = above;
      continue;
    }
    const own = shiftOf(rows, row, parent, (rows.start[parent] ?? 0) + above);
    shift[row] = own;
    if (own !== 0) shiftedCount += 1;
  }
  return { shift, shiftedCount };
}

function shiftOf(rows: SkewRows, row: number, parent: number, parentStart: number): number {
  const start = rows.start[row] ?? 0;
  const length = rows.length[row] ?? 0;
  const parentLength = rows.length[parent] ?? 0;
  const isEarly = start < parentStart - SAME_US;
  const waits = !rows.isAsync(row) && !rows.isPending(row) && !rows.isPending(parent);
  const fits = length <= parentLength;
  if (waits && fits) {
    const isLate = start + length > parentStart + parentLength + SAME_US;
    return isEarly || isLate ? parentStart + (parentLength - length) / 2 - start : 0;
  }
  return isEarly ? parentStart - start : 0;
}
