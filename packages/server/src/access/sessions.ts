import { createHash, randomBytes } from 'node:crypto';
import { SESSIONS_MAX } from './limits.ts';

/** Logins of the console. Kept in memory: a restart ends them. */
export interface Sessions {
  /** The token that the cookie carries. */
  readonly open: (keyId: string) => string;
  /** Whose it is; null when it is none, or has ended. */
  readonly find: (token: string) => string | null;
  readonly close: (token: string) => void;
}

export interface SessionsOptions {
  readonly lifetimeMs: number;
  readonly nowMs?: () => number;
  readonly sessionsMax?: number;
}

const TOKEN_BYTES = 32;

export function createSessions(options: SessionsOptions): Sessions {
  const { lifetimeMs, nowMs = Date.now, sessionsMax = SESSIONS_MAX } = options;
  /** By the hash of the token, so that finding one takes no time that tells of another. Oldest first. */
  const sessions = new Map<string, { readonly keyId: string; readonly endsMs: number }>();
  return {
    open(keyId) {
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      sessions.set(hashOf(token), { keyId, endsMs: nowMs() + lifetimeMs });
      for (const [hash, { endsMs }] of sessions) {
        if (sessions.size <= sessionsMax && endsMs > nowMs()) break;
        sessions.delete(hash);
      }
      return token;
    },
    find(token) {
      const session = sessions.get(hashOf(token));
      return session === undefined || session.endsMs <= nowMs() ? null : session.keyId;
    },
    close: (token) => void sessions.delete(hashOf(token)),
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
