export type AttributeValue = string | number | boolean;

/** What a span says, whatever protocol it travels in. Times in µs since 1970. */
export interface TrafficSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly parentId: string | null;
  readonly service: string;
  readonly operation: string;
  /** `server` and `internal` are work of the service, `client` is its call to `peer`. */
  readonly kind: 'server' | 'client' | 'internal';
  /** The far end of a client's call; `service` reports for itself. Null for the other kinds. */
  readonly peer: Peer | null;
  readonly startUs: number;
  readonly endUs: number;
  readonly arrivesUs: number;
  readonly attributes: readonly (readonly [string, AttributeValue])[];
  readonly http: SpanHttp | null;
  readonly exception: SpanException | null;
  readonly fault: boolean;
}

export interface Peer {
  readonly kind: 'service' | 'sql' | 'dynamodb';
  readonly name: string;
}

export interface SpanHttp {
  readonly method: string;
  readonly url: string;
  readonly status: number;
}

export interface SpanException {
  readonly type: string;
  readonly message: string;
  readonly frames: readonly { readonly path: string; readonly line: number; readonly label: string }[];
}

/** `1-`, 8 digits, `-`, 24 digits. */
export function xrayTraceId(hex: string): string {
  return `1-${hex.slice(0, 8)}-${hex.slice(8)}`;
}
