import { ApiError } from '@fluoroscope/api';
import type { PageTokens, TokenCursor, TokenScope } from '../page-token.ts';

/** Null on the first page; an empty token is none. */
export function readNextToken(tokens: PageTokens, scope: TokenScope, token: string | undefined): TokenCursor | null {
  if (token === undefined || token === '') return null;
  const cursor = tokens.read(scope, token);
  if (!cursor.ok) throw badNextToken();
  return cursor.value;
}

/** Of an operation that answers all on one page: no token is given out, so that none can be right. */
export function refuseNextToken(token: string | undefined): void {
  if (token !== undefined && token !== '') throw badNextToken();
}

export function badNextToken(): ApiError {
  return new ApiError(
    'InvalidRequestException',
    'NextToken does not belong to this request. Repeat the first request without it, and its members unchanged with it.',
  );
}
