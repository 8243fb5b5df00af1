import type { AnnotationValue, Outcome, ServiceKey, TimeUs, TraceId } from '@fluoroscope/model';
import type { Condition } from './condition.ts';

/**
 * Where traces live. Rows are made by `query`'s indexer; a store keeps them and answers from them. Every
 * implementation passes `describeTraceStore` (./conformance.ts), which has a test for each sentence below.
 * Once disposed, every call rejects with `closed`; disposing again does nothing.
 */
export interface TraceStore extends AsyncDisposable {
  readonly capabilities: StoreCapabilities;

  /**
   * Resolves once the whole batch is visible to every read. It survives a crash once `readProgress` says so: until
   * then its records must be kept, and are written again after a crash. A store holds, after a crash, exactly the
   * batches up to some sequence of their origin, each of them whole.
   *
   * A trace row replaces the row of the same trace id. Documents are kept as they come: several of one id are
   * merged by the reader. Graph facts are signed: -1 takes an earlier equal fact back, in this batch or in one
   * before; a -1 without one is the caller's fault, and sums over it mean nothing. A batch whose sequence is not
   * above its origin's is ignored, so that a replay after a crash changes nothing. Calls are made one after
   * another. A write that rejects has changed nothing and may be tried again. Times are whole µs; text is
   * well-formed Unicode (a lone surrogate may come back as U+FFFD).
   */
  write(batch: StoreBatch): Promise<void>;

  /** How far batches of this origin have come; all 0 for one never met. */
  readProgress(origin: string): Promise<StoreProgress>;

  /** Resolves once everything written before the call survives a crash. */
  flush(): Promise<void>;

  /**
   * Lets go of what is older than asked, oldest first, in whole slices: a slice is dropped when all its documents
   * arrived before `arrivedBeforeUs`, or while the store is larger than `sizeBytesMax`; the newest one stays. With a
   * slice go its documents, rows and facts, and the disk space. From then on graphs begin no earlier than
   * `StoreStats.retainedFromUs`.
   */
  retain(policy: RetentionPolicy): Promise<RetentionReport>;

  /**
   * All documents of these traces, in the order they were written; grouped by trace, traces in the order
   * asked for. Unknown ids are skipped, an id asked for twice answers once. A signal, here and below, says that nobody waits for the
   * answer any more: a read that has not come to its answer then rejects with `cancelled`; what others wait for goes on.
   */
  readDocuments(ids: readonly TraceId[], signal?: AbortSignal): Promise<readonly StoredDocument[]>;

  /**
   * Of one trace what `readDocuments` gives, from the `skip`th document on and at most `limit` of them, which is ≥ 1. The text of no
   * other document is read: a trace of any size can be gone through. Documents that come are behind all that are there; those that
   * `retain` takes were the first.
   */
  readDocumentPage(query: DocumentPageQuery): Promise<readonly StoredDocument[]>;

  /** Rows whose trace matches, newest start first, ties by trace id descending; at most `limit`, which is ≥ 1. */
  findTraces(query: TraceQuery, signal?: AbortSignal): Promise<TracePage>;

  /** Which traces `findTraces` would answer, in its order, without their rows: many at little cost. */
  findTraceIds(query: TraceQuery, signal?: AbortSignal): Promise<readonly TraceCursor[]>;

  /** The rows of these traces; unknown ids are skipped, order is not promised. */
  readTraceRows(ids: readonly TraceId[]): Promise<readonly TraceRow[]>;

  /** Sums of the facts that ended in [startUs, endUs). A sum that counts nothing is left out. Order is not promised. */
  readGraph(query: GraphQuery): Promise<GraphSums>;

  /**
   * The same, for each period: [startUs + n × periodUs, startUs + (n + 1) × periodUs), the last one cut at endUs.
   * Periods without sums are left out; the others come in order. Rejects with `failed` beyond `PERIODS_MAX`.
   */
  readGraphSeries(query: GraphSeriesQuery): Promise<readonly GraphPeriod[]>;

  /**
   * False only when no row of this trace is stored: spares the reads for a trace that is new. Answers at once, in
   * the thread that opened the store; seldom wrongly true. What other processes wrote to a shared store is
   * known from the next `readProgress` on.
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
  /** What numbers the records: the file journal is one origin, each partition of a Kafka topic is one. */
  readonly origin: string;
  /** Of its last record. */
  readonly sequence: number;
  readonly documents: readonly StoredDocument[];
  /** Of two of one trace the last one counts. */
  readonly traces: readonly ChangedTrace[];
  readonly facts: readonly GraphFact[];
}

/** A trace's row, or what it can be had from where it is likely to change again soon. */
export type ChangedTrace = TraceRow | LateRow;

/**
 * A store may leave it until a read could see it, or its process keeps too
 * much for it; of those that are replaced before, none is ever made.
 */
export interface LateRow {
  readonly traceId: TraceId;
  /** What is held for it in memory: segments and subsegments. */
  readonly entityCount: number;
  /** Documents must be read for it now: the caller must not hold what reads wait for. */
  readonly mustRead: boolean;
  /** Nothing more is likely to come of it: its row need not wait. */
  readonly isLikelyWhole: boolean;
  /** As it is now: what the batch said at least. A promise where `mustRead`. */
  readRow(): TraceRow | Promise<TraceRow>;
}

