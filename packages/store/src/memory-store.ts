import type { TraceId } from '@fluoroscope/model';
import { sumGraphFacts } from './graph-sums.ts';
import { matchesCondition } from './matches-condition.ts';
import { compareTraces, isInRange } from './trace-order.ts';
import {
  StoreError,
  type GraphFact,
  type StoredDocument,
  type TraceCursor,
  type TracePage,
  type TraceQuery,
  type TraceRow,
  type TraceStore,
} from './trace-store.ts';

/** Plain rather than fast, and bounded by nothing: the oracle for other stores, and for tests of what stands on one. */
export function createMemoryStore(): TraceStore {
  let sequence = 0;
  let closed = false;
  const documents: StoredDocument[] = [];
  const rows = new Map<TraceId, TraceRow>();
  const facts: GraphFact[] = [];

  function checkOpen(): void {
    if (closed) throw new StoreError('closed', 'the store has been closed');
  }

  return {
    capabilities: { durable: false },
    async write(batch) {
      checkOpen();
      if (batch.sequence <= sequence) return;
      sequence = batch.sequence;
      for (const document of batch.documents) documents.push(document);
      for (const row of batch.traces) rows.set(row.traceId, row);
      for (const fact of batch.facts) facts.push(fact);
    },
    async readSequence() {
      checkOpen();
      return sequence;
    },
    async readDocuments(ids) {
      checkOpen();
      return [...new Set(ids)].flatMap((id) => documents.filter(({ traceId }) => traceId === id));
    },
    async findTraces(query) {
      checkOpen();
      return findPage([...rows.values()], query);
    },
    async readTraceRows(ids) {
      checkOpen();
      return [...new Set(ids)].flatMap((id) => rows.get(id) ?? []);
    },
    async readGraph({ startUs, endUs, traceIds }) {
      checkOpen();
      if (traceIds === null) return sumGraphFacts(facts.filter((fact) => fact.endUs >= startUs && fact.endUs < endUs));
      const wanted = new Set(traceIds);
      return sumGraphFacts(facts.filter(({ traceId }) => wanted.has(traceId)));
    },
    mayKnow: (id) => rows.has(id),
    async readStats() {
      checkOpen();
      return { traceCount: rows.size, documentCount: documents.length, sizeBytes: 0 };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
    },
  };
}

function findPage(rows: readonly TraceRow[], query: TraceQuery): TracePage {
  const { after, condition, limit } = query;
  const walk = rows
    .filter((row) => isInRange(row, query) && (after === null || compareTraces(after, row) < 0))
    .sort(compareTraces);
  const matches = walk.filter((row) => matchesCondition(row, condition));
  const page = matches.slice(0, limit);
  const last = page.at(-1);
  if (last === undefined || matches.length === page.length) {
    return { rows: page, next: null, scannedCount: walk.length };
  }
  const next: TraceCursor = { startUs: last.startUs, traceId: last.traceId };
  return { rows: page, next, scannedCount: walk.indexOf(last) + 1 };
}
