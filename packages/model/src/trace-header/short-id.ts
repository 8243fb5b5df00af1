import { bad, type Result } from '../result.ts';
import { parseSegmentId, type SegmentId } from '../segment-id.ts';
import { parseTraceId, type TraceId } from '../trace-id.ts';

/**
 * trace-id = 1*32HEXDIG   ; B3, Zipkin and Jaeger: 64-bit ids have 16 digits, and some senders drop leading zeros
 *
 * Padded on the left: a 64-bit id and its 128-bit spelling are one trace.
 */
export function parseShortTraceId(text: string): Result<TraceId, 'malformed' | 'all-zeros'> {
  if (text.length === 32) return parseTraceId(text);
  return text.length > 0 && text.length < 32 && HEX.test(text)
    ? parseTraceId(text.padStart(32, '0'))
    : bad('malformed');
}

/** span-id = 1*16HEXDIG   ; padded likewise */
export function parseShortSpanId(text: string): Result<SegmentId, 'malformed' | 'all-zeros'> {
  return text.length > 0 ? parseSegmentId(text.padStart(16, '0')) : bad('malformed');
}

const HEX = /^[0-9a-fA-F]+$/;
