import type { SegmentId } from '../../segment-id.ts';
import type { TimeUs } from '../../time.ts';
import type { TraceId } from '../../trace-id.ts';

/**
 * A tag or a field of a log. Integers beyond 2^53, infinities and "not a number" are held as text, bytes as hex digits.
 * Tags are a list: a key may stand there more than once.
 */
export interface JaegerTag {
  readonly key: string;
  readonly type: JaegerTagType;
  readonly value: string | number | boolean;
}

export type JaegerTagType = 'string' | 'bool' | 'int64' | 'float64' | 'binary';

export interface JaegerLog {
  readonly timestamp: TimeUs;
  readonly fields: readonly JaegerTag[];
}

export interface JaegerReference {
  readonly type: 'child-of' | 'follows-from';
  readonly traceId: TraceId;
  readonly spanId: SegmentId;
}

export interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: readonly JaegerTag[];
}

/** Jaeger's span, from Thrift or protobuf. */
export interface JaegerSpan {
  readonly traceId: TraceId;
  readonly spanId: SegmentId;
  readonly parentId: SegmentId | null;
  readonly operationName: string;
  readonly references: readonly JaegerReference[];
  readonly flags: number;
  readonly startTime: TimeUs;
  /** µs */
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly JaegerLog[];
  /** The span will be sent again. */
  readonly isIncomplete: boolean;
  readonly warnings: readonly string[];
  readonly process: JaegerProcess;
}

export interface JaegerProblem {
  readonly code: 'bad-thrift' | 'bad-protobuf' | 'bad-field' | 'too-many-spans';
  /** Names the field or byte and what was expected. */
  readonly message: string;
}

export interface JaegerBatch {
  readonly spans: readonly JaegerSpan[];
  readonly refused: readonly JaegerProblem[];
}

/** Of one request: clients send some hundreds. */
export const JAEGER_SPANS_MAX = 50_000;
/** Of one span or process, its references and its logs; of a log, its fields. */
export const JAEGER_ITEMS_MAX = 1_024;

/** What `JSON` would not keep becomes text. */
export function int64Value(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

export function float64Value(value: number): number | string {
  return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);
}
