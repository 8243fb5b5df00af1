import { ApiError, type MapAnswer, type StatusAnswer } from '@fluoroscope/api';
import { parseInput } from '@fluoroscope/api/operations';
import { secondsFromUs, type TimeUs } from '@fluoroscope/model';
import { settledSums, toServices } from '@fluoroscope/query';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Events } from '../events.ts';
import { RETRY_AFTER_SECONDS } from '../limits.ts';
import { putPositionsInput, type MapPositions } from '../map-positions.ts';
import type { Packed } from '../operations/handler.ts';
import { readTimeRange } from '../operations/time-range.ts';
import type { StoreReader } from '../storage/storage.ts';
import type { RequestAccess } from './access-hook.ts';
import type { LiveHub } from './live.ts';
import { printAnswer, sendPrinted } from './print-answer.ts';
import type { BodyReader } from './request-body.ts';
import { nameRequest } from './request-name.ts';

export interface ConsoleRoutesOptions {
  readonly store: Pick<StoreReader, 'readGraph'>;
  readonly positions: MapPositions;
  readonly live: LiveHub;
  /** Of the last change that every read now sees. */
  readonly revision: () => number;
  readonly readStatus: () => Promise<StatusAnswer>;
  readonly bodies: BodyReader;
  readonly requestAccess: Pick<RequestAccess, 'stillHolds'>;
  readonly events: Pick<Events, 'printMetrics'>;
  readonly nowUs: () => TimeUs;
}

const seconds = z
  .string()
  .regex(/^-?\d{1,12}(?:\.\d{1,9})?$/, 'expected seconds since 1970')
  .transform(Number);
const mapQuery: z.ZodType<{ readonly start: number; readonly end: number }> = z.object({
  start: seconds,
  end: seconds,
});

/** The console's own calls (api/src/console.ts), and what operators poll. */
export function addConsoleRoutes(app: FastifyInstance, options: ConsoleRoutesOptions): void {
  const { store, positions, live, revision, readStatus, bodies, requestAccess, events, nowUs } = options;

  app.get('/api/map', { config: nameRequest('map') }, async (request, reply) => {
    const query = readInput(mapQuery, request.query);
    const range = readTimeRange({ StartTime: query.start, EndTime: query.end });
    // Asked for before the read, so that a change during it is asked about again.
    const readRevision = revision();
    const sums = await store.readGraph({ ...range, traceIds: null });
    const services = toServices(settledSums(sums, nowUs()));
    const answer: Packed<MapAnswer> = {
      startTime: secondsFromUs(range.startUs),
      endTime: secondsFromUs(range.endUs),
      services,
      positions: positions.place(services),
      revision: readRevision,
    };
    void reply.type('application/json; charset=utf-8').header('cache-control', 'no-store');
    return sendPrinted(reply, await printAnswer(answer));
  });

  app.put('/api/map/positions', { config: nameRequest('put-map-positions') }, async (request, reply) => {
    const change = readInput(putPositionsInput, await bodies.read(request.raw, reply.raw));
    return { positions: await positions.put(change) };
  });

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

function readInput<Input>(schema: z.ZodType<Input>, value: unknown): Input {
  const input = parseInput(schema, value);
  if (!input.ok) throw new ApiError('InvalidRequestException', input.problem);
  return input.value;
}
