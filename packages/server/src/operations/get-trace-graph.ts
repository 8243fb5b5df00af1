import { parseTraceIdAnySpelling, type TraceId } from '@fluoroscope/model';
import { toServices } from '@fluoroscope/query';
import { SERVICES_PAGE_COUNT_MAX } from '../limits.ts';
import type { PageTokens, TokenScope } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import type { Events } from '../events.ts';
import type { Handler } from './handler.ts';
import { readMessageEdges } from './message-edges.ts';
import { createServicesPage } from './services-page.ts';
import { ALL_TIME } from './time-range.ts';

export interface GetTraceGraphOptions {
  readonly store: Pick<StoreReader, 'readDocuments' | 'readGraph' | 'readTraceRows'>;
  readonly tokens: PageTokens;
  readonly events: Pick<Events, 'troubleMet'>;
  readonly pageCountMax?: number;
}

/** Ids that are none, like ids that are not known, add nothing to the graph. */
export function createGetTraceGraph(options: GetTraceGraphOptions): Handler<'get-trace-graph'> {
  const { store, tokens, events, pageCountMax = SERVICES_PAGE_COUNT_MAX } = options;
  const pageOfServices = createServicesPage({ tokens, pageCountMax });
  return async ({ TraceIds, NextToken }) => {
    const traceIds = readTraceIds(TraceIds);
    const { nodes, edges } = await store.readGraph({ ...ALL_TIME, traceIds });
    const messages = await readMessageEdges(traceIds, { store, events });
    const services = toServices({ nodes, edges: [...edges, ...messages] });
    const scope: TokenScope = ['get-trace-graph', TraceIds];
    return pageOfServices(services, scope, NextToken);
  };
}

function readTraceIds(texts: readonly string[]): readonly TraceId[] {
  const ids = new Set<TraceId>();
  for (const text of texts) {
    const id = parseTraceIdAnySpelling(text);
    if (id.ok) ids.add(id.value);
  }
  return [...ids];
}
