import {
  ACTIVITY_STEPS_MAX,
  ApiError,
  type ActivityStep,
  BOX_KINDS,
  type BoxKind,
  collapseServices,
  type LayoutInput,
  type MapActivity,
  type MapAnswer,
  OPEN_BOXES_MAX,
} from '@fluoroscope/api';
import { parseInput } from '@fluoroscope/api/operations';
import { CLIENT_TYPE, secondsFromUs, shownSource, timeUs, type TimeUs } from '@fluoroscope/model';
import { type GraphService, settledSums, toServices } from '@fluoroscope/query';
import type { GraphSums } from '@fluoroscope/store';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type BareGraph, bareGraph } from '../map-layout/map-layout.ts';
import { putPositionsInput, type MapPositions } from '../map-positions.ts';
import type { Packed } from '../operations/handler.ts';
import { readTimeRange, type TimeRange } from '../operations/time-range.ts';
import type { StoreReader } from '../storage/storage.ts';
import { coarseHistograms } from './coarse-histograms.ts';
import { printAnswer, sendPrinted } from './print-answer.ts';
import type { BodyReader } from './request-body.ts';
import { nameRequest } from './request-name.ts';

export interface MapRoutesOptions {
  readonly store: Pick<StoreReader, 'readGraph' | 'readGraphSeries'>;
  readonly positions: MapPositions;
  /** Of the last change that every read now sees. */
  readonly revision: () => number;
  readonly bodies: BodyReader;
  readonly nowUs: () => TimeUs;
}

/** Shorter periods are read one by one: the store sums by the minute, or by a whole range. */
const SERIES_PERIOD_US_MIN = 60_000_000;

const seconds = z
  .string()
  .regex(/^-?\d{1,12}(?:\.\d{1,9})?$/, 'expected seconds since 1970')
  .transform(Number);
const label = z.string().max(2_000);
const openLabels = z.array(label).max(OPEN_BOXES_MAX);

interface MapQuery {
  readonly start: number;
  readonly end: number;
  readonly by?: BoxKind | undefined;
  readonly open: readonly string[];
}

const mapQuery: z.ZodType<MapQuery> = z.object({
  start: seconds,
  end: seconds,
  by: z.enum(BOX_KINDS).optional(),
  open: z.union([openLabels, label.transform((one) => [one])]).default([]),
});

const activityQuery: z.ZodType<{ readonly start: number; readonly end: number; readonly steps: number }> = z.object({
  start: seconds,
  end: seconds,
  steps: z
    .string()
    .regex(/^\d{1,3}$/, 'expected a count')
    .transform(Number)
    .pipe(z.number().min(1).max(ACTIVITY_STEPS_MAX)),
});

const layoutInput: z.ZodType<LayoutInput> = z.object({
  startTime: z.number(),
  endTime: z.number(),
  by: z.enum(BOX_KINDS).optional(),
  open: openLabels.optional(),
});

/** The service map's own calls (api/src/console.ts). */
export function addMapRoutes(app: FastifyInstance, options: MapRoutesOptions): void {
  const { store, positions, revision, bodies, nowUs } = options;

  async function readServices(range: TimeRange): Promise<readonly GraphService[]> {
    return toServices(settledSums(await store.readGraph({ ...range, traceIds: null }), nowUs()));
  }

  app.get('/api/map', { config: nameRequest('map') }, async (request, reply) => {
    const { start, end, by, open } = readInput(mapQuery, request.query);
    const range = readTimeRange({ StartTime: start, EndTime: end });
    // Asked for before the read, so that a change during it is asked about again.
    const readRevision = revision();
    const services = await readServices(range);
    const answer: Packed<MapAnswer> = {
      startTime: secondsFromUs(range.startUs),
      endTime: secondsFromUs(range.endUs),
      services: coarseHistograms(services),
      positions: await positions.place(shownGraph(services, by, open), by ?? 'plain'),
      revision: readRevision,
    };
    void reply.type('application/json; charset=utf-8').header('cache-control', 'no-store');
    return sendPrinted(reply, await printAnswer(answer));
  });

  app.get('/api/map/activity', { config: nameRequest('map-activity') }, async (request, reply) => {
    const { start, end, steps } = readInput(activityQuery, request.query);
    void reply.header('cache-control', 'no-store');
    return readActivity(store, readTimeRange({ StartTime: start, EndTime: end }), steps);
  });

  app.post('/api/map/layout', { config: nameRequest('map-layout') }, async (request, reply) => {
    const { startTime, endTime, by, open } = readInput(layoutInput, await bodies.read(request.raw, reply.raw));
    const services = await readServices(readTimeRange({ StartTime: startTime, EndTime: endTime }));
    return positions.layOut(shownGraph(services, by, open), by ?? 'plain');
  });

  app.put('/api/map/positions', { config: nameRequest('put-map-positions') }, async (request, reply) => {
    const change = readInput(putPositionsInput, await bodies.read(request.raw, reply.raw));
    return { positions: await positions.put(change) };
  });
}

function shownGraph(
  services: readonly GraphService[],
  by: BoxKind | undefined,
  open: readonly string[] = [],
): BareGraph {
  const bare = bareGraph(services);
  return by === undefined ? bare : collapseServices(bare, by, new Set(open));
}

async function readActivity(
  store: MapRoutesOptions['store'],
  { startUs, endUs }: TimeRange,
  count: number,
): Promise<MapActivity> {
  const stepUs = Math.max(1, Math.ceil((endUs - startUs) / count));
  const steps = Array.from({ length: Math.ceil((endUs - startUs) / stepUs) }, () => NO_REQUESTS);
  if (stepUs >= SERIES_PERIOD_US_MIN) {
    const periods = await store.readGraphSeries({ startUs, endUs, periodUs: stepUs, services: null });
    for (const period of periods) steps[Math.round((period.startUs - startUs) / stepUs)] = requestsIn(period);
  } else {
    for (let at = 0; at < steps.length; at += 1) {
      const range = {
        startUs: timeUs(startUs + at * stepUs),
        endUs: timeUs(Math.min(endUs, startUs + (at + 1) * stepUs)),
      };
      steps[at] = requestsIn(await store.readGraph({ ...range, traceIds: null }));
    }
  }
  return { startTime: secondsFromUs(startUs), endTime: secondsFromUs(endUs), stepSeconds: stepUs / 1e6, steps };
}

const NO_REQUESTS: ActivityStep = { ok: 0, error: 0, throttle: 0, fault: 0, totalSeconds: 0 };

/** What clients asked for: each request once, however many services it went through. */
function requestsIn({ edges }: GraphSums): ActivityStep {
  const sum = { ...NO_REQUESTS };
  for (const { source, counts, totalDurationUs } of edges) {
    if (shownSource(source).type !== CLIENT_TYPE) continue;
    for (const outcome of ['ok', 'error', 'throttle', 'fault'] as const) sum[outcome] += counts[outcome];
    sum.totalSeconds += totalDurationUs / 1e6;
  }
  return sum;
}

export function readInput<Input>(schema: z.ZodType<Input>, value: unknown): Input {
  const input = parseInput(schema, value);
  if (!input.ok) throw new ApiError('InvalidRequestException', input.problem);
  return input.value;
}
