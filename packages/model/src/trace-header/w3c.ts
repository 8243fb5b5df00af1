import { bad, ok, type Result } from '../result.ts';
import { parseSegmentId, type SegmentId } from '../segment-id.ts';
import { parseTraceId, toW3cTraceId, type TraceId } from '../trace-id.ts';

export const W3C_TRACE_HEADER = 'traceparent';

export interface W3cTraceParent {
  readonly traceId: TraceId;
  readonly parent: SegmentId;
  /** One byte; bit 0 is "sampled". */
  readonly flags: number;
}

export type W3cTraceParentProblem = 'malformed' | 'all-zeros';

export const W3C_SAMPLED_FLAG = 1;

/** What a later version may add; a longer header is no trace header. */
const TRACEPARENT_CHARS_MAX = 512;

/**
 * traceparent = version "-" trace-id "-" parent-id "-" flags [ "-" rest ]   ; lower case
 * version     = 2HEXDIG        ; not ff
 * trace-id    = 32HEXDIG       ; not all 0
 * parent-id   = 16HEXDIG       ; not all 0
 * flags       = 2HEXDIG
 * rest        = *VCHAR         ; of later versions only, and not read
 */
export function parseW3cTraceParent(text: string): Result<W3cTraceParent, W3cTraceParentProblem> {
  if (text.length > TRACEPARENT_CHARS_MAX) return bad('malformed');
  const [, version, trace = '', span = '', flags = '', rest] = TRACEPARENT.exec(text.trim()) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return bad('malformed');
  const traceId = parseTraceId(trace);
  const parent = parseSegmentId(span);
  if (!traceId.ok || !parent.ok) return bad('all-zeros');
  return ok({ traceId: traceId.value, parent: parent.value, flags: Number.parseInt(flags, 16) });
}

/** As version 00. */
export function printW3cTraceParent({ traceId, parent, flags }: W3cTraceParent): string {
  return `00-${toW3cTraceId(traceId)}-${parent}-${flags.toString(16).padStart(2, '0')}`;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x21-\x7e]*)?$/;
