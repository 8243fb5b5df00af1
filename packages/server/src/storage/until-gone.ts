import type { StoreReader } from './storage.ts';

export type Searched = Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments' | 'readTraceRows'>;

/** The same store for one who may go: what is asked for is given up then. Not for answers that are kept, or that others wait for too. */
export function untilGone(store: Searched, signal: AbortSignal | undefined): Searched {
  if (signal === undefined) return store;
  return {
    findTraceIds: (query) => store.findTraceIds(query, signal),
    findTraces: (query) => store.findTraces(query, signal),
    readDocuments: (ids) => store.readDocuments(ids, signal),
    readTraceRows: (ids) => store.readTraceRows(ids),
  };
}
