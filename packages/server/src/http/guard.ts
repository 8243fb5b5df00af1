import { isIP } from 'node:net';
import { isLoopback, isWildcard, splitHostHeader } from '../host.ts';

/** What a decision needs of a request. Header values as they came; undefined when absent. */
export interface GuardedRequest {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
  readonly secFetchMode: string | undefined;
  readonly secFetchDest: string | undefined;
  /** The path is a page of the console: data for a reader, none for a script of another site. */
  readonly isPage: boolean;
}

export interface GuardPolicy {
  /** Where the server listens; the address a client was given. */
  readonly boundHost: string;
  /** Lower case, each with or without a port. */
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
}

export type GuardDecision =
  /** `corsOrigin`: answer with CORS headers for it. */
  | { readonly allowed: true; readonly corsOrigin: string | null }
  | { readonly allowed: false; readonly reason: 'host' | 'origin'; readonly value: string };

const ALLOWED: GuardDecision = { allowed: true, corsOrigin: null };

/**
 * A browser carries requests of pages its user never trusted to this server. Two rules stop them:
 *
 * 1. Host must be a name of ours. A page that had its own name resolved to our address (DNS rebinding)
 *    is of the same origin to the browser, but the name gives it away. Addresses cannot be rebound, so on
 *    a wildcard listener any address will do.
 * 2. What a browser says is from elsewhere (Origin, Sec-Fetch-Site) is refused, whatever the path, save
 *    following a link to a page of the console, and origins the operator has named.
 *
 * Programs send neither Origin nor Sec-Fetch-Site and name the host they were configured with.
 */
export function decideAccess(request: GuardedRequest, policy: GuardPolicy): GuardDecision {
  const { host, origin, secFetchSite } = request;
  if (host === undefined || !isOurHost(host, policy)) return { allowed: false, reason: 'host', value: host ?? '' };
  if (isPageVisit(request)) return ALLOWED;
  if (origin !== undefined) {
    if (isSameOrigin(origin, host)) return ALLOWED;
    if (policy.corsOrigins.includes(origin)) return { allowed: true, corsOrigin: origin };
    return { allowed: false, reason: 'origin', value: origin };
  }
  // `none`: typed, or from a bookmark. Any value we do not know is taken for foreign.
  if (secFetchSite === undefined || secFetchSite === 'same-origin' || secFetchSite === 'none') return ALLOWED;
  return { allowed: false, reason: 'origin', value: secFetchSite };
}

function isOurHost(header: string, policy: GuardPolicy): boolean {
  const split = splitHostHeader(header);
  if (split === null) return false;
  const { host, port } = split;
  if (isLoopback(host) || host === policy.boundHost.toLowerCase()) return true;
  if (isIP(host) !== 0 && isWildcard(policy.boundHost)) return true;
  const bracketed = isIP(host) === 6 ? `[${host}]` : host;
  return policy.allowedHosts.some((allowed) => allowed === bracketed || allowed === `${bracketed}:${port ?? 80}`);
}

function isPageVisit({ method, isPage, secFetchMode, secFetchDest }: GuardedRequest): boolean {
  return isPage && method === 'GET' && secFetchMode === 'navigate' && secFetchDest === 'document';
}

/** Host was checked already, so an origin that agrees with it is ours. */
function isSameOrigin(origin: string, host: string): boolean {
  const lower = origin.toLowerCase();
  return lower === `http://${host.toLowerCase()}` || lower === `https://${host.toLowerCase()}`;
}
