import { addHistograms, toHistogram, type Histogram, type NodeSum, type OutcomeCounts } from '@fluoroscope/store';

type Counts = { -readonly [Name in keyof OutcomeCounts]: OutcomeCounts[Name] };

/** Sums of a node or an edge while several of a store's sums are folded into one. */
export interface Figures {
  startUs: number;
  endUs: number;
  readonly counts: Counts;
  totalDurationUs: number;
  histogram: Histogram;
}

const NO_HISTOGRAM = toHistogram(new Map());

export function noFigures(): Figures {
  return {
    startUs: Infinity,
    endUs: -Infinity,
    counts: { ok: 0, error: 0, throttle: 0, fault: 0, pending: 0 },
    totalDurationUs: 0,
    histogram: NO_HISTOGRAM,
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
  figures.histogram = addHistograms(figures.histogram, sum.histogram);
}
