import { ApiError, type StatusAnswer } from '@fluoroscope/api';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Groups } from '../control/groups.ts';
import type { Events } from '../events.ts';
import { RETRY_AFTER_SECONDS } from '../limits.ts';
import type { Ingest } from '../ingest.ts';
import { sendTestTrace } from '../ingest/test-trace.ts';
import { readFilterPlan } from '../operations/filter-plan.ts';
import type { RequestAccess } from './access-hook.ts';
import type { LiveHub } from './live.ts';
import { addMapRoutes, type MapRoutesOptions, readInput } from './map-routes.ts';
import { nameRequest } from './request-name.ts';
import type { TailHub } from './tail.ts';

export interface ConsoleRoutesOptions extends MapRoutesOptions {
  readonly live: LiveHub;
  readonly tails: TailHub;
  readonly groups: Pick<Groups, 'find' | 'list'>;
  readonly ingest: Pick<Ingest, 'put'>;
  readonly readStatus: () => Promise<StatusAnswer>;
  readonly requestAccess: Pick<RequestAccess, 'stillHolds'>;
  readonly events: Pick<Events, 'printMetrics' | 'tracesUnjudged'>;
}

export const liveQuery: z.ZodType<{ readonly tail?: string | undefined }> = z.object({ tail: z.string().optional() });

/** The console's own calls (api/src/console.ts), and what operators poll. */
export function addConsoleRoutes(app: FastifyInstance, options: ConsoleRoutesOptions): void {
  const { live, tails, groups, ingest, nowUs, readStatus, requestAccess, events } = options;

  addMapRoutes(app, options);

  // Without HEAD: a head alone would be a stream that never ends.
  app.get('/api/live', { config: nameRequest('live'), exposeHeadRoute: false }, (request, reply) => {
    const { tail } = readInput(liveQuery, request.query);
    // Before the hub writes: afterwards no status can be sent.
    const plan = tail === undefined ? null : readFilterPlan(tail, groups);
    if (live.isFull()) throw tooMany('too many consoles are listening already');
    if (tail !== undefined && tails.isFull(tail)) throw tooMany('too many filters are followed already');
    beginStream(reply);
    live.add(reply.raw, requestAccess.stillHolds(request));
    if (tail !== undefined && plan !== null) tails.follow(reply.raw, tail, plan);
  });

  app.post('/api/test-trace', { config: nameRequest('test-trace') }, async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return sendTestTrace(ingest, nowUs());
  });

  app.get('/api/status', { config: nameRequest('status') }, async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return readStatus();
  });

  app.get('/healthz', { config: nameRequest('health') }, async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    const { status, access, notices } = await readStatus();
    // Whoever asks is not known here: where keys are needed, strangers are told that it runs.
    return access === 'open' ? { status, access, notices } : { status, access };
  });

  app.get('/metrics', { config: nameRequest('metrics') }, async (_request, reply) => {
    const { contentType, text } = await events.printMetrics();
    return reply.header('content-type', contentType).header('cache-control', 'no-store').send(text);
  });
}

function tooMany(message: string): ApiError {
  return new ApiError('ThrottledException', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}

function beginStream(reply: FastifyReply): void {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
}
