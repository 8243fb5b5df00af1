import { bad, ok, type Result } from '@fluoroscope/model';
import { ENCODINGS_EXPECTED, inflateBody } from './inflate-body.ts';

/** What a receiver needs of an HTTP request, whoever owns the socket. */
export interface SpanRequest {
  /** Without its query. */
  readonly path: string;
  /** Headers as they came; undefined when missing. */
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly body: Uint8Array;
}

export interface SpanAnswer {
  readonly status: 202 | 400 | 404 | 413 | 415;
  /** Plain text; empty when all went well. */
  readonly text: string;
}

export const ACCEPTED: SpanAnswer = { status: 202, text: '' };

/** Inflated, too: a few kB of gzip can hold gigabytes. */
export const SPAN_BODY_BYTES_MAX: number = 8 * 1024 * 1024;

/** The body, inflated; refused when too large, compressed in another way, or damaged. */
export async function readSpanBody({ body, contentEncoding }: SpanRequest): Promise<Result<Uint8Array, SpanAnswer>> {
  const inflated = await inflateBody(body, contentEncoding, SPAN_BODY_BYTES_MAX);
  if (inflated === 'too-large') {
    return bad({ status: 413, text: `body: expected at most ${SPAN_BODY_BYTES_MAX} bytes` });
  }
  if (inflated === 'unknown-encoding') return bad({ status: 415, text: `Content-Encoding: ${ENCODINGS_EXPECTED}` });
  if (inflated === 'malformed') return bad({ status: 400, text: `body: expected ${contentEncoding}` });
  return ok(inflated);
}

/** `Application/JSON; charset=utf-8` → `application/json`; empty without one. */
export function mediaTypeOf({ contentType = '' }: SpanRequest): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}
