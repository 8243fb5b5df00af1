import type { FastifyInstance } from 'fastify';
import type { RequestName } from '../../events.ts';
import { nameRequest } from '../request-name.ts';
import { describeApi, type ApiDocument, type ApiRoute } from './describe.ts';

const PREFIX = '/api/';

/** Paths of others' making, which they describe: Zipkin's begin in the same way. */
const SPAN_CALLS: ReadonlySet<RequestName> = new Set(['otlp-traces', 'zipkin-spans', 'jaeger-spans']);

/** `GET /api/openapi.json`: every route that is added to this app after it, and this one. */
export function addOpenApiRoute(app: FastifyInstance, version: string): void {
  const routes: ApiRoute[] = [];
  let document: ApiDocument | undefined;

  app.addHook('onRoute', ({ method, url, config }) => {
    const name = config?.requestName ?? 'none';
    if (!url.startsWith(PREFIX) || SPAN_CALLS.has(name)) return;
    // A HEAD is the GET's.
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url, name });
  });

  app.get('/api/openapi.json', { config: nameRequest('api-description') }, async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return (document ??= describeApi(routes, version));
  });
}