export interface StoreProgress {
  /** The highest sequence that reads can see. */
  readonly sequence: number;
  /** The highest one that survives a crash; at most `sequence`. */
  readonly durableSequence: number;
  /**
   * A crash came in the middle of the batch that ended here: the next batch must be made of exactly the records from
   * `sequence` to this one. Null otherwise.
   */
  readonly unfinishedSequence: number | null;
}

export interface RetentionPolicy {
  readonly arrivedBeforeUs: TimeUs | null;
  readonly sizeBytesMax: number | null;
}

export interface RetentionReport {
  readonly sliceCount: number;
  readonly documentCount: number;
  readonly sizeBytes: number;
}

/** One accepted document as it was journalled. */
export interface StoredDocument {
  readonly traceId: TraceId;
  readonly receivedUs: TimeUs;
  /** The cleaned document as JSON text. */
  readonly text: string;
}

export interface DocumentPageQuery {
  readonly traceId: TraceId;
  readonly skip: number;
  readonly limit: number;
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
  /**
   * Distinct (key, value) pairs over all segments and subsegments, at most `TRACE_ANNOTATIONS_MAX`. A store may give them
   * back sorted: by key; of one key flags, numbers, then texts, each ascending.
   */
  readonly annotations: readonly TraceAnnotation[];
  readonly users: readonly TraceUser[];
  readonly resourceArns: readonly string[];
  readonly instanceIds: readonly string[];
  readonly availabilityZones: readonly string[];
  /** When the newest document of this trace arrived. */
  readonly updatedUs: TimeUs;
  /** Segments and subsegments, inferred ones not. */
  readonly entityCount: number;
  /**
   * Of each of `services` the combinations of flags that its segments have, inferred ones too, as bits (`outcomeBit`). Empty
   * when they are not known: the row was written by a version that did not keep them, or its trace is too large.
   */
  readonly outcomes: readonly number[];
  /** Null when they are not known; then they follow from the documents. */
  readonly causes: TraceCauses | null;
}

/** Root causes as `query` packs them: a store keeps them as they are. */
export interface TraceCauses {
  /** The same for many traces. */
  readonly shape: string;
  /** Whole numbers from 0 to 1,000. */
  readonly coverages: readonly number[];
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

export interface GraphSeriesQuery {
  readonly startUs: TimeUs;
  readonly endUs: TimeUs;
  /** A whole number of µs, at least one minute. */
  readonly periodUs: number;
  /** Only the nodes of these services and the edges to or from them; null for all. */
  readonly services: readonly ServiceKey[] | null;
}

export interface GraphPeriod extends GraphSums {
  readonly startUs: TimeUs;
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
  /** Earliest start and latest end of the facts summed; those taken back may be among them. */
  readonly startUs: TimeUs;
  readonly endUs: TimeUs;
  readonly counts: OutcomeCounts;
  /** Over all but `pending`. */
  readonly totalDurationUs: number;
  /** Over all but `pending`. */
  readonly histogram: Histogram;
}

/**
 * Two arrays of equal length. Histograms of one answer may be views of one piece of memory: it crosses to another thread
 * whole, where an object for each bucket took longer than everything else about a graph.
 */
export interface Histogram {
  /** `latencyBucketUs` values, ascending. */
  readonly bucketsUs: Float64Array;
  /** Of each bucket; none is 0. */
  readonly counts: Float64Array;
}

export interface NodeSum extends SumFields {
  readonly service: ServiceKey;
  readonly state: 'active' | 'inferred';
  readonly root: boolean;
}

export interface EdgeSum extends SumFields {
  readonly source: ServiceKey;
  readonly target: ServiceKey;
  /** Of what stands; sorted. */
  readonly aliases: readonly string[];
}

export interface StoreStats {
  readonly traceCount: number;
  readonly documentCount: number;
  /** On disk; 0 for the memory store. */
  readonly sizeBytes: number;
  /** The newest arrival among what `retain` has dropped: facts that ended before it are not summed. Null before. */
  readonly retainedFromUs: TimeUs | null;
  /** Oldest first, one for each day that has something. */
  readonly days: readonly StoredDay[];
}

/**
 * What `retain` would let go of, by the day of UTC on which the newest document of each slice arrived. What is in no slice yet is in
 * no day: the counts add up to `documentCount` at most.
 */
export interface StoredDay {
  readonly startUs: TimeUs;
  readonly documentCount: number;
  /** On disk; 0 for the memory store. */
  readonly sizeBytes: number;
}

export type StoreErrorCode =
  /** A store elsewhere cannot be reached, or did not answer: later it may. */
  | 'away'
  /** Nobody waits for the answer any more. */
  | 'cancelled'
  | 'closed'
  | 'corrupt'
  | 'locked'
  /** A document is encrypted and cannot be opened: its key is missing, or it was altered. Others can be read. */
  | 'sealed'
  | 'unreadable'
  | 'unknown-version'
  | 'failed';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(`[${code}] ${message}`, options);
    this.code = code;
  }
}
