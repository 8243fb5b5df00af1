import { toServices } from '@fluoroscope/query';
import type { TraceRetrievals } from '../control/trace-retrievals.ts';
import { SERVICES_PAGE_COUNT_MAX } from '../limits.ts';
import type { Events } from '../events.ts';
import type { PageTokens, TokenScope } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import type { Handler } from './handler.ts';
import { readMessageEdges } from './message-edges.ts';
import { readRetrievedRows } from './retrieved-rows.ts';
import { createServicesPage } from './services-page.ts';
import { ALL_TIME } from './time-range.ts';
import { readTraceLinks } from './trace-links.ts';

export interface GetRetrievedTracesGraphOptions {
  readonly retrievals: Pick<TraceRetrievals, 'find'>;
  readonly store: Pick<StoreReader, 'readDocuments' | 'readGraph' | 'readTraceRows'>;
  readonly tokens: PageTokens;
  readonly events: Pick<Events, 'troubleMet'>;
  readonly pageCountMax?: number;
}

/** The graph of just these traces, with their links to each other and to more. */
export function createGetRetrievedTracesGraph(
  options: GetRetrievedTracesGraphOptions,
): Handler<'get-retrieved-traces-graph'> {
  const { retrievals, store, tokens, events, pageCountMax = SERVICES_PAGE_COUNT_MAX } = options;
  const pageOfServices = createServicesPage({ tokens, pageCountMax });
  return async ({ RetrievalToken, NextToken }) => {
    const retrieval = retrievals.find(RetrievalToken);
    const rows = await readRetrievedRows(store, retrieval);
    const traceIds = rows.map(({ traceId }) => traceId);
    const { nodes, edges } = await store.readGraph({ ...ALL_TIME, traceIds });
    const messages = await readMessageEdges(traceIds, { store, events });
    const services = toServices({ nodes, edges: [...edges, ...messages] });
    const scope: TokenScope = ['get-retrieved-traces-graph', RetrievalToken];
    const { Services, ...next } = pageOfServices(services, scope, NextToken);
    const linksOf = await readTraceLinks(rows, { store, events });
    return {
      RetrievalStatus: retrieval.status,
      Services: Services.map((Service) => ({ Service, Links: linksOf(Service) })),
      ...next,
    };
  };
}
