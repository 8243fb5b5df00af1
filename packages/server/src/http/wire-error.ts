import { ApiError, type ApiErrorCode } from '@fluoroscope/api';
import { StoreError } from '@fluoroscope/store';
import type { FastifyReply } from 'fastify';

/** Shown instead of a 5xx's own message, which may tell of paths, queries or data. */
const HIDDEN_TEXT = 'The server could not answer this request. Its log has the reason under this request id.';

/** When to ask again: the store is tried at least as often. */
const STORE_AWAY_SECONDS = 5;

/**
 * X-Ray's shape (XRAY-SPEC §4.1): the code in a header and in the body, where clients look for either; the
 * message in both spellings that clients know.
 */
export function wireError(error: ApiError): {
  readonly __type: string;
  readonly message: string;
  readonly Message: string;
  readonly ResourceName?: string;
} {
  const text = error.status >= 500 ? HIDDEN_TEXT : error.text;
  const { code, resourceName } = error;
  return { __type: code, message: text, Message: text, ...(resourceName !== null && { ResourceName: resourceName }) };
}

export function sendError(reply: FastifyReply, error: ApiError): void {
  if (error.retryAfterSeconds !== null) void reply.header('retry-after', String(error.retryAfterSeconds));
  void reply
    .status(error.status)
    .header('x-amzn-errortype', error.code)
    .header('cache-control', 'no-store')
    .type('application/json')
    .send(wireError(error));
}

/** What the framework or Node throws of its own; everything unknown is a fault of ours. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StoreError && error.code === 'away') {
    const options = { cause: error, retryAfterSeconds: STORE_AWAY_SECONDS };
    return new ApiError('ServiceUnavailable', 'the store cannot be reached', options);
  }
  if (error instanceof StoreError && error.code === 'cancelled') {
    return new ApiError('RequestTimeoutException', 'nobody waits for the answer any more', { cause: error });
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const known = typeof code === 'string' ? FRAMEWORK_CODES.get(code) : undefined;
  if (known === undefined) return new ApiError('InternalFailure', 'unexpected', { cause: error });
  return new ApiError(known[0], known[1], { cause: error });
}

const FRAMEWORK_CODES: ReadonlyMap<string, readonly [ApiErrorCode, string]> = new Map([
  ['FST_ERR_BAD_URL', ['InvalidRequestException', 'the path is not valid'] as const],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', ['InvalidRequestException', 'the content type is not valid'] as const],
  [
    'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
    ['InvalidRequestException', 'the body does not have its announced length'] as const,
  ],
  ['FST_ERR_ASYNC_CONSTRAINT', ['InvalidRequestException', 'the path is not valid'] as const],
  ['FST_ERR_MAX_PARAM_LENGTH', ['InvalidRequestException', 'the path is too long'] as const],
]);
