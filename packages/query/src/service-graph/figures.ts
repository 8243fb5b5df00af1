import type { NodeSum, OutcomeCounts } from '@fluoroscope/store';

type Counts = { -readonly [Name in keyof OutcomeCounts]: OutcomeCounts[Name] };

/** Sums of a node or an edge while several of a store's sums are folded into one. */
export interface Figures {
  startUs: number;
  endUs: number;
  readonly counts: Counts;
  totalDurationUs: number;
  readonly histogram: Map<number, number>;
}

export function noFigures(): Figures {
  return {
    startUs: Infinity,
    endUs: -Infinity,
    counts: { ok: 0, error: 0, throttle: 0, fault: 0, pending: 0 },
    totalDurationUs: 0,
    histogram: new Map(),
  };
}

export function addFigures(
  figures: Figures,
  sum: Pick<NodeSum, 'startUs' | 'endUs' | 'counts' | 'totalDurationUs' | 'histogram'>,
): void {
  figures.startUs = Math.min(figures.startUs, sum.startUs);
  figures.endUs = Math.max(figures.endUs, sum.endUs);
  figures.totalDurationUs += sum.totalDurationUs;
  figures.counts.ok += sum.counts.ok;
  figures.counts.error += sum.counts.error;
  figures.counts.throttle += sum.counts.throttle;
  figures.counts.fault += sum.counts.fault;
  figures.counts.pending += sum.counts.pending;
  for (const { bucketUs, count } of sum.histogram) {
    figures.histogram.set(bucketUs, (figures.histogram.get(bucketUs) ?? 0) + count);
  }
}
