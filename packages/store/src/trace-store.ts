import type { AnnotationValue, Outcome, SegmentId, ServiceKey, TimeUs, TraceId } from '@fluoroscope/model';
import type { Condition } from './condition.ts';

/**
 * Where traces live. Rows are made by `query`'s indexer; a store keeps them and answers from them. Every
 * implementation passes `describeTraceStore` (./conformance.ts), which has a test for each sentence below.
 * Once disposed, every call rejects with `closed`; disposing again does nothing.
 */
export interface TraceStore extends AsyncDisposable {
  readonly capabilities: StoreCapabilities;

  /**
   * Resolves once the whole batch survives a crash; all of it becomes visible at once or, after a crash,
   * none. A trace row replaces the row of the same trace id. Documents are kept as they come: several of
   * one id are merged by the reader. Graph facts are signed: -1 takes an earlier equal fact back, in this
   * batch or in one before; a -1 without one is the caller's fault, and sums over it mean nothing.
   * `sequence` is kept with the batch; a batch whose sequence is not above the kept one is ignored, so
   * that a replay after a crash changes nothing. Calls are made one after another. A write that rejects has
   * changed nothing and may be tried again. Times are whole µs; text is well-formed Unicode (a lone surrogate
   * may come back as U+FFFD).
   */
  write(batch: StoreBatch): Promise<void>;

  /** The highest `sequence` written; 0 for an empty store. */
  readSequence(): Promise<number>;

  /**
   * All documents of these traces, in the order they were written; grouped by trace, traces in the order
   * asked for. Unknown ids are skipped, an id asked for twice answers once.
   */
  readDocuments(ids: readonly TraceId[]): Promise<readonly StoredDocument[]>;

  /** Rows whose trace matches, newest start first, ties by trace id descending; at most `limit`, which is ≥ 1. */
  findTraces(query: TraceQuery): Promise<TracePage>;

  /** The rows of these traces; unknown ids are skipped, order is not promised. */
  readTraceRows(ids: readonly TraceId[]): Promise<readonly TraceRow[]>;

  /** Sums of the facts that ended in [startUs, endUs). A sum of zero is left out. Order is not promised. */
  readGraph(query: GraphQuery): Promise<GraphSums>;

  /**
   * False only when no row of this trace is stored: spares the reads for a trace that is new. Answers at once, in
   * the thread that opened the store; seldom wrongly true.
   */
  mayKnow(id: TraceId): boolean;

  /** Row counts and sizes for /metrics and health: trace rows (replaced ones once) and documents. */
  readStats(): Promise<StoreStats>;
}

/** All `false` is the least able store, so a field added later claims nothing by accident. */
export interface StoreCapabilities {
  /** Survives the process: false for the memory store. */
  readonly durable: boolean;
}

export interface StoreBatch {
  readonly sequence: number;
  readonly documents: readonly StoredDocument[];
  readonly traces: readonly TraceRow[];
  readonly facts: readonly GraphFact[];
}

/** One accepted document as it was journalled. */
export interface StoredDocument {
  readonly traceId: TraceId;
  readonly id: SegmentId;
  readonly startUs: TimeUs;
  readonly receivedUs: TimeUs;
  /** The cleaned document as JSON text. */
  readonly text: string;
}

/** What search and lists need of one trace; replaced as a whole whenever the trace changes. */
export interface TraceRow {
  readonly traceId: TraceId;
  /** Starts at 1, one more at each change. */
  readonly revision: number;
  readonly startUs: TimeUs;
  readonly endUs: TimeUs;
  /** Root segment's end − start; null while it is in progress or missing. */
  readonly responseTimeUs: number | null;
  /** Of the root segment (XRAY-SPEC §7.2). */
  readonly fault: boolean;
  readonly error: boolean;
  /** Of any segment. */
  readonly throttle: boolean;
  readonly partial: boolean;
  readonly inferred: boolean;
  readonly httpMethod: string | null;
  readonly httpUrl: string | null;
  readonly httpStatus: number | null;
  readonly userAgent: string | null;
  readonly clientIp: string | null;
  /** Index into `services`. */
  readonly entryPoint: number | null;
  /** Nodes of the trace, inferred ones too, client nodes not; no duplicates. */
  readonly services: readonly ServiceKey[];
  /** Distinct (key, value) pairs over all segments and subsegments, at most `TRACE_ANNOTATIONS_MAX`. */
  readonly annotations: readonly TraceAnnotation[];
  readonly users: readonly TraceUser[];
  readonly resourceArns: readonly string[];
  readonly instanceIds: readonly string[];
  readonly availabilityZones: readonly string[];
  /** When the newest document of this trace arrived. */
  readonly updatedUs: TimeUs;
  /** Segments and subsegments, inferred ones not. */
  readonly entityCount: number;
}

