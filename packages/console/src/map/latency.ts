import type { HistogramEntry } from '@fluoroscope/api';
import type { LatencyFigure } from '../url/map-place.ts';
import { quantile } from './histogram.ts';
import type { Shares } from './shares.ts';

const SHARE: Readonly<Record<Exclude<LatencyFigure, 'average'>, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** The figure of a node or edge that stands for its latency, in seconds; undefined when nothing completed. */
export function latencyOf(
  { shares, responseTimes }: { readonly shares: Shares; readonly responseTimes: readonly HistogramEntry[] },
  figure: LatencyFigure,
): number | undefined {
  return figure === 'average' ? shares.averageS : quantile(responseTimes, SHARE[figure]);
}
