import { ApiError } from '@fluoroscope/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Events } from '../events.ts';
import { printable } from '../printable.ts';
import { decideAccess, type GuardPolicy } from './guard.ts';

export interface GuardOptions {
  readonly policy: GuardPolicy;
  /** The request is for a page of the console. */
  readonly isPage: boolean;
  readonly events: Pick<Events, 'requestRefused'>;
}

/** How long a browser may remember a preflight's answer. */
const PREFLIGHT_SECONDS = 600;

const HEADER_NAMES = /^[a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*$/i;
const HEADER_NAMES_CHARS_MAX = 1_000;

/** Throws for a request that must get nothing; true when it was a preflight and is answered. */
export function guardRequest(request: FastifyRequest, reply: FastifyReply, options: GuardOptions): boolean {
  const { headers, method } = request;
  const decision = decideAccess(
    {
      method,
      host: headers.host,
      origin: headers.origin,
      secFetchSite: single(headers['sec-fetch-site']),
      secFetchMode: single(headers['sec-fetch-mode']),
      secFetchDest: single(headers['sec-fetch-dest']),
      isPage: options.isPage,
    },
    options.policy,
  );
  if (!decision.allowed) {
    options.events.requestRefused(decision.reason, decision.value);
    throw new ApiError('AccessDeniedException', explain(decision.reason, decision.value));
  }
  if (options.policy.corsOrigins.length > 0) void reply.header('vary', 'Origin');
  if (decision.corsOrigin === null) return false;
  void reply.header('access-control-allow-origin', decision.corsOrigin);
  void reply.header('access-control-expose-headers', 'x-amzn-errortype, x-amzn-requestid, retry-after');
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
  answerPreflight(request, reply);
  return true;
}

export function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): void {
  const asked = headers['access-control-request-headers'] ?? '';
  const isSound = asked.length <= HEADER_NAMES_CHARS_MAX && HEADER_NAMES.test(asked);
  if (isSound) void reply.header('access-control-allow-headers', asked);
  if (headers['access-control-request-private-network'] === 'true') {
    void reply.header('access-control-allow-private-network', 'true');
  }
  void reply
    .header('access-control-allow-methods', 'GET, POST, PUT')
    .header('access-control-max-age', PREFLIGHT_SECONDS)
    .status(204)
    .send();
}

function explain(reason: 'host' | 'origin', value: string): string {
  return reason === 'host'
    ? `this server does not answer for the host "${printable(value)}"; name it in --allowed-hosts if it should`
    : `this server does not answer to pages of ${printable(value)}; name their origin in --cors-origins if it should`;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
