import type { TimeSeriesServiceStatistics } from '@fluoroscope/api';
import { secondsFromUs, type ServiceKey, type TimeUs } from '@fluoroscope/model';
import { NO_ENTRIES, toServices, type WireHistogram } from '@fluoroscope/query';
import type { EdgeSum, GraphSums, NodeSum } from '@fluoroscope/store';
import type { EntitySelector } from './entity-selector.ts';

/** Whatever is counted is added up as if it were one service, or one edge between two. */
const ONE: ServiceKey = { name: '1', type: null, accountId: null };
const OTHER: ServiceKey = { name: '2', type: null, accountId: null };

export type PeriodStatistics = TimeSeriesServiceStatistics<WireHistogram>;

/** Null when nothing that the selector asks for was seen in this period. */
export function toPeriodStatistics(
  startUs: TimeUs,
  sums: GraphSums,
  { counts, hasNode, hasEdge }: EntitySelector,
): PeriodStatistics | null {
  const Timestamp = secondsFromUs(startUs);
  if (counts === 'services') {
    const nodes = sums.nodes.filter(hasNode).map(asOneService);
    const [service] = toServices({ nodes, edges: [] });
    if (service?.SummaryStatistics === undefined) return null;
    const { SummaryStatistics, ResponseTimeHistogram = NO_ENTRIES } = service;
    return { Timestamp, ServiceSummaryStatistics: SummaryStatistics, ResponseTimeHistogram };
  }
  const edges = sums.edges.filter(hasEdge).map(asOneEdge);
  const edge = toServices({ nodes: [], edges }).flatMap(({ Edges = [] }) => Edges)[0];
  if (edge?.SummaryStatistics === undefined) return null;
  const { SummaryStatistics, ResponseTimeHistogram = NO_ENTRIES } = edge;
  return { Timestamp, EdgeSummaryStatistics: SummaryStatistics, ResponseTimeHistogram };
}

function asOneService(sum: NodeSum): NodeSum {
  return { ...sum, service: ONE };
}

function asOneEdge(sum: EdgeSum): EdgeSum {
  return { ...sum, source: ONE, target: OTHER };
}
