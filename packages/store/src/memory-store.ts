import { printServiceKey, timeUs, type TimeUs, type TraceId } from '@fluoroscope/model';
import { graphPeriods } from './graph-periods.ts';
import { sumGraphFacts } from './graph-sums.ts';
import { matchesCondition } from './matches-condition.ts';
import { compareTraces, isInRange } from './trace-order.ts';
import {
  StoreError,
  type GraphFact,
  type GraphSums,
  type StoredDocument,
  type TraceCursor,
  type TracePage,
  type TraceQuery,
  type TraceRow,
  type TraceStore,
} from './trace-store.ts';

/** Plain rather than fast, and bounded by nothing: the oracle for other stores, and for tests of what stands on one. */
export function createMemoryStore(): TraceStore {
  const sequences = new Map<string, number>();
  let retainedFromUs: TimeUs | null = null;
  let closed = false;
  let documents: StoredDocument[] = [];
  const rows = new Map<TraceId, TraceRow>();
  const facts: GraphFact[] = [];

  function checkOpen(): void {
    if (closed) throw new StoreError('closed', 'the store has been closed');
  }

  function sumRange(startUs: TimeUs, endUs: TimeUs, isWanted: (fact: GraphFact) => boolean): GraphSums {
    const fromUs = Math.max(startUs, retainedFromUs ?? -Infinity);
    return sumGraphFacts(facts.filter((fact) => fact.endUs >= fromUs && fact.endUs < endUs && isWanted(fact)));
  }

  return {
    capabilities: { durable: false },
    async write(batch) {
      checkOpen();
      if (batch.sequence <= (sequences.get(batch.origin) ?? 0)) return;
      sequences.set(batch.origin, batch.sequence);
      for (const document of batch.documents) documents.push(document);
      for (const row of batch.traces) rows.set(row.traceId, row);
      for (const fact of batch.facts) facts.push(fact);
    },
    async readProgress(origin) {
      checkOpen();
      const sequence = sequences.get(origin) ?? 0;
      return { sequence, durableSequence: sequence, unfinishedSequence: null };
    },
    async flush() {
      checkOpen();
    },
    async retain({ arrivedBeforeUs }) {
      checkOpen();
      // One slice for each moment of arrival: what any other slicing drops too, and perhaps more. Sizes are all 0.
      const gone = documents.filter(({ receivedUs }) => receivedUs < (arrivedBeforeUs ?? -Infinity));
      documents = documents.filter((document) => !gone.includes(document));
      for (const { receivedUs } of gone) retainedFromUs = timeUs(Math.max(receivedUs, retainedFromUs ?? -Infinity));
      const kept = new Set(documents.map(({ traceId }) => traceId));
      for (const { traceId } of gone) if (!kept.has(traceId)) rows.delete(traceId);
      return { sliceCount: gone.length, documentCount: gone.length, sizeBytes: 0 };
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
      if (traceIds === null) return sumRange(startUs, endUs, () => true);
      const wanted = new Set(traceIds);
      return sumGraphFacts(facts.filter(({ traceId }) => wanted.has(traceId)));
    },
    async readGraphSeries(query) {
      checkOpen();
      const wanted = query.services === null ? null : new Set(query.services.map(printServiceKey));
      return graphPeriods(query).flatMap(({ startUs, endUs }) => {
        const sums = sumRange(
          startUs,
          endUs,
          (fact) => wanted === null || servicesOf(fact).some((key) => wanted.has(key)),
        );
        return sums.nodes.length + sums.edges.length === 0 ? [] : [{ startUs, ...sums }];
      });
    },
    mayKnow: (id) => rows.has(id),
    async readStats() {
      checkOpen();
      return { traceCount: rows.size, documentCount: documents.length, sizeBytes: 0, retainedFromUs };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
    },
  };
}

function servicesOf(fact: GraphFact): readonly string[] {
  return fact.kind === 'node'
    ? [printServiceKey(fact.service)]
    : [printServiceKey(fact.source), printServiceKey(fact.target)];
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
