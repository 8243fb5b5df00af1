import { bad, ok, type Result } from '../result.ts';
import type { SegmentId } from '../segment-id.ts';
import { toW3cTraceId, type TraceId } from '../trace-id.ts';
import { parseShortSpanId, parseShortTraceId } from './short-id.ts';

export const UBER_TRACE_HEADER = 'uber-trace-id';

export interface UberTraceContext {
  readonly traceId: TraceId;
  readonly spanId: SegmentId;
  readonly parentId: SegmentId | null;
  /** One byte: 1 sampled, 2 debug, 8 firehose. */
  readonly flags: number;
}

export type UberTraceProblem = 'malformed' | 'bad-trace-id' | 'bad-span-id' | 'bad-flags';

/**
 * uber-trace-id = trace-id ":" span-id ":" parent-id ":" flags   ; ":" also as "%3A"
 * trace-id      = 1*32HEXDIG   ; leading zeros may be missing
 * span-id       = 1*16HEXDIG
 * parent-id     = *16HEXDIG    ; deprecated; 0 or nothing for none
 * flags         = 1*2HEXDIG
 */
export function parseUberTraceContext(text: string): Result<UberTraceContext, UberTraceProblem> {
  if (text.length > UBER_CHARS_MAX) return bad('malformed');
  const [trace = '', span = '', parent = '', flags, ...rest] = text.trim().split(/:|%3A/i);
  if (flags === undefined || rest.length > 0) return bad('malformed');
  const traceId = parseShortTraceId(trace);
  if (!traceId.ok) return bad('bad-trace-id');
  const spanId = parseShortSpanId(span);
  if (!spanId.ok) return bad('bad-span-id');
  if (!FLAGS.test(flags)) return bad('bad-flags');
  const parentId = parseShortSpanId(parent);
  return ok({
    traceId: traceId.value,
    spanId: spanId.value,
    parentId: parentId.ok ? parentId.value : null,
    flags: Number.parseInt(flags, 16),
  });
}

/** With all digits of the ids, as newer clients write them. */
export function printUberTraceContext({ traceId, spanId, parentId, flags }: UberTraceContext): string {
  return `${toW3cTraceId(traceId)}:${spanId}:${parentId ?? '0'}:${flags.toString(16)}`;
}

/** Two ids, a parent, flags, colons as three characters, and blanks around. */
const UBER_CHARS_MAX = 128;
const FLAGS = /^[0-9a-fA-F]{1,2}$/;
