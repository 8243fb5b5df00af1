import type { AnnotationValue, JsonObject } from '../../segment-document.ts';
import type { SegmentId } from '../../segment-id.ts';
import type { TimeUs } from '../../time.ts';
import type { TraceId } from '../../trace-id.ts';

export type SpanKind = 'client' | 'server' | 'producer' | 'consumer';

/** What Zipkin's and Jaeger's spans have in common, as far as it decides which documents are made of one. */
export interface RpcSpan {
  readonly traceId: TraceId;
  readonly id: SegmentId;
  readonly parentId: SegmentId | null;
  readonly kind: SpanKind | null;
  /** The server's half of a span whose id the client's half has too (B3). */
  readonly isShared: boolean;
  /** The operation; may be empty. */
  readonly name: string;
  /** Who reported it; empty when it does not tell. */
  readonly service: string;
  /** The other side as the span names it; empty when it does not tell. */
  readonly peer: string;
  readonly peerIp: string | null;
  readonly startUs: TimeUs;
  /** Null while in progress. */
  readonly endUs: TimeUs | null;
  readonly tags: Tags;
  /** All that the documents' fields and annotations do not say, under the dialect's name. */
  readonly rest: { readonly dialect: 'zipkin' | 'jaeger'; readonly fields: JsonObject };
  /** Calls and work in a server's half hang below that half, whose id is derived. */
  readonly isBelowServerHalf: boolean;
}

/** Own properties only; any key may occur. */
export type Tags = Readonly<Record<string, AnnotationValue>>;

export function tagOf(tags: Tags, key: string): string {
  const value = Object.hasOwn(tags, key) ? tags[key] : undefined;
  if (typeof value === 'string') return value;
  return value === undefined ? '' : String(value);
}

/** The first of the keys that has a text. */
export function firstTagOf(tags: Tags, keys: readonly string[]): string {
  for (const key of keys) {
    const text = tagOf(tags, key);
    if (text !== '') return text;
  }
  return '';
}

/** For objects that are filled step by step: spreading what may be missing costs several times as much. */
export type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
