// Hot path: runs once per stored document. It keeps few and small objects per entity, since those that stay are
// what the collector pays for; small traces share their empty collections.
import { readAcceptedDocument, type TraceId } from '@fluoroscope/model';
import type { GraphFact, StoreBatch, StoredDocument, TraceRow } from '@fluoroscope/store';
import { createServiceRefs } from './service-ref.ts';
import { TraceCache } from './trace-cache.ts';
import { TraceState, type IncomingDocument } from './trace-state.ts';

export type { IncomingDocument } from './trace-state.ts';

export interface IndexerOptions {
  /** As `TraceStore.readDocuments`; must see every batch that was handed out before. */
  readonly readDocuments: (ids: readonly TraceId[]) => Promise<readonly StoredDocument[]>;
  /** As `TraceStore.readTraceRows`. */
  readonly readTraceRows: (ids: readonly TraceId[]) => Promise<readonly TraceRow[]>;
  /** False only if the store has nothing of this trace; spares the reads. */
  readonly mayKnow: (id: TraceId) => boolean;
  /** Segments and subsegments of recent traces to remember, about 650 bytes each. */
  readonly cachedEntitiesMax: number;
}

/** A store's batch but for where its records came from. */
export interface IndexedBatch extends Omit<StoreBatch, 'origin' | 'sequence'> {
  /** Documents left out because they change nothing: delivered before, or in progress after the complete one. */
  readonly duplicateCount: number;
}

/**
 * Merges documents into their traces (XRAY-SPEC §2.8) and says what changes in the store: one row per changed
 * trace, one revision on, and the facts that came to stand (+1) or fell (−1).
 *
 * The caller writes each batch before it asks for the next one. Should the write fail, the indexer is ahead of
 * the store: `forget` before anything else is indexed. When `index` rejects nothing has been taken, and the
 * same documents may be given again. Calls one after another.
 */
export interface Indexer {
  index(documents: readonly IncomingDocument[]): Promise<IndexedBatch>;

  /** Drops everything remembered; it is read back from the store as needed. */
  forget(): void;

  /** For metrics; at most `cachedEntitiesMax` between batches. */
  readonly cachedEntityCount: number;
}

export function createIndexer(options: IndexerOptions): Indexer {
  const serviceRefs = createServiceRefs();
  const cache = new TraceCache(options.cachedEntitiesMax);
  let isBusy = false;

  /** Traces that the store may know, as they were when last written. One read each, whatever the batch. */
  async function load(documents: readonly IncomingDocument[]): Promise<LoadedTraces> {
    const wanted = new Set<TraceId>();
    for (const { document } of documents) {
      const id = document.trace_id;
      if (!cache.has(id) && !wanted.has(id) && options.mayKnow(id)) wanted.add(id);
    }
    const loaded = new Map<TraceId, TraceState>();
    if (wanted.size === 0) return loaded;

    const ids = [...wanted];
    const [stored, rows] = await Promise.all([options.readDocuments(ids), options.readTraceRows(ids)]);
    for (const row of rows) loaded.set(row.traceId, new TraceState(row.traceId, row.revision, serviceRefs));
    for (const { traceId, text, receivedUs } of stored) {
      const state = loaded.get(traceId) ?? new TraceState(traceId, 0, serviceRefs);
      loaded.set(traceId, state);
      state.merge({ document: readAcceptedDocument(text), text, receivedUs });
    }
    for (const state of loaded.values()) state.settle();
    return loaded;
  }

  function take(documents: readonly IncomingDocument[], loaded: LoadedTraces): IndexedBatch {
    const stored: StoredDocument[] = [];
    const changed = new Set<TraceState>();
    for (const incoming of documents) {
      const { text, receivedUs } = incoming;
      const id = incoming.document.trace_id;
      const state = cache.touch(id, () => loaded.get(id) ?? new TraceState(id, 0, serviceRefs));
      const entityCountBefore = state.entityCount;
      const isNew = state.merge(incoming);
      cache.grow(state.entityCount - entityCountBefore);
      if (!isNew) continue;
      changed.add(state);
      stored.push({ traceId: id, receivedUs, text });
    }
    const facts: GraphFact[] = [];
    const traces: TraceRow[] = [];
    for (const state of changed) traces.push(state.commit((fact) => facts.push(fact)));
    return { documents: stored, traces, facts, duplicateCount: documents.length - stored.length };
  }

  return {
    async index(documents) {
      if (isBusy) throw new Error('index was called before the batch before was answered');
      isBusy = true;
      try {
        const loaded = await load(documents);
        return cache.change(() => take(documents, loaded));
      } finally {
        isBusy = false;
      }
    },
    forget: () => cache.clear(),
    get cachedEntityCount() {
      return cache.entityCount;
    },
  };
}

type LoadedTraces = ReadonlyMap<TraceId, TraceState>;
