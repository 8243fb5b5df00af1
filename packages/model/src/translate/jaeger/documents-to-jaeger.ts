import type { TraceDocument } from '../../segment-document.ts';
import { timeUsFromSeconds } from '../../time.ts';
import { parseShortSpanId, parseShortTraceId } from '../../trace-header/short-id.ts';
import { readOriginal } from '../rpc/read-original.ts';
import { isMadeUp } from '../rpc/to-documents.ts';
import type { AnnotationValue } from '../../segment-document.ts';
import type { JaegerLog, JaegerReference, JaegerSpan, JaegerTag, JaegerTagType } from './jaeger-span.ts';
import { readTimeUs } from './span-parts.ts';

/**
 * A document as a Jaeger span: the one that it was made of, or for documents of other dialects the nearest there is. Null
 * for documents that no span stands for. The order of tags is not kept.
 */
export function documentToJaeger(document: TraceDocument): JaegerSpan | null {
  if (isMadeUp(document, 'jaeger')) return null;
  const original = document.metadata?.['jaeger'];
  const { trace_id: traceId, id: spanId, start_time, end_time } = document;
  const startTime = timeUsFromSeconds(start_time);
  const common = { traceId, spanId, startTime };
  if (!isRecord(original)) {
    const duration = timeUsFromSeconds(end_time ?? start_time) - startTime;
    return { ...common, ...describe(document), duration, isIncomplete: end_time === undefined };
  }
  const parent = parseShortSpanId(textOf(original['parentId']));
  return {
    ...common,
    parentId: parent.ok ? parent.value : null,
    operationName: textOf(original['operationName']),
    references: listOf(original['references']).flatMap(readReference),
    flags: numberOf(original['flags']),
    duration: end_time === undefined ? numberOf(original['duration']) : timeUsFromSeconds(end_time) - startTime,
    tags: [
      ...Object.entries(readOriginal(document, original)).map(([key, value]) => tagFor(key, value)),
      ...listOf(original['otherTags']).flatMap(readTag),
    ],
    logs: listOf(original['logs']).flatMap(readLog),
    isIncomplete: end_time === undefined,
    warnings: listOf(original['warnings']).map(textOf),
    process: readProcess(original['process']),
  };
}

function describe(
  document: TraceDocument,
): Omit<JaegerSpan, 'traceId' | 'spanId' | 'startTime' | 'duration' | 'isIncomplete'> {
  const { parent_id, name, annotations = {}, http, fault, error, metadata, aws, sql } = document;
  const tags = Object.entries(annotations).map(([key, value]) => tagFor(key, value));
  const add = (key: string, value: AnnotationValue | undefined): void => {
    if (value !== undefined) tags.push(tagFor(key, value));
  };
  const isSegment = document.type === undefined;
  if (isSegment) add('span.kind', 'server');
  else if (document.namespace !== undefined) add('span.kind', 'client');
  add('http.method', http?.request?.method);
  add('http.url', http?.request?.url);
  add('http.status_code', http?.response?.status);
  if (fault === true || error === true) add('error', true);
  for (const [key, block] of Object.entries({ aws, sql, metadata })) {
    if (block !== undefined) add(key, JSON.stringify(block));
  }
  return {
    parentId: parent_id ?? null,
    operationName: name,
    references: [],
    flags: 1,
    tags,
    logs: [],
    warnings: [],
    process: { serviceName: isSegment ? name : '', tags: [] },
  };
}

function tagFor(key: string, value: AnnotationValue): JaegerTag {
  if (typeof value === 'string') return { key, type: 'string', value };
  if (typeof value === 'boolean') return { key, type: 'bool', value };
  return { key, type: Number.isSafeInteger(value) ? 'int64' : 'float64', value };
}

const TYPES: ReadonlyMap<unknown, JaegerTagType> = new Map<unknown, JaegerTagType>(
  (['string', 'bool', 'int64', 'float64', 'binary'] as const).map((type) => [type, type]),
);

function readTag(item: unknown): readonly JaegerTag[] {
  if (!isRecord(item)) return [];
  const { key, value } = item;
  const type = TYPES.get(item['type']);
  if (typeof key !== 'string' || type === undefined) return [];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [{ key, type, value }]
    : [];
}

function readLog(item: unknown): readonly JaegerLog[] {
  if (!isRecord(item)) return [];
  return [{ timestamp: readTimeUs(numberOf(item['timestamp'])), fields: listOf(item['fields']).flatMap(readTag) }];
}

function readReference(item: unknown): readonly JaegerReference[] {
  if (!isRecord(item)) return [];
  const traceId = parseShortTraceId(textOf(item['traceId']).replace(/^1-/, '').replaceAll('-', ''));
  const spanId = parseShortSpanId(textOf(item['spanId']));
  if (!traceId.ok || !spanId.ok) return [];
  const type = item['type'] === 'follows-from' ? 'follows-from' : 'child-of';
  return [{ type, traceId: traceId.value, spanId: spanId.value }];
}

function readProcess(value: unknown): JaegerSpan['process'] {
  if (!isRecord(value)) return { serviceName: '', tags: [] };
  return { serviceName: textOf(value['serviceName']), tags: listOf(value['tags']).flatMap(readTag) };
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
