import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { bad, ok, type Result } from '@fluoroscope/model';

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

const gunzipBytes = promisify(gunzip);
const inflateBytes = promisify(inflate);

/** The body, inflated; refused when too large, compressed in another way, or damaged. */
export async function readSpanBody(request: SpanRequest): Promise<Result<Uint8Array, SpanAnswer>> {
  const { body } = request;
  const encoding = request.contentEncoding?.trim().toLowerCase() ?? '';
  if (body.byteLength > SPAN_BODY_BYTES_MAX) return tooLarge();
  if (encoding === '' || encoding === 'identity') return ok(body);
  if (encoding !== 'gzip' && encoding !== 'deflate') {
    return bad({ status: 415, text: 'Content-Encoding: expected gzip, deflate or identity' });
  }
  const options = { maxOutputLength: SPAN_BODY_BYTES_MAX };
  try {
    return ok(await (encoding === 'gzip' ? gunzipBytes(body, options) : inflateBytes(body, options)));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') return tooLarge();
    return bad({ status: 400, text: `body: expected ${encoding}` });
  }
}

/** `Application/JSON; charset=utf-8` → `application/json`; empty without one. */
export function mediaTypeOf({ contentType = '' }: SpanRequest): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function tooLarge(): Result<never, SpanAnswer> {
  return bad({ status: 413, text: `body: expected at most ${SPAN_BODY_BYTES_MAX} bytes` });
}
