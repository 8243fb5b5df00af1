import { LINKS_MAX } from '../../entity-fields.ts';
import type { AnnotationValue, Json, JsonObject, Link, TraceDocument } from '../../segment-document.ts';
import { timeUs } from '../../time.ts';
import { tagOf, type RpcSpan, type SpanKind, type Tags } from '../rpc/rpc-span.ts';
import { toDocuments } from '../rpc/to-documents.ts';
import type { JaegerSpan, JaegerTag } from './jaeger-span.ts';

/** Each span becomes one document, or two for a call with nothing above it; see `toDocuments`. */
export function jaegerToDocuments(spans: readonly JaegerSpan[]): readonly TraceDocument[] {
  return spans.flatMap(translate);
}

function translate(span: JaegerSpan): readonly TraceDocument[] {
  const documents = toDocuments(readJaegerSpan(span));
  const links = linksOf(span);
  return links.length === 0 ? documents : documents.map((document) => Object.assign(document, { links }));
}

function readJaegerSpan(span: JaegerSpan): RpcSpan {
  const { traceId, spanId, parentId, operationName, startTime, duration, process, isIncomplete } = span;
  const { tags, others } = readTags(span.tags);
  return {
    traceId,
    id: spanId,
    parentId,
    kind: KINDS.get(tagOf(tags, 'span.kind').toLowerCase()) ?? null,
    isShared: false,
    name: operationName,
    service: process.serviceName,
    peer: tagOf(tags, 'peer.service'),
    peerIp: tagOf(tags, 'peer.ipv4') || tagOf(tags, 'peer.ipv6') || null,
    startUs: startTime,
    endUs: isIncomplete ? null : timeUs(startTime + duration),
    tags,
    rest: { dialect: 'jaeger', fields: restOf(span, others) },
    isBelowServerHalf: false,
  };
}

const KINDS: ReadonlyMap<string, SpanKind> = new Map([
  ['client', 'client'],
  ['server', 'server'],
  ['producer', 'producer'],
  ['consumer', 'consumer'],
]);

/**
 * Tags by key, and those that a key and a value alone would not bring back: repeated keys, bytes, whole numbers sent as
 * doubles, and numbers kept as text.
 */
function readTags(list: readonly JaegerTag[]): { readonly tags: Tags; readonly others: readonly JaegerTag[] } {
  const tags = new Map<string, AnnotationValue>();
  const others: JaegerTag[] = [];
  for (const tag of list) {
    if (tags.has(tag.key) || !isPlain(tag)) others.push(tag);
    else tags.set(tag.key, tag.value);
  }
  return { tags: Object.fromEntries(tags), others };
}

function isPlain({ type, value }: JaegerTag): boolean {
  if (type === 'string') return true;
  if (type === 'binary') return false;
  if (type === 'bool') return true;
  return typeof value === 'number' && Number.isSafeInteger(value) === (type === 'int64');
}

/** What `documentToJaeger` takes a span from, beside ids, times and annotations. */
function restOf(span: JaegerSpan, others: readonly JaegerTag[]): JsonObject {
  const { parentId, operationName, references, flags, logs, process, isIncomplete, duration, warnings } = span;
  return {
    operationName,
    ...(parentId !== null && { parentId }),
    flags,
    ...(references.length > 0 && {
      references: references.map(({ type, traceId, spanId }) => ({ type, traceId, spanId })),
    }),
    ...(isIncomplete && { duration }),
    ...(others.length > 0 && { otherTags: others.map(tagJson) }),
    ...(logs.length > 0 && {
      logs: logs.map(({ timestamp, fields }) => ({ timestamp, fields: fields.map(tagJson) })),
    }),
    ...(warnings.length > 0 && { warnings }),
    process: { serviceName: process.serviceName, tags: process.tags.map(tagJson) },
  };
}

function tagJson({ key, type, value }: JaegerTag): Json {
  return { key, type, value };
}

/** References to other traces; `metadata` has all of them. */
function linksOf({ traceId, references }: JaegerSpan): readonly Link[] {
  return references
    .filter((reference) => reference.traceId !== traceId)
    .slice(0, LINKS_MAX)
    .map(({ traceId: trace_id, spanId: id }) => ({ trace_id, id }));
}
