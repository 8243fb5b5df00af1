import type { TraceId } from '@fluoroscope/model';
import { StoreError, type GraphQuery, type TraceQuery, type TraceStore } from '@fluoroscope/store';
import type { FromWorker, ToWorker } from './messages.ts';
import { packGraph } from './packed-graph.ts';
import { packPage, packRows } from './packed-rows.ts';
import type { StoreReader } from './storage.ts';

type Asked = ToWorker & { readonly kind: 'call' | 'cancel' };

/** What `thread.ts` asks the store for, until nobody waits for it any more. */
export interface Answers {
  take(message: Asked): void;
}

export function createAnswers(store: TraceStore, say: (answer: FromWorker) => void): Answers {
  const reader = packedReader(store);
  const asked = new Map<number, AbortController>();

  async function answer({ id, method, args }: Asked & { readonly kind: 'call' }): Promise<void> {
    const stop = new AbortController();
    asked.set(id, stop);
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller is our own typed proxy
      const read = reader[method] as (...args: unknown[]) => Promise<unknown>;
      const value = await read.apply(reader, [...args, stop.signal]);
      if (!stop.signal.aborted) say({ kind: 'answer', id, value });
    } catch (error) {
      if (!stop.signal.aborted) say({ kind: 'error', id, ...describe(error) });
    } finally {
      asked.delete(id);
    }
  }

  return {
    take(message) {
      if (message.kind === 'cancel') asked.get(message.id)?.abort();
      else void answer(message);
    },
  };
}

/** As the store answers, rows and graphs packed. */
function packedReader(store: TraceStore): { readonly [Method in keyof StoreReader]: unknown } {
  return {
    findTraceIds: store.findTraceIds.bind(store),
    findTraces: async (query: TraceQuery, signal: AbortSignal) => packPage(await store.findTraces(query, signal)),
    readDocumentPage: store.readDocumentPage.bind(store),
    readDocuments: store.readDocuments.bind(store),
    readGraph: async (query: GraphQuery) => packGraph(await store.readGraph(query)),
    readGraphSeries: store.readGraphSeries.bind(store),
    readStats: store.readStats.bind(store),
    readTraceRows: async (ids: readonly TraceId[]) => packRows(await store.readTraceRows(ids)),
  };
}

export function describe(error: unknown): { code: StoreError['code']; message: string } {
  const code = error instanceof StoreError ? error.code : 'failed';
  return { code, message: error instanceof Error ? error.message : String(error) };
}