export interface TraceAnnotation {
  readonly key: string;
  readonly value: AnnotationValue;
  /** Indexes into the row's `services`. */
  readonly services: readonly number[];
}

export interface TraceUser {
  readonly name: string;
  readonly services: readonly number[];
}

/**
 * One observation for the service graph. Facts only ever arrive; when a trace changes, the facts that no
 * longer hold arrive again with sign −1 and cancel out in every sum (ADR-003).
 */
export type GraphFact = NodeFact | EdgeFact;

interface FactFields {
  readonly sign: 1 | -1;
  readonly traceId: TraceId;
  readonly startUs: TimeUs;
  /** When it ended: the minute that owns it. For `pending`, the start. */
  readonly endUs: TimeUs;
  readonly outcome: Outcome;
}

export interface NodeFact extends FactFields {
  readonly kind: 'node';
  readonly service: ServiceKey;
  /** `active`: it sent a segment; `inferred`: known only from a call to it. Clients have edges only. */
  readonly state: 'active' | 'inferred';
  /** First to process the request. */
  readonly root: boolean;
}

export interface EdgeFact extends FactFields {
  readonly kind: 'edge';
  readonly source: ServiceKey;
  readonly target: ServiceKey;
  /** The name under which the caller knew the target, when it is another one. */
  readonly alias: string | null;
}

export type TimeRangeField = 'start' | 'active' | 'end';

export interface TraceQuery {
  readonly startUs: TimeUs;
  readonly endUs: TimeUs;
  /** `start`: trace start in range; `active`: start < endUs and end ≥ startUs; `end`: trace end in range. */
  readonly rangeOf: TimeRangeField;
  readonly condition: Condition;
  readonly limit: number;
  /** Only traces behind this one in the answer's order. */
  readonly after: TraceCursor | null;
}

export interface TraceCursor {
  readonly startUs: TimeUs;
  readonly traceId: TraceId;
}

export interface TracePage {
  readonly rows: readonly TraceRow[];
  /** Null when nothing is left. */
  readonly next: TraceCursor | null;
  /**
   * Traces in range that this page walked over, matching or not: from the cursor to its last row, or to the
   * end of the range when `next` is null.
   */
  readonly scannedCount: number;
}

export interface GraphQuery {
  readonly startUs: TimeUs;
  readonly endUs: TimeUs;
  /** Only facts of these traces, whatever their time; null for all in range. No ids, no sums. */
  readonly traceIds: readonly TraceId[] | null;
}

export interface GraphSums {
  readonly nodes: readonly NodeSum[];
  readonly edges: readonly EdgeSum[];
}

export interface OutcomeCounts {
  readonly ok: number;
  readonly error: number;
  readonly throttle: number;
  readonly fault: number;
  readonly pending: number;
}

interface SumFields {
  /** Of facts still standing: earliest start, latest end. */
  readonly startUs: TimeUs;
  readonly endUs: TimeUs;
  readonly counts: OutcomeCounts;
  /** Over all but `pending`. */
  readonly totalDurationUs: number;
  /** `latencyBucketUs` value → count, over all but `pending`; ascending. */
  readonly histogram: readonly HistogramBucket[];
}

export interface HistogramBucket {
  readonly bucketUs: number;
  readonly count: number;
}

export interface NodeSum extends SumFields {
  readonly service: ServiceKey;
  readonly state: 'active' | 'inferred';
  readonly root: boolean;
}

export interface EdgeSum extends SumFields {
  readonly source: ServiceKey;
  readonly target: ServiceKey;
  /** Sorted. */
  readonly aliases: readonly string[];
}

export interface StoreStats {
  readonly traceCount: number;
  readonly documentCount: number;
  /** On disk; 0 for the memory store. */
  readonly sizeBytes: number;
}

export type StoreErrorCode = 'closed' | 'corrupt' | 'locked' | 'unreadable' | 'unknown-version' | 'failed';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(`[${code}] ${message}`, options);
    this.code = code;
  }
}
