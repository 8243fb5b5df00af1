import type { EntityDocument, JsonObject, TraceDocument } from '../../segment-document.ts';
import type { SegmentId } from '../../segment-id.ts';
import { timeUsFromSeconds } from '../../time.ts';
import { printTag, readOriginal } from '../rpc/read-original.ts';
import { isMadeUp } from '../rpc/to-documents.ts';
import { isList, isRecord, readEndpoint, readKind, readMicros, readText } from './span-fields.ts';
import type { ZipkinAnnotation, ZipkinKind, ZipkinSpan } from './zipkin-span.ts';
import { parseShortSpanId } from '../../trace-header/short-id.ts';

/**
 * A document as a Zipkin span: the one that it was made of, or for documents of X-Ray the nearest there is.
 * Subsegments that it embeds are spans of their own: give it documents that are folded apart. Null for documents that no
 * span stands for.
 */
export function documentToZipkin(document: TraceDocument): ZipkinSpan | null {
  if (isMadeUp(document, 'zipkin')) return null;
  const original = document.metadata?.['zipkin'];
  return isRecord(original) ? restore(document, original) : describe(document);
}

function restore(document: TraceDocument, original: { readonly [key: string]: unknown }): ZipkinSpan {
  const { startUs, durationUs } = timesOf(document);
  const shared = original['shared'] === true;
  const kind = readKind(original['kind']);
  const id = readId(original['id']) ?? document.id;
  const parentId = readId(original['parentId']);
  const name = readText(original['name']);
  const hasStart = original['timestamp'] !== null;
  const duration = hasStart ? durationUs : readMicros(original['duration']);
  const localEndpoint = readEndpoint(original['localEndpoint']);
  const remoteEndpoint = readEndpoint(original['remoteEndpoint']);
  const annotations = readAnnotations(original['annotations']);
  const tags = Object.entries(readOriginal(document, original)).map(([key, value]) => [key, printTag(value)] as const);
  return {
    traceId: document.trace_id,
    id,
    ...(parentId !== undefined && { parentId }),
    ...(kind !== undefined && { kind }),
    ...(name !== undefined && { name }),
    ...(hasStart && { timestamp: startUs }),
    ...(duration !== undefined && { duration }),
    ...(localEndpoint !== undefined && { localEndpoint }),
    ...(remoteEndpoint !== undefined && { remoteEndpoint }),
    ...(annotations.length > 0 && { annotations }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
    ...(original['debug'] === true && { debug: true }),
    ...(shared && { shared: true }),
  };
}

function timesOf({ start_time, end_time }: EntityDocument): Pick<Times, 'startUs' | 'durationUs'> {
  const startUs = timeUsFromSeconds(start_time);
  if (end_time === undefined) return { startUs, durationUs: undefined };
  // Zipkin knows no duration below 1 µs.
  return { startUs, durationUs: Math.max(1, timeUsFromSeconds(end_time) - startUs) };
}

interface Times {
  readonly startUs: ReturnType<typeof timeUsFromSeconds>;
  readonly durationUs: number | undefined;
}

function readId(value: unknown): SegmentId | undefined {
  const id = typeof value === 'string' ? parseShortSpanId(value) : undefined;
  return id?.ok === true ? id.value : undefined;
}

function readAnnotations(value: unknown): readonly ZipkinAnnotation[] {
  if (!isList(value)) return [];
  return value.flatMap((item) => {
    const timestamp = isRecord(item) ? readMicros(item['timestamp']) : undefined;
    const text = isRecord(item) ? readText(item['value']) : undefined;
    return timestamp === undefined || text === undefined ? [] : [{ timestamp, value: text }];
  });
}

function describe(document: TraceDocument): ZipkinSpan {
  const { trace_id, id, parent_id, name } = document;
  const { startUs, durationUs } = timesOf(document);
  const kind = kindOf(document);
  const tags = describeTags(document);
  const isSegment = document.type === undefined;
  return {
    traceId: trace_id,
    id,
    ...(parent_id !== undefined && { parentId: parent_id }),
    ...(kind !== undefined && { kind }),
    name: document.http?.request?.method ?? name,
    timestamp: startUs,
    ...(durationUs !== undefined && { duration: durationUs }),
    ...(isSegment && { localEndpoint: { serviceName: name } }),
    ...(!isSegment && kind === 'CLIENT' && { remoteEndpoint: { serviceName: name } }),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}

function kindOf(document: TraceDocument): ZipkinKind | undefined {
  if (document.type === undefined) return 'SERVER';
  return document.namespace === undefined ? undefined : 'CLIENT';
}

function describeTags(document: TraceDocument): Readonly<Record<string, string>> {
  const { http, annotations = {}, error, fault, throttle } = document;
  const tags: [string, string][] = Object.entries(annotations).map(([key, value]) => [key, printTag(value)]);
  const add = (key: string, value: string | number | undefined): void => {
    if (value !== undefined) tags.push([key, String(value)]);
  };
  add('http.method', http?.request?.method);
  add('http.url', http?.request?.url);
  add('http.status_code', http?.response?.status);
  add('user_agent', http?.request?.user_agent);
  if (fault === true || error === true || throttle === true) add('error', messageOf(document) ?? 'true');
  for (const [key, block] of describeBlocks(document)) add(key, JSON.stringify(block));
  return Object.fromEntries(tags);
}

/** Blocks that Zipkin has no fields for, as JSON. */
function describeBlocks({ aws, metadata, sql }: TraceDocument): readonly (readonly [string, JsonObject])[] {
  const blocks: (readonly [string, JsonObject])[] = [];
  if (aws !== undefined) blocks.push(['aws', aws]);
  if (sql !== undefined) blocks.push(['sql', sql]);
  if (metadata !== undefined) blocks.push(['metadata', metadata]);
  return blocks;
}

function messageOf({ cause }: EntityDocument): string | undefined {
  return typeof cause === 'object'
    ? cause.exceptions?.find(({ message }) => message !== undefined)?.message
    : undefined;
}
