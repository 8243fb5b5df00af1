import type { HistogramEntry } from '@fluoroscope/api';

export interface Bin {
  readonly fromS: number;
  readonly toS: number;
  readonly count: number;
}

/** Where zero stands when there is nothing else. */
const ZERO_S = 1e-3;

/** Bins of equal width on a log axis: latencies span decades. Bounds take in every entry. */
export function logBins(entries: readonly HistogramEntry[], binCount: number): readonly Bin[] {
  const counted = entries.flatMap(({ Value, Count }) =>
    Value !== undefined && Count !== undefined && Count > 0 && Number.isFinite(Value)
      ? [{ value: Value, count: Count }]
      : [],
  );
  if (counted.length === 0) return [];
  // A clock of milliseconds sees zeros; they stand left of the shortest time it saw, not decades away.
  const least = Math.min(...counted.map(({ value }) => (value > 0 ? value : Number.POSITIVE_INFINITY)));
  const zero = Number.isFinite(least) ? least / 2 : ZERO_S;
  const points = counted.map(({ value, count }) => ({ value: value > 0 ? value : zero, count }));
  const values = points.map((point) => point.value);
  const low = Math.log10(Math.min(...values) / 1.15);
  const high = Math.log10(Math.max(...values) * 1.15);
  const step = (high - low) / binCount;
  const counts = Array.from({ length: binCount }, () => 0);
  for (const { value, count } of points) {
    const index = Math.min(binCount - 1, Math.floor((Math.log10(value) - low) / step));
    counts[index] = (counts[index] ?? 0) + count;
  }
  return counts.map((count, index) => ({
    fromS: 10 ** (low + index * step),
    toS: 10 ** (low + (index + 1) * step),
    count,
  }));
}

interface SortedEntries {
  readonly entries: readonly { readonly value: number; readonly count: number }[];
  readonly total: number;
}

/** Percentiles of one histogram are asked for again and again, while a map with hundreds of them is moved. */
const sorted = new WeakMap<readonly HistogramEntry[], SortedEntries>();

/** By value, shortest first, without entries that count nothing. */
export function sortedEntries(histogram: readonly HistogramEntry[]): SortedEntries {
  const known = sorted.get(histogram);
  if (known !== undefined) return known;
  const entries = histogram
    .map(({ Value: value = 0, Count: count = 0 }) => ({ value, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.value - b.value);
  const made = { entries, total: entries.reduce((all, { count }) => all + count, 0) };
  sorted.set(histogram, made);
  return made;
}

/** The value below which `share` of all requests lie; undefined without any. */
export function quantile(histogram: readonly HistogramEntry[], share: number): number | undefined {
  const { entries, total } = sortedEntries(histogram);
  let seen = 0;
  for (const { value, count } of entries) {
    seen += count;
    if (seen >= total * share) return value;
  }
  return undefined;
}

/** How many requests took at least `fromS` and at most `toS`. */
export function countBetween(histogram: readonly HistogramEntry[], fromS: number, toS: number): number {
  return sortedEntries(histogram).entries.reduce(
    (sum, { value, count }) => sum + (value >= fromS && value <= toS ? count : 0),
    0,
  );
}

/** Powers of ten, and 2 and 5 when there is room, that lie on the axis. */
export function logTicks(fromS: number, toS: number): readonly number[] {
  const ticks: number[] = [];
  const decades = Math.log10(toS / fromS);
  const steps = decades < 1.2 ? [1, 2, 5] : decades < 2.5 ? [1, 3] : [1];
  for (let power = Math.floor(Math.log10(fromS)); power <= Math.ceil(Math.log10(toS)); power += 1) {
    for (const step of steps) {
      const tick = step * 10 ** power;
      if (tick >= fromS && tick <= toS) ticks.push(tick);
    }
  }
  return ticks;
}
