import type { IncomingMessage, ServerResponse } from '../bare-http.ts';
import { isAutomaticMode } from '../context/context.ts';
import type { Segment } from '../document/segment.ts';
import type { Logger } from '../logger.ts';
import { middleware } from '../middleware/middleware.ts';
import { applyOptions, type FrameworkOptions } from './plugin-options.ts';
import { runInRequest } from './request-context.ts';

type Done = (error?: Error) => void;

interface FastifyRequestFacts {
  readonly raw: IncomingMessage;
  segment?: Segment | null;
}

interface FastifyReplyFacts {
  readonly raw: ServerResponse;
}

/** The part of a Fastify instance that is used. */
export interface FastifyServer {
  readonly log: Logger;
  decorateRequest(name: 'segment', value: null): unknown;
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequestFacts, reply: FastifyReplyFacts, done: Done) => void,
  ): unknown;
  addHook(
    name: 'onError',
    hook: (request: FastifyRequestFacts, reply: FastifyReplyFacts, error: Error, done: Done) => void,
  ): unknown;
}

/** `segmentName` is required. */
export type FastifyOptions = FrameworkOptions;

export type FastifyPlugin = (server: FastifyServer, options: FastifyOptions) => Promise<void>;

/** For Fastify 4 and 5: `fastify.register(plugin, { segmentName: 'shop' })`. The segment is `request.segment`. */
export const fastifyPlugin: FastifyPlugin & { readonly default: FastifyPlugin } = withMeta(async (server, options) => {
  const { segmentName } = options;
  if (!segmentName) throw new Error('segmentName is required');
  applyOptions(options, segmentName, server.log);
  server.decorateRequest('segment', null);
  server.addHook('onRequest', openSegment);
  server.addHook('onError', (request, _reply, error, done) => {
    request.segment?.addError(error);
    done();
  });
});

function openSegment(request: FastifyRequestFacts, reply: FastifyReplyFacts, done: Done): void {
  const segment = middleware.traceRequestResponseCycle(request.raw, reply.raw);
  request.segment ??= segment;
  if (isAutomaticMode()) runInRequest(request.raw, reply.raw, segment, done);
  else done();
}

/** Hooks are for the whole server, not for the plugin alone; the marks are those that Fastify looks for. */
function withMeta(plugin: FastifyPlugin): FastifyPlugin & { readonly default: FastifyPlugin } {
  return Object.assign(plugin, {
    default: plugin,
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'aws-xray-sdk-fastify',
    [Symbol.for('plugin-meta')]: { name: 'aws-xray-sdk-fastify' },
  });
}
