import { toServices } from '@fluoroscope/query';
import type { TraceRetrievals } from '../control/trace-retrievals.ts';
import { SERVICES_PAGE_COUNT_MAX } from '../limits.ts';
import type { PageTokens } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import type { Handler } from './handler.ts';
import { readRetrievedIds } from './retrieved-ids.ts';
import { pageOfServices } from './services-page.ts';
import { ALL_TIME } from './time-range.ts';

export interface GetRetrievedTracesGraphOptions {
  readonly retrievals: Pick<TraceRetrievals, 'find'>;
  readonly store: Pick<StoreReader, 'readGraph' | 'readTraceRows'>;
  readonly tokens: PageTokens;
}

/** The graph of just these traces. Links between traces are not told apart yet, so no service has any. */
export function createGetRetrievedTracesGraph(
  options: GetRetrievedTracesGraphOptions,
): Handler<'get-retrieved-traces-graph'> {
  const { retrievals, store, tokens } = options;
  return async ({ RetrievalToken, NextToken }) => {
    const retrieval = retrievals.find(RetrievalToken);
    const traceIds = await readRetrievedIds(store, retrieval);
    const { Services, ...next } = pageOfServices({
      services: toServices(await store.readGraph({ ...ALL_TIME, traceIds })),
      tokens,
      scope: ['get-retrieved-traces-graph', RetrievalToken],
      token: NextToken,
      pageCountMax: SERVICES_PAGE_COUNT_MAX,
    });
    return {
      RetrievalStatus: retrieval.status,
      Services: Services.map((Service) => ({ Service, Links: [] })),
      ...next,
    };
  };
}
