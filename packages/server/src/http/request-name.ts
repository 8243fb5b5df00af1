import type { FastifyRequest } from 'fastify';
import type { RequestName } from '../events.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request of this route is counted as. */
    readonly requestName?: RequestName;
  }
}

export function nameRequest(requestName: RequestName): { readonly requestName: RequestName } {
  return { requestName };
}

export function requestNameOf(request: FastifyRequest): RequestName {
  return request.routeOptions.config.requestName ?? 'none';
}
