import type { HistogramEntry } from '@fluoroscope/api';
import { logBins } from '../map/histogram.ts';

/** A part of an axis, and what share of each set lies in it. */
export interface PairedBin {
  readonly from: number;
  readonly to: number;
  readonly a: number;
  readonly b: number;
  readonly countA: number;
  readonly countB: number;
}

/** Response times of both on one log axis. */
export function pairedTimes(
  a: readonly HistogramEntry[],
  b: readonly HistogramEntry[],
  binCount: number,
): readonly PairedBin[] {
  const bins = logBins([...a, ...b], binCount);
  const [countsA, countsB] = [countIn(bins, a), countIn(bins, b)];
  return bins.map(({ fromS, toS }, at) => pairOf(fromS, toS, at, countsA, countsB));
}

/** Traces by when they began. */
export function pairedTrend(
  startTime: number,
  stepSeconds: number,
  a: readonly number[],
  b: readonly number[],
): readonly PairedBin[] {
  return a.map((_count, at) => pairOf(startTime + at * stepSeconds, startTime + (at + 1) * stepSeconds, at, a, b));
}

function pairOf(from: number, to: number, at: number, a: readonly number[], b: readonly number[]): PairedBin {
  const [countA, countB] = [a[at] ?? 0, b[at] ?? 0];
  return { from, to, a: countA / Math.max(1, sum(a)), b: countB / Math.max(1, sum(b)), countA, countB };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}

function countIn(
  bins: readonly { readonly fromS: number; readonly toS: number }[],
  entries: readonly HistogramEntry[],
): readonly number[] {
  const counts = bins.map(() => 0);
  for (const { Value = 0, Count = 0 } of entries) {
    const found = bins.findIndex(({ toS }) => Value < toS);
    const at = found < 0 ? bins.length - 1 : found;
    counts[at] = (counts[at] ?? 0) + Count;
  }
  return counts;
}
