import { parseTraceId, timeUs, type Outcome, type ServiceKey, type TraceId } from '@fluoroscope/model';
import type { Condition } from '../condition.ts';
import type {
  EdgeFact,
  GraphQuery,
  GraphSeriesQuery,
  GraphSums,
  LateRow,
  NodeFact,
  StoreBatch,
  StoredDocument,
  TraceQuery,
  TraceRow,
} from '../trace-store.ts';

/** 2023-11-14T22:13:20Z: samples count their times from here. */
export const BASE_US = 1_700_000_000_000_000;

/** Of all sample batches that do not say otherwise. */
export const ORIGIN = 'samples';

/** The same number gives the same id, a greater one a greater id; half of them look like W3C ids. */
export function traceIdOf(number: number): TraceId {
  const id = parseTraceId(number.toString(16).padStart(8, '0').repeat(4));
  if (!id.ok) throw new Error(`sample trace ${number}: ${id.problem}`);
  return id.value;
}

export function serviceOf(name: string, type: string | null = null, accountId: string | null = null): ServiceKey {
  return { name, type, accountId };
}

export function batchOf(sequence: number, parts: Partial<Omit<StoreBatch, 'sequence'>> = {}): StoreBatch {
  return { origin: ORIGIN, documents: [], traces: [], facts: [], ...parts, sequence };
}

/** Documents of different ids differ, and arrive in the order of their ids. */
export function documentOf(trace: number, id: number, text = `{"id":${id}}`): StoredDocument {
  return {
    traceId: traceIdOf(trace),
    receivedUs: timeUs(BASE_US + id + 7),
    text,
  };
}

/** A row that starts `start` µs after the base and lasts `length` µs. */
export function rowOf(
  trace: number,
  { start = 0, length = 100, ...fields }: Partial<TraceRow> & { start?: number; length?: number } = {},
): TraceRow {
  return {
    traceId: traceIdOf(trace),
    revision: 1,
    startUs: timeUs(BASE_US + start),
    endUs: timeUs(BASE_US + start + length),
    responseTimeUs: null,
    fault: false,
    error: false,
    throttle: false,
    partial: false,
    inferred: false,
    httpMethod: null,
    httpUrl: null,
    httpStatus: null,
    userAgent: null,
    clientIp: null,
    entryPoint: null,
    services: [],
    annotations: [],
    users: [],
    resourceArns: [],
    instanceIds: [],
    availabilityZones: [],
    updatedUs: timeUs(BASE_US),
    entityCount: 1,
    outcomes: [],
    causes: null,
    ...fields,
  };
}

/** Made when it is asked for. */
export function lateRowOf(trace: number, readRow: LateRow['readRow']): LateRow {
  return { traceId: traceIdOf(trace), entityCount: 1, mustRead: false, isLikelyWhole: false, readRow };
}

interface FactTimes {
  readonly trace?: number;
  readonly start?: number;
  readonly length?: number;
  readonly outcome?: Outcome;
  readonly sign?: 1 | -1;
}

export function nodeFactOf(
  name: string,
  { state = 'active', root = false, ...times }: FactTimes & Partial<Pick<NodeFact, 'state' | 'root'>> = {},
): NodeFact {
  return { kind: 'node', service: serviceOf(name), state, root, ...factFields(times) };
}

export function edgeFactOf(
  source: string,
  target: string,
  { alias = null, ...times }: FactTimes & Partial<Pick<EdgeFact, 'alias'>> = {},
): EdgeFact {
  return { kind: 'edge', source: serviceOf(source), target: serviceOf(target), alias, ...factFields(times) };
}

function factFields({ trace = 1, start = 0, length = 100, outcome = 'ok', sign = 1 }: FactTimes) {
  return {
    sign,
    traceId: traceIdOf(trace),
    startUs: timeUs(BASE_US + start),
    endUs: timeUs(BASE_US + start + length),
    outcome,
  };
}

/** Of everything, unless told otherwise. */
export function traceQueryOf({
  start = -1e9,
  end = 1e9,
  ...fields
}: Partial<TraceQuery> & { start?: number; end?: number } = {}): TraceQuery {
  return {
    startUs: timeUs(BASE_US + start),
    endUs: timeUs(BASE_US + end),
    rangeOf: 'start',
    condition: { op: 'all' },
    limit: 100,
    after: null,
    ...fields,
  };
}

export function graphQueryOf(start = -1e9, end = 1e9, traces: readonly number[] | null = null): GraphQuery {
  return {
    startUs: timeUs(BASE_US + start),
    endUs: timeUs(BASE_US + end),
    traceIds: traces?.map(traceIdOf) ?? null,
  };
}

/** By the minute, of all services. */
export function seriesQueryOf(start: number, end: number): GraphSeriesQuery {
  return { startUs: timeUs(BASE_US + start), endUs: timeUs(BASE_US + end), periodUs: 60_000_000, services: null };
}

/** In an order of its own, since stores promise none. */
export function sortSums({ nodes, edges }: GraphSums): GraphSums {
  const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return { nodes: [...nodes].sort(byText), edges: [...edges].sort(byText) };
}

/** What stores must agree on: where facts were taken back, each may take its own bounds of time. */
export function withoutBounds({ nodes, edges }: GraphSums): GraphSums {
  const bare = { startUs: timeUs(0), endUs: timeUs(0) };
  return { nodes: nodes.map((sum) => ({ ...sum, ...bare })), edges: edges.map((sum) => ({ ...sum, ...bare })) };
}

export function sortRows(rows: readonly TraceRow[]): readonly TraceRow[] {
  return [...rows].sort((a, b) => (a.traceId < b.traceId ? -1 : 1));
}

export function not(term: Condition): Condition {
  return { op: 'not', term };
}
