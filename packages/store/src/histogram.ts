import type { Histogram } from './trace-store.ts';

/** Buckets in any order; those that count nothing are left out. */
export function toHistogram(countByBucket: ReadonlyMap<number, number>): Histogram {
  const filled = [...countByBucket].filter(([, count]) => count !== 0).sort(([a], [b]) => a - b);
  return {
    bucketsUs: Float64Array.from(filled, ([bucketUs]) => bucketUs),
    counts: Float64Array.from(filled, ([, count]) => count),
  };
}

/** The sum of both. */
export function addHistograms(a: Histogram, b: Histogram): Histogram {
  if (a.counts.length === 0) return b;
  if (b.counts.length === 0) return a;
  const bucketsUs = new Float64Array(a.counts.length + b.counts.length);
  const counts = new Float64Array(bucketsUs.length);
  let length = 0;
  for (let [atA, atB] = [0, 0]; atA < a.counts.length || atB < b.counts.length;) {
    const [ofA, ofB] = [a.bucketsUs[atA] ?? Infinity, b.bucketsUs[atB] ?? Infinity];
    bucketsUs[length] = Math.min(ofA, ofB);
    let count = 0;
    if (ofA <= ofB) count += a.counts[atA++] ?? 0;
    if (ofB <= ofA) count += b.counts[atB++] ?? 0;
    counts[length] = count;
    if (count !== 0) length += 1;
  }
  return { bucketsUs: bucketsUs.subarray(0, length), counts: counts.subarray(0, length) };
}
