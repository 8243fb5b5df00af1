/** Counts of histogram buckets: mostly small, in half the room. */
export type CountsArray = Uint16Array | Int32Array;

const SMALL_MAX = 0xff_ff;

export function toCountsArray(counts: ArrayLike<number> & Iterable<number>): CountsArray {
  for (let at = 0; at < counts.length; at += 1) {
    const count = counts[at] ?? 0;
    if (count < 0 || count > SMALL_MAX) return Int32Array.from(counts);
  }
  return Uint16Array.from(counts);
}
