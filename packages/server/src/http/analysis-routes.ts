import {
  ApiError,
  type FilterCheck,
  type FilterCheckInput,
  type GroupsInput,
  TREND_STEPS_MAX,
  type TraceSet,
} from '@fluoroscope/api';
import { printFilterProblem, readFilter, type FilterPlan } from '@fluoroscope/query';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readFilterWords } from '../analysis/filter-words.ts';
import { groupTraces } from '../analysis/group-traces.ts';
import { readTraceField } from '../analysis/trace-fields.ts';
import type { Groups } from '../control/groups.ts';
import { expressionsOf, readFilterPlan } from '../operations/filter-plan.ts';
import { readTimeRange, type TimeRange } from '../operations/time-range.ts';
import type { StoreReader } from '../storage/storage.ts';
import { readInput } from './map-routes.ts';
import type { BodyReader } from './request-body.ts';
import { nameRequest } from './request-name.ts';

export interface AnalysisRoutesOptions {
  readonly store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments'>;
  readonly groups: Pick<Groups, 'find'>;
  readonly bodies: BodyReader;
}

const TREND_STEPS = 24;
const FIELD_CHARS_MAX = 600;

const traceSet = { startTime: z.number(), endTime: z.number(), filter: z.string().optional() };
const setInput: z.ZodType<TraceSet> = z.object(traceSet);
const steps = z.number().int().min(1).max(TREND_STEPS_MAX).optional();
const groupsInput: z.ZodType<GroupsInput> = z.object({ ...traceSet, by: z.string().max(FIELD_CHARS_MAX), steps });
const checkInput: z.ZodType<FilterCheckInput> = z.object({ filter: z.string() });

/** What the traces list asks about many traces at once (api/src/trace-analysis.ts). */
export function addAnalysisRoutes(app: FastifyInstance, { store, groups, bodies }: AnalysisRoutesOptions): void {
  app.post('/api/filter/check', { config: nameRequest('filter-check') }, async (request, reply) => {
    const { filter } = readInput(checkInput, await bodies.read(request.raw, reply.raw));
    return checkFilter(filter, groups);
  });

  app.post('/api/filter/words', { config: nameRequest('filter-words') }, async (request, reply) => {
    const { range } = readSet(readInput(setInput, await bodies.read(request.raw, reply.raw)), groups);
    void reply.header('cache-control', 'no-store');
    return readFilterWords({ store, range });
  });

  app.post('/api/traces/groups', { config: nameRequest('trace-groups') }, async (request, reply) => {
    const input = readInput(groupsInput, await bodies.read(request.raw, reply.raw));
    const by = readTraceField(input.by);
    if (by === null) throw new ApiError('InvalidRequestException', `by: ${JSON.stringify(input.by)} is no field`);
    void reply.header('cache-control', 'no-store');
    return groupTraces({ store, ...readSet(input, groups), by, steps: input.steps ?? TREND_STEPS });
  });
}

function checkFilter(filter: string, groups: Pick<Groups, 'find'>): FilterCheck {
  const plan = readFilter(filter, expressionsOf(groups));
  if (plan.ok) return { problem: null };
  const { start, end } = plan.problem.span;
  return { problem: { message: printFilterProblem(filter, plan.problem), start, end } };
}

function readSet(
  { startTime, endTime, filter }: TraceSet,
  groups: Pick<Groups, 'find'>,
): { readonly range: TimeRange; readonly plan: FilterPlan } {
  return {
    range: readTimeRange({ StartTime: startTime, EndTime: endTime }),
    plan: readFilterPlan(filter, groups),
  };
}
