import {
  ACTIVITY_STEPS_MAX,
  ApiError,
  type ActivityStep,
  BOX_KINDS,
  type BoxKind,
  type Boxing,
  collapseServices,
  type LayoutInput,
  type MapActivity,
  type MapAnswer,
  OPEN_BOXES_MAX,
} from '@fluoroscope/api';
import { parseInput } from '@fluoroscope/api/operations';
import { CLIENT_TYPE, secondsFromUs, shownSource, type TimeUs } from '@fluoroscope/model';
import { type GraphService, settledSums, toServices } from '@fluoroscope/query';
import type { GraphSums } from '@fluoroscope/store';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type BareGraph, bareGraph } from '../map-layout/map-layout.ts';
import type { Groups } from '../control/groups.ts';
import { putPositionsInput, type MapPositions } from '../map-positions.ts';
import type { Packed } from '../operations/handler.ts';
import { readTimeRange, type TimeRange } from '../operations/time-range.ts';
import { coarseHistograms } from './coarse-histograms.ts';
import { readBoxGroups } from './map-groups.ts';
import { createMapSums, type MapSums, type MapSumsOptions } from './map-sums.ts';
import { printAnswer, sendPrinted } from './print-answer.ts';
import type { BodyReader } from './request-body.ts';
import { nameRequest } from './request-name.ts';

export interface MapRoutesOptions extends MapSumsOptions {
  readonly positions: MapPositions;
  readonly groups: Pick<Groups, 'find' | 'list'>;
  /** Of the last change that every read now sees. */
  readonly revision: () => number;
  readonly bodies: BodyReader;
  readonly nowUs: () => TimeUs;
}

/** X-Ray's own limit. */
const GROUP_NAME_CHARS_MAX = 32;

const seconds = z
  .string()
  .regex(/^-?\d{1,12}(?:\.\d{1,9})?$/, 'expected seconds since 1970')
  .transform(Number);
const label = z.string().max(2_000);
const openLabels = z.array(label).max(OPEN_BOXES_MAX);
const groupName = z.string().max(GROUP_NAME_CHARS_MAX).optional();

export interface MapQuery {
  readonly start: number;
  readonly end: number;
  readonly by?: BoxKind | undefined;
  readonly open: readonly string[];
  readonly group?: string | undefined;
}

export const mapQuery: z.ZodType<MapQuery> = z.object({
  start: seconds,
  end: seconds,
  by: z.enum(BOX_KINDS).optional(),
  open: z.union([openLabels, label.transform((one) => [one])]).default([]),
  group: groupName,
});

interface ActivityQuery extends Pick<MapQuery, 'start' | 'end' | 'group'> {
  readonly steps: number;
}

export const activityQuery: z.ZodType<ActivityQuery> = z.object({
  start: seconds,
  end: seconds,
  group: groupName,
  steps: z
    .string()
    .regex(/^\d{1,3}$/, 'expected a count')
    .transform(Number)
    .pipe(z.number().min(1).max(ACTIVITY_STEPS_MAX)),
});

export const layoutInput: z.ZodType<LayoutInput> = z.object({
  startTime: z.number(),
  endTime: z.number(),
  by: z.enum(BOX_KINDS).optional(),
  open: openLabels.optional(),
});

/** The service map's own calls (api/src/console.ts). */
export function addMapRoutes(app: FastifyInstance, options: MapRoutesOptions): void {
  const { positions, groups, revision, bodies, nowUs } = options;
  const sums = createMapSums(options);

  async function readServices(range: TimeRange, group?: string): Promise<readonly GraphService[]> {
    return toServices(settledSums(await sums.read(range, group), nowUs()));
  }

  function boxingOf(by: BoxKind | undefined): Boxing | null {
    return by === undefined ? null : { by, groups: by === 'group' ? readBoxGroups(groups) : [] };
  }

  app.get('/api/map', { config: nameRequest('map') }, async (request, reply) => {
    const { start, end, by, open, group } = readInput(mapQuery, request.query);
    const range = readTimeRange({ StartTime: start, EndTime: end });
    // Asked for before the read, so that a change during it is asked about again.
    const readRevision = revision();
    const services = await readServices(range, group);
    const boxing = boxingOf(by);
    const answer: Packed<MapAnswer> = {
      startTime: secondsFromUs(range.startUs),
      endTime: secondsFromUs(range.endUs),
      services: coarseHistograms(services),
      positions: await positions.place(shownGraph(services, boxing, open), by ?? 'plain'),
      revision: readRevision,
      ...(boxing?.by === 'group' && { groups: boxing.groups }),
    };
    void reply.type('application/json; charset=utf-8').header('cache-control', 'no-store');
    return sendPrinted(reply, await printAnswer(answer));
  });

  app.get('/api/map/activity', { config: nameRequest('map-activity') }, async (request, reply) => {
    const { start, end, steps, group } = readInput(activityQuery, request.query);
    void reply.header('cache-control', 'no-store');
    return readActivity(sums, readTimeRange({ StartTime: start, EndTime: end }), steps, group);
  });

  app.post('/api/map/layout', { config: nameRequest('map-layout') }, async (request, reply) => {
    const { startTime, endTime, by, open } = readInput(layoutInput, await bodies.read(request.raw, reply.raw));
    const services = await readServices(readTimeRange({ StartTime: startTime, EndTime: endTime }));
    return positions.layOut(shownGraph(services, boxingOf(by), open), by ?? 'plain');
  });

  app.put('/api/map/positions', { config: nameRequest('put-map-positions') }, async (request, reply) => {
    const change = readInput(putPositionsInput, await bodies.read(request.raw, reply.raw));
    return { positions: await positions.put(change) };
  });
}

function shownGraph(services: readonly GraphService[], boxing: Boxing | null, open: readonly string[] = []): BareGraph {
  const bare = bareGraph(services);
  return boxing === null ? bare : collapseServices(bare, boxing, new Set(open));
}

async function readActivity(
  sums: MapSums,
  range: TimeRange,
  count: number,
  group: string | undefined,
): Promise<MapActivity> {
  const { startUs, endUs } = range;
  const stepUs = Math.max(1, Math.ceil((endUs - startUs) / count));
  const steps = Array.from({ length: Math.ceil((endUs - startUs) / stepUs) }, () => NO_REQUESTS);
  for (const [step, of] of await sums.readSteps(range, stepUs, group)) steps[step] = requestsIn(of);
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
