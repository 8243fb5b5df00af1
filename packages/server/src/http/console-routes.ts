import { ApiError, type StatusAnswer } from '@fluoroscope/api';
import type { FastifyInstance } from 'fastify';
import type { Events } from '../events.ts';
import { RETRY_AFTER_SECONDS } from '../limits.ts';
import type { RequestAccess } from './access-hook.ts';
import type { LiveHub } from './live.ts';
import { addMapRoutes, type MapRoutesOptions } from './map-routes.ts';
import { nameRequest } from './request-name.ts';

export interface ConsoleRoutesOptions extends MapRoutesOptions {
  readonly live: LiveHub;
  readonly readStatus: () => Promise<StatusAnswer>;
  readonly requestAccess: Pick<RequestAccess, 'stillHolds'>;
  readonly events: Pick<Events, 'printMetrics'>;
}

/** The console's own calls (api/src/console.ts), and what operators poll. */
export function addConsoleRoutes(app: FastifyInstance, options: ConsoleRoutesOptions): void {
  const { live, readStatus, requestAccess, events } = options;

  addMapRoutes(app, options);

  // Without HEAD: a head alone would be a stream that never ends.
  app.get('/api/live', { config: nameRequest('live'), exposeHeadRoute: false }, (request, reply) => {
    // Before the hub writes: afterwards no status can be sent.
    if (live.isFull()) {
      throw new ApiError('ThrottledException', 'too many consoles are listening already', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    live.add(reply.raw, requestAccess.stillHolds(request));
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
