import type { GroupFigures, HistogramEntry } from '@fluoroscope/api';
import { latencyBucketUs, secondsFromUs } from '@fluoroscope/model';
import type { TraceRow } from '@fluoroscope/store';
import type { TimeRange } from '../operations/time-range.ts';

/** Periods of equal length from the range's start on. */
export interface Steps {
  readonly startUs: number;
  readonly stepUs: number;
  readonly count: number;
}

export function stepsOf({ startUs, endUs }: TimeRange, count: number): Steps {
  return { startUs, stepUs: Math.max(1, Math.ceil((endUs - startUs) / count)), count };
}

export interface Figures {
  add(row: TraceRow): void;
  readonly count: number;
  print(): GroupFigures;
  histogram(): readonly HistogramEntry[];
}

/** Sums over traces; of response times only how many were in each bucket of 1 %, so that any number of traces takes little. */
export function createFigures(steps: Steps): Figures {
  const counts = { count: 0, faultCount: 0, errorCount: 0, throttleCount: 0 };
  const buckets = new Map<number, number>();
  const trend = Array.from({ length: steps.count }, () => 0);

  function sorted(): readonly (readonly [number, number])[] {
    return [...buckets].sort(([a], [b]) => a - b);
  }
  return {
    get count() {
      return counts.count;
    },
    add(row) {
      counts.count += 1;
      if (row.fault) counts.faultCount += 1;
      if (row.error) counts.errorCount += 1;
      if (row.throttle) counts.throttleCount += 1;
      if (row.responseTimeUs !== null) {
        const bucket = latencyBucketUs(row.responseTimeUs);
        buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
      }
      const step = Math.floor((row.startUs - steps.startUs) / steps.stepUs);
      const known = trend[step];
      if (known !== undefined) trend[step] = known + 1;
    },
    print() {
      const entries = sorted();
      return {
        ...counts,
        p50: quantile(entries, 0.5),
        p95: quantile(entries, 0.95),
        p99: quantile(entries, 0.99),
        trend: [...trend],
      };
    },
    histogram: () => sorted().map(([us, count]) => ({ Value: us / 1e6, Count: count })),
  };
}

/** Seconds: the least bucket that at least `share` of all lie in or below. */
function quantile(entries: readonly (readonly [number, number])[], share: number): number | null {
  const total = entries.reduce((all, [, count]) => all + count, 0);
  let seen = 0;
  for (const [us, count] of entries) {
    seen += count;
    if (seen >= total * share) return us / 1e6;
  }
  return null;
}

export function stepSeconds({ stepUs }: Steps): number {
  return secondsFromUs(stepUs);
}
