import { bad, type Result } from '../result.ts';
import type { TraceId } from '../trace-id.ts';
import { parseShortTraceId } from './short-id.ts';

/**
 * text = OWS ( "1-" 8HEXDIG "-" 24HEXDIG     ; X-Ray
 *            / 32HEXDIG / 16HEXDIG           ; W3C, B3, Jaeger
 *            / "1" 32HEXDIG                  ; X-Ray without its dashes
 *            / either with dashes anywhere   ; a UUID, an X-Ray id without its version
 *            ) OWS
 *
 * For what people paste into a search: every spelling of an id names one trace.
 */
export function parseTraceIdAnySpelling(text: string): Result<TraceId, 'malformed' | 'all-zeros'> {
  const digits = text.length > SPELLING_CHARS_MAX ? '' : text.trim().replaceAll('-', '');
  const bare = digits.length === 33 && digits.startsWith('1') ? digits.slice(1) : digits;
  return bare.length === 32 || bare.length === 16 ? parseShortTraceId(bare) : bad('malformed');
}

/** Longer than any spelling with blanks around it. */
const SPELLING_CHARS_MAX = 128;
