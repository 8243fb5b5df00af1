// Hot path: runs once per stored document. It keeps few and small objects per entity, since those that stay are
// what the collector pays for; small traces share their empty collections.
import type { TraceId } from '@fluoroscope/model';
import {
  inTurns,
  type ChangedTrace,
  type GraphFact,
  type StoreBatch,
  type StoredDocument,
  type TraceRow,
} from '@fluoroscope/store';
import { TRACE_LINKED_ENTITIES_MAX } from './limits.ts';
import { loadTraces, readBackRow } from './load-traces.ts';
import { createServiceRefs } from './service-ref.ts';
import { TraceCache } from './trace-cache.ts';
import { readDocument, TraceState, type IncomingDocument, type ReadDocument, type TraceRules } from './trace-state.ts';

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
  /** Of one trace; `TRACE_LINKED_ENTITIES_MAX` when left out. A larger one is indexed apart (ADR-011). */
  readonly linkedEntitiesMax?: number;
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
 * the store: `forget` before anything else is indexed; rows of batches before, of traces that were in this one, are then made of what is
 * stored. When `index` rejects nothing has been taken, and the
 * same documents may be given again. Calls one after another. Each document is read when its turn comes and then
 * let go: made only then, the parsed documents of a batch are never all in memory. Reading them gives way to others of the thread.
 */
export interface Indexer {
  index(documents: Iterable<IncomingDocument>): Promise<IndexedBatch>;

  /** Drops everything remembered; it is read back from the store as needed. */
  forget(): void;

  /** For metrics; at most `cachedEntitiesMax` between batches. */
  readonly cachedEntityCount: number;
}

export function createIndexer(options: IndexerOptions): Indexer {
  const serviceRefs = createServiceRefs();
  const cache = new TraceCache(options.cachedEntitiesMax);
  const rules: TraceRules = {
    linkedEntitiesMax: options.linkedEntitiesMax ?? TRACE_LINKED_ENTITIES_MAX,
    readBack: (id, revision) => readBackRow(id, revision, { ...options, rules, serviceRefs }),
  };
  let isBusy = false;
  let arrival = 0;

  function readIncoming(incoming: IncomingDocument): ReadDocument {
    arrival += 1;
    return readDocument(incoming, arrival, serviceRefs);
  }

  /** What the store may know and the cache does not. */
  function wantedOf(documents: readonly ReadDocument[]): ReadonlySet<TraceId> {
    const wanted = new Set<TraceId>();
    for (const { traceId } of documents) {
      if (!cache.has(traceId) && !wanted.has(traceId) && options.mayKnow(traceId)) wanted.add(traceId);
    }
    return wanted;
  }

  function take(documents: readonly ReadDocument[], loaded: ReadonlyMap<TraceId, TraceState>): IndexedBatch {
    const stored: StoredDocument[] = [];
    const changed = new Set<TraceState>();
    for (const document of documents) {
      const { traceId, text, receivedUs } = document;
      const state = cache.touch(traceId, () => loaded.get(traceId) ?? new TraceState(traceId, 0, rules));
      const entityCountBefore = state.entityCount;
      const isNew = state.merge(document);
      cache.grow(state.entityCount - entityCountBefore);
      if (!isNew) continue;
      changed.add(state);
      stored.push({ traceId, receivedUs, text });
    }
    const facts: GraphFact[] = [];
    const traces: ChangedTrace[] = [];
    for (const state of changed) {
      const entityCountBefore = state.entityCount;
      state.commit((fact) => facts.push(fact));
      // Less, once it is indexed apart.
      cache.grow(state.entityCount - entityCountBefore);
      traces.push(state);
    }
    return { documents: stored, traces, facts, duplicateCount: documents.length - stored.length };
  }

  return {
    async index(documents) {
      if (isBusy) throw new Error('index was called before the batch before was answered');
      isBusy = true;
      try {
        const read: ReadDocument[] = [];
        await inTurns(documents, (incoming) => read.push(readIncoming(incoming)));
        const loaded = await loadTraces(wantedOf(read), { ...options, rules, serviceRefs });
        return cache.change(() => take(read, loaded));
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
