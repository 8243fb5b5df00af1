// OpenTelemetry's trace data, as opentelemetry-proto's trace.proto, resource.proto and common.proto define it.

/**
 * An attribute's value with its exact type. `int` is a string when a double could not hold it, `bytes` is
 * base64, `empty` is a value that is not set. Doubles may be infinite or no number.
 */
export type OtlpValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: number | string }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'bytes'; readonly value: string }
  | { readonly type: 'array'; readonly value: readonly OtlpValue[] }
  | { readonly type: 'kvlist'; readonly value: readonly OtlpAttribute[] }
  | { readonly type: 'empty'; readonly value: null };

/** Key and value in one object, which is half the allocations of a decoder. */
export type OtlpAttribute = OtlpValue & { readonly key: string };

/** Whole microseconds since 1970, and the nanoseconds (0 to 999) beyond: together exact, as no double is. */
export interface OtlpTime {
  readonly us: number;
  readonly ns: number;
}

export interface OtlpEvent {
  readonly time: OtlpTime;
  readonly name: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly droppedAttributesCount: number;
}

/** Ids are lower-case hex; a link's may be anything its sender had, or empty. */
export interface OtlpLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly droppedAttributesCount: number;
  readonly flags: number;
}

export interface OtlpStatus {
  /** 0 unset, 1 ok, 2 error. */
  readonly code: number;
  readonly message: string;
}

export interface OtlpSpan {
  /** 32 lower-case hex digits, not all 0. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all 0. */
  readonly spanId: string;
  /** As `spanId`; empty for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly start: OtlpTime;
  /** 0 while it goes on. */
  readonly end: OtlpTime;
  readonly attributes: readonly OtlpAttribute[];
  readonly droppedAttributesCount: number;
  readonly events: readonly OtlpEvent[];
  readonly droppedEventsCount: number;
  readonly links: readonly OtlpLink[];
  readonly droppedLinksCount: number;
  readonly status: OtlpStatus;
  /** As `WireSpan` has it, where the decoder was to keep it. */
  readonly wire?: string;
}

/** A span as it came, for who sends it on unchanged. */
export interface WireSpan {
  /** The message in protobuf, a byte a character. */
  readonly wire: string;
}

/** One span with where it came from. */
export interface SentSpan {
  readonly resource: OtlpResource;
  readonly scope: OtlpScope;
  readonly span: OtlpSpan | WireSpan;
}

export interface OtlpResource {
  readonly attributes: readonly OtlpAttribute[];
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

export interface OtlpScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

/** The spans of one scope of one resource. Groups of the same resource share the resource object. */
export interface OtlpSpanGroup {
  readonly resource: OtlpResource;
  readonly scope: OtlpScope;
  readonly spans: readonly OtlpSpan[];
}

export const SPAN_KIND = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
} as const;

export const STATUS_CODE = { unset: 0, ok: 1, error: 2 } as const;

/** Later times would not be whole microseconds in a double: the year 2255. */
export const OTLP_TIME_US_MAX: number = Number.MAX_SAFE_INTEGER;
