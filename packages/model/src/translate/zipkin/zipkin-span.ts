import type { SegmentId } from '../../segment-id.ts';
import type { TimeUs } from '../../time.ts';
import type { TraceId } from '../../trace-id.ts';

/** An alias, not an interface, so that it is JSON to the compiler. */
export type ZipkinEndpoint = {
  readonly serviceName?: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly port?: number;
};

export type ZipkinAnnotation = {
  readonly timestamp: TimeUs;
  readonly value: string;
};

export type ZipkinKind = 'CLIENT' | 'SERVER' | 'PRODUCER' | 'CONSUMER';

/** Zipkin's v2 span, with ids padded to their full length; v1 and protobuf are read into it too. */
export interface ZipkinSpan {
  readonly traceId: TraceId;
  readonly id: SegmentId;
  readonly parentId?: SegmentId;
  readonly kind?: ZipkinKind;
  readonly name?: string;
  /** Absent on late or incomplete spans. */
  readonly timestamp?: TimeUs;
  /** µs, at least 1. */
  readonly duration?: number;
  readonly localEndpoint?: ZipkinEndpoint;
  readonly remoteEndpoint?: ZipkinEndpoint;
  readonly annotations?: readonly ZipkinAnnotation[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly debug?: true;
  readonly shared?: true;
}

/** Why a span, or a whole request, was refused. */
export interface ZipkinProblem {
  readonly code: 'not-json' | 'not-a-list' | 'bad-protobuf' | 'bad-thrift' | 'bad-field' | 'too-many-spans';
  /** Names the field and what was expected. */
  readonly message: string;
}

export interface ZipkinBatch {
  readonly spans: readonly ZipkinSpan[];
  /** One for each span that cannot be used; the others are. */
  readonly refused: readonly ZipkinProblem[];
}

/** Of one request: reporters send some hundreds. */
export const ZIPKIN_SPANS_MAX = 50_000;
/** Of one span: more is no telemetry, and the span is refused. */
export const ZIPKIN_TAGS_MAX = 1_024;
export const ZIPKIN_ANNOTATIONS_MAX = 1_024;
