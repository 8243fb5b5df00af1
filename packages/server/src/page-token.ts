import { createHmac, timingSafeEqual } from 'node:crypto';
import { bad, ok, type Result } from '@fluoroscope/model';

/** What a token may be used for: it is refused for any other question (XRAY-SPEC §4.4). */
export type TokenScope = readonly (string | number | readonly string[] | null)[];

/** Where the next page starts; texts and numbers, so that a token stays small. */
export type TokenCursor = readonly (string | number)[];

/**
 * Signed, so that a token from anywhere else is told from ours; opaque to clients.
 *
 *   token   = payload "." mac
 *   payload = base64url( JSON of the cursor )
 *   mac     = base64url( HMAC-SHA256( secret, JSON [1, scope, payload] ) )
 */
export interface PageTokens {
  readonly issue: (scope: TokenScope, cursor: TokenCursor) => string;
  readonly read: (scope: TokenScope, token: string) => Result<TokenCursor, 'bad-token'>;
}

const VERSION = 1;

export function createPageTokens(secret: Uint8Array): PageTokens {
  function mac(scope: TokenScope, payload: string): string {
    return createHmac('sha256', secret)
      .update(JSON.stringify([VERSION, scope, payload]))
      .digest('base64url');
  }

  return {
    issue(scope, cursor) {
      const payload = Buffer.from(JSON.stringify(cursor)).toString('base64url');
      return `${payload}.${mac(scope, payload)}`;
    },
    read(scope, token) {
      const [payload = '', given = '', ...rest] = token.split('.');
      if (rest.length > 0 || !isSameText(given, mac(scope, payload))) return bad('bad-token');
      const cursor: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
      return isCursor(cursor) ? ok(cursor) : bad('bad-token');
    },
  };
}

/** Takes as long wherever the texts differ. */
function isSameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

function isCursor(value: unknown): value is TokenCursor {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number');
}
