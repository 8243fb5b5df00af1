// Runs once per span, timed by ../rpc/to-documents.bench.ts. JSON.parse does the reading; known fields are picked from what it made.
import { bad, ok, type Result } from '../../result.ts';
import type { Writable } from '../rpc/rpc-span.ts';
import { badField, isList, isRecord, readEndpoint, readIds, readKind, readMicros, readText } from './span-fields.ts';
import {
  ZIPKIN_ANNOTATIONS_MAX,
  ZIPKIN_SPANS_MAX,
  ZIPKIN_TAGS_MAX,
  type ZipkinAnnotation,
  type ZipkinBatch,
  type ZipkinProblem,
  type ZipkinSpan,
} from './zipkin-span.ts';

/**
 * text = "[" *( span "," ) span "]"
 * span = { traceId, id, parentId?, kind?, name?, timestamp?, duration?, localEndpoint?, remoteEndpoint?,
 *          annotations?: [{ timestamp, value }], tags?: { string: string }, debug?, shared? }
 *
 * Refused as a whole is only what is no list. Values of tags that are no strings are written out.
 */
export function decodeZipkinV2Json(text: string): Result<ZipkinBatch, ZipkinProblem> {
  return readSpans(text, readV2Span);
}

/** Shared with v1, whose spans are read by another `readSpan`; one span of v1 may stand for two. */
export function readSpans(
  text: string,
  readSpan: (value: unknown) => Result<ZipkinSpan | readonly ZipkinSpan[], ZipkinProblem>,
): Result<ZipkinBatch, ZipkinProblem> {
  const list = readJson(text);
  if (!list.ok) return list;
  if (!isList(list.value)) return bad({ code: 'not-a-list', message: 'body: expected a list of spans' });
  const spans: ZipkinSpan[] = [];
  const refused: ZipkinProblem[] = [];
  for (const [at, value] of list.value.entries()) {
    if (at === ZIPKIN_SPANS_MAX) {
      const message = `body: expected at most ${ZIPKIN_SPANS_MAX} spans, found ${list.value.length}`;
      return bad({ code: 'too-many-spans', message });
    }
    const span = readSpan(value);
    if (!span.ok) refused.push(span.problem);
    else if ('id' in span.value) spans.push(span.value);
    else spans.push(...span.value);
  }
  return ok({ spans, refused });
}

function readJson(text: string): Result<unknown, ZipkinProblem> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return bad({ code: 'not-json', message: 'body: expected JSON' });
  }
}

function readV2Span(value: unknown): Result<ZipkinSpan, ZipkinProblem> {
  if (!isRecord(value)) return badField('', 'an object', value);
  const ids = readIds(value['traceId'], value['id'], value['parentId']);
  if (!ids.ok) return ids;
  const annotations = readAnnotations(value['annotations']);
  if (!annotations.ok) return annotations;
  const tags = readTags(value['tags']);
  if (!tags.ok) return tags;

  const span: Writable<ZipkinSpan> = { traceId: ids.value.traceId, id: ids.value.id };
  if (ids.value.parentId !== undefined) span.parentId = ids.value.parentId;
  const kind = readKind(value['kind']);
  if (kind !== undefined) span.kind = kind;
  const name = readText(value['name']);
  if (name !== undefined) span.name = name;
  const timestamp = readMicros(value['timestamp']);
  if (timestamp !== undefined) span.timestamp = timestamp;
  const duration = readMicros(value['duration']);
  if (duration !== undefined) span.duration = duration;
  const localEndpoint = readEndpoint(value['localEndpoint']);
  if (localEndpoint !== undefined) span.localEndpoint = localEndpoint;
  const remoteEndpoint = readEndpoint(value['remoteEndpoint']);
  if (remoteEndpoint !== undefined) span.remoteEndpoint = remoteEndpoint;
  if (annotations.value.length > 0) span.annotations = annotations.value;
  if (tags.value !== undefined) span.tags = tags.value;
  if (value['debug'] === true) span.debug = true;
  if (value['shared'] === true) span.shared = true;
  return ok(span);
}

function readAnnotations(value: unknown): Result<readonly ZipkinAnnotation[], ZipkinProblem> {
  if (!isList(value)) return ok([]);
  if (value.length > ZIPKIN_ANNOTATIONS_MAX) {
    return badField('annotations', `at most ${ZIPKIN_ANNOTATIONS_MAX}`, value.length);
  }
  const annotations: ZipkinAnnotation[] = [];
  for (const item of value) {
    const timestamp = isRecord(item) ? readMicros(item['timestamp']) : undefined;
    const text = isRecord(item) ? readText(item['value']) : undefined;
    if (timestamp !== undefined && text !== undefined) annotations.push({ timestamp, value: text });
  }
  return ok(annotations);
}

function readTags(value: unknown): Result<Readonly<Record<string, string>> | undefined, ZipkinProblem> {
  if (!isRecord(value)) return ok(undefined);
  const keys = Object.keys(value);
  if (keys.length === 0) return ok(undefined);
  if (keys.length > ZIPKIN_TAGS_MAX) return badField('tags', `at most ${ZIPKIN_TAGS_MAX}`, keys.length);
  if (isAllText(value, keys)) return ok(value);
  // fromEntries defines properties, so a key `__proto__` stays a key.
  return ok(Object.fromEntries(keys.map((key) => [key, printTag(value[key])])));
}

function isAllText(
  value: { readonly [key: string]: unknown },
  keys: readonly string[],
): value is { readonly [key: string]: string } {
  return keys.every((key) => typeof value[key] === 'string');
}

function printTag(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? '';
}
