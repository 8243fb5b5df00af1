import { printServiceKey, timeUs, type TimeUs, type TraceId } from '@fluoroscope/model';
import { checkAwaited } from './cancelled.ts';
import { readChangedRows } from './changed-traces.ts';
import { graphPeriods } from './graph-periods.ts';
import { sumGraphFacts } from './graph-sums.ts';
import { matchesCondition } from './matches-condition.ts';
import { sumByDay } from './stored-days.ts';
import { compareTraces, isInRange } from './trace-order.ts';
import {
  StoreError,
  type DocumentPageQuery,
  type GraphFact,
  type GraphPeriod,
  type GraphQuery,
  type GraphSeriesQuery,
  type GraphSums,
  type RetentionPolicy,
  type RetentionReport,
  type StoreBatch,
  type StoreProgress,
  type StoreStats,
  type StoredDocument,
  type TraceCursor,
  type TracePage,
  type TraceQuery,
  type TraceRow,
  type TraceStore,
} from './trace-store.ts';

/** Plain rather than fast, and bounded by nothing: the oracle for other stores, and for tests of what stands on one. */
export function createMemoryStore(): TraceStore {
  return new MemoryStore();
}

class MemoryStore implements TraceStore {
  readonly capabilities = { durable: false };
  readonly #sequences = new Map<string, number>();
  readonly #rows = new Map<TraceId, TraceRow>();
  readonly #facts: GraphFact[] = [];
  #documents: StoredDocument[] = [];
  #retainedFromUs: TimeUs | null = null;
  #closed = false;

  async write({ origin, sequence, documents, traces, facts }: StoreBatch): Promise<void> {
    this.#checkOpen();
    if (sequence <= (this.#sequences.get(origin) ?? 0)) return;
    const rows = await readChangedRows(traces);
    this.#sequences.set(origin, sequence);
    for (const document of documents) this.#documents.push(document);
    for (const row of rows) this.#rows.set(row.traceId, row);
    for (const fact of facts) this.#facts.push(fact);
  }

  async readProgress(origin: string): Promise<StoreProgress> {
    this.#checkOpen();
    const sequence = this.#sequences.get(origin) ?? 0;
    return { sequence, durableSequence: sequence, unfinishedSequence: null };
  }

  async flush(): Promise<void> {
    this.#checkOpen();
  }

  /** One slice for each moment of arrival: what any other slicing drops too, and perhaps more. Sizes are all 0. */
  async retain({ arrivedBeforeUs }: RetentionPolicy): Promise<RetentionReport> {
    this.#checkOpen();
    const isOld = ({ receivedUs }: StoredDocument): boolean => receivedUs < (arrivedBeforeUs ?? -Infinity);
    const gone = this.#documents.filter(isOld);
    this.#documents = this.#documents.filter((document) => !isOld(document));
    const kept = new Set(this.#documents.map(({ traceId }) => traceId));
    for (const { traceId, receivedUs } of gone) {
      this.#retainedFromUs = timeUs(Math.max(receivedUs, this.#retainedFromUs ?? -Infinity));
      if (!kept.has(traceId)) this.#rows.delete(traceId);
    }
    return { sliceCount: gone.length, documentCount: gone.length, sizeBytes: 0 };
  }

  async readDocuments(ids: readonly TraceId[], signal?: AbortSignal): Promise<readonly StoredDocument[]> {
    return this.#answer(signal, () =>
      [...new Set(ids)].flatMap((id) => this.#documents.filter(({ traceId }) => traceId === id)),
    );
  }

  async readDocumentPage({ traceId, skip, limit }: DocumentPageQuery): Promise<readonly StoredDocument[]> {
    return (await this.readDocuments([traceId])).slice(skip, skip + limit);
  }

  async findTraces(query: TraceQuery, signal?: AbortSignal): Promise<TracePage> {
    return this.#answer(signal, () => findPage([...this.#rows.values()], query));
  }

  async findTraceIds(query: TraceQuery, signal?: AbortSignal): Promise<readonly TraceCursor[]> {
    const { rows } = await this.findTraces(query, signal);
    return rows.map(({ traceId, startUs }) => ({ traceId, startUs }));
  }

  async readTraceRows(ids: readonly TraceId[]): Promise<readonly TraceRow[]> {
    this.#checkOpen();
    return [...new Set(ids)].flatMap((id) => this.#rows.get(id) ?? []);
  }

  async readGraph({ startUs, endUs, traceIds }: GraphQuery): Promise<GraphSums> {
    this.#checkOpen();
    if (traceIds === null) return this.#sumRange(startUs, endUs, () => true);
    const wanted = new Set(traceIds);
    return sumGraphFacts(this.#facts.filter(({ traceId }) => wanted.has(traceId)));
  }

  async readGraphSeries(query: GraphSeriesQuery): Promise<readonly GraphPeriod[]> {
    this.#checkOpen();
    const wanted = query.services === null ? null : new Set(query.services.map(printServiceKey));
    const isWanted = (fact: GraphFact): boolean => wanted === null || servicesOf(fact).some((key) => wanted.has(key));
    return graphPeriods(query).flatMap(({ startUs, endUs }) => {
      const sums = this.#sumRange(startUs, endUs, isWanted);
      return sums.nodes.length + sums.edges.length === 0 ? [] : [{ startUs, ...sums }];
    });
  }

  mayKnow(id: TraceId): boolean {
    return this.#rows.has(id);
  }

  async readStats(): Promise<StoreStats> {
    this.#checkOpen();
    const counts = { traceCount: this.#rows.size, documentCount: this.#documents.length };
    const parts = this.#documents.map(({ receivedUs }) => ({ receivedUs, documentCount: 1, sizeBytes: 0 }));
    return { ...counts, sizeBytes: 0, retainedFromUs: this.#retainedFromUs, days: sumByDay(parts) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
  }

  #sumRange(startUs: TimeUs, endUs: TimeUs, isWanted: (fact: GraphFact) => boolean): GraphSums {
    const fromUs = Math.max(startUs, this.#retainedFromUs ?? -Infinity);
    return sumGraphFacts(this.#facts.filter((fact) => fact.endUs >= fromUs && fact.endUs < endUs && isWanted(fact)));
  }

  /** Nothing takes long here: who asks may only have gone in the same turn. */
  async #answer<Answer>(signal: AbortSignal | undefined, make: () => Answer): Promise<Answer> {
    this.#checkOpen();
    const answer = make();
    await Promise.resolve();
    checkAwaited(signal);
    return answer;
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreError('closed', 'the store has been closed');
  }
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
