import { bad, ok, type Result } from '../result.ts';
import type { SegmentId } from '../segment-id.ts';
import { toW3cTraceId, type TraceId } from '../trace-id.ts';
import { parseShortSpanId, parseShortTraceId } from './short-id.ts';

export const B3_HEADER = 'b3';

/** `debug` is yes, and asks everyone to record more. */
export type B3Sampling = 'yes' | 'no' | 'debug';

export interface B3Context {
  /** Null in headers that carry a decision only. Never one without the other. */
  readonly ids: { readonly traceId: TraceId; readonly spanId: SegmentId; readonly parentId: SegmentId | null } | null;
  /** Null: the receiver decides. */
  readonly sampled: B3Sampling | null;
}

/** Names as Zipkin writes them; HTTP's are read in any case. */
export const B3_HEADERS = {
  traceId: 'X-B3-TraceId',
  spanId: 'X-B3-SpanId',
  parentId: 'X-B3-ParentSpanId',
  sampled: 'X-B3-Sampled',
  flags: 'X-B3-Flags',
} as const;

export type B3Fields = { readonly [Key in keyof typeof B3_HEADERS]?: string | undefined };

export type B3Problem = 'malformed' | 'bad-trace-id' | 'bad-span-id' | 'bad-sampled' | 'no-fields';

/**
 * b3       = sampling / trace-id "-" span-id [ "-" sampling [ "-" parent-id ] ]
 * trace-id = 16HEXDIG / 32HEXDIG   ; 64-bit ids are padded on the left
 * span-id  = 16HEXDIG
 * sampling = "1" / "0" / "d"
 */
export function parseB3(text: string): Result<B3Context, B3Problem> {
  if (text.length > B3_CHARS_MAX) return bad('malformed');
  const parts = text.trim().split('-');
  const [first = '', second, third, fourth] = parts;
  if (parts.length > 4 || first === '') return bad('malformed');
  if (second === undefined) {
    const only = SINGLE_SAMPLING.get(first);
    return only === undefined ? bad('malformed') : ok({ ids: null, sampled: only });
  }
  const sampled = third === undefined ? null : SINGLE_SAMPLING.get(third);
  if (sampled === undefined) return bad('bad-sampled');
  return parseIds(first, second, fourth, sampled);
}

/** The headers of `B3_HEADERS`, each with its value when it is there. */
export function parseB3Multi(fields: B3Fields): Result<B3Context, B3Problem> {
  const { traceId, spanId, parentId, flags } = fields;
  const given = fields.sampled?.trim().toLowerCase();
  const decision = given === undefined || given === '' ? null : MULTI_SAMPLING.get(given);
  if (decision === undefined) return bad('bad-sampled');
  const sampled = flags?.trim() === '1' ? 'debug' : decision;
  if (traceId === undefined && spanId === undefined) {
    return sampled === null ? bad('no-fields') : ok({ ids: null, sampled });
  }
  return parseIds(traceId?.trim() ?? '', spanId?.trim() ?? '', parentId?.trim(), sampled);
}

export function printB3({ ids, sampled }: B3Context): string {
  const mark = sampled === null ? null : SINGLE_MARKS[sampled];
  if (ids === null) return mark ?? '';
  const context = `${toW3cTraceId(ids.traceId)}-${ids.spanId}`;
  if (mark === null) return context;
  return ids.parentId === null ? `${context}-${mark}` : `${context}-${mark}-${ids.parentId}`;
}

/** Header names with their values, in the order in which Zipkin writes them. */
export function printB3Multi({ ids, sampled }: B3Context): readonly (readonly [name: string, value: string])[] {
  const printed: (readonly [string, string])[] = [];
  if (ids !== null) {
    printed.push([B3_HEADERS.traceId, toW3cTraceId(ids.traceId)], [B3_HEADERS.spanId, ids.spanId]);
    if (ids.parentId !== null) printed.push([B3_HEADERS.parentId, ids.parentId]);
  }
  if (sampled === 'debug') printed.push([B3_HEADERS.flags, '1']);
  else if (sampled !== null) printed.push([B3_HEADERS.sampled, SINGLE_MARKS[sampled]]);
  return printed;
}

/** A parent that cannot be read is no parent: it only tells what the span itself will report. */
function parseIds(
  trace: string,
  span: string,
  parent: string | undefined,
  sampled: B3Sampling | null,
): Result<B3Context, B3Problem> {
  const traceId = trace.length === 16 || trace.length === 32 ? parseShortTraceId(trace) : undefined;
  if (traceId?.ok !== true) return bad('bad-trace-id');
  const spanId = span.length === 16 ? parseShortSpanId(span) : undefined;
  if (spanId?.ok !== true) return bad('bad-span-id');
  const parentId = parent?.length === 16 ? parseShortSpanId(parent) : undefined;
  const ids = { traceId: traceId.value, spanId: spanId.value, parentId: parentId?.ok === true ? parentId.value : null };
  return ok({ ids, sampled });
}

/** Two ids, a parent, a decision and blanks around them. */
const B3_CHARS_MAX = 128;
const SINGLE_MARKS = { yes: '1', no: '0', debug: 'd' } as const;
const SINGLE_SAMPLING: ReadonlyMap<string, B3Sampling> = new Map([
  ['1', 'yes'],
  ['0', 'no'],
  ['d', 'debug'],
]);
/** Old tracers wrote words. */
const MULTI_SAMPLING: ReadonlyMap<string, B3Sampling> = new Map([
  ['1', 'yes'],
  ['true', 'yes'],
  ['0', 'no'],
  ['false', 'no'],
  ['d', 'debug'],
]);
