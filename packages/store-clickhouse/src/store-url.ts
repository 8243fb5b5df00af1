import { bad, ok, type Result } from '@fluoroscope/model';

/** Where the store is, as read from one URL. */
export interface StorePlace {
  /** Scheme, host and port. */
  readonly url: string;
  /** For messages: host and port. */
  readonly host: string;
  readonly database: string;
  /** As the servers' configuration names it; null for a single server. */
  readonly cluster: string | null;
}

export type StoreUrlProblem =
  | 'not-a-url'
  | 'not-http'
  | 'has-credentials'
  | 'bad-database'
  | 'bad-cluster'
  | 'unknown-parameter';

/** Names that need no quoting anywhere. */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const DATABASE_STANDARD = 'fluoroscope';

/** url = ("http" / "https") "://" host [":" port] ["/" [database]] ["?cluster=" cluster]   ; the database is `fluoroscope` if none is named */
export function parseStoreUrl(text: string): Result<StorePlace, StoreUrlProblem> {
  if (!URL.canParse(text)) return bad('not-a-url');
  const { protocol, username, password, origin, host, pathname, searchParams } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return bad('not-http');
  if (username !== '' || password !== '') return bad('has-credentials');
  if ([...searchParams.keys()].some((name) => name !== 'cluster')) return bad('unknown-parameter');
  const database = pathname === '/' ? DATABASE_STANDARD : pathname.slice(1);
  if (!NAME.test(database)) return bad('bad-database');
  const cluster = searchParams.get('cluster');
  if (cluster !== null && !NAME.test(cluster)) return bad('bad-cluster');
  return ok({ url: origin, host, database, cluster });
}
