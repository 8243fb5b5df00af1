import {
  ApiError,
  type DifferencesInput,
  type FilterCheck,
  type FilterCheckInput,
  type GroupsInput,
  type SetPart,
  SUMMARIES_ASKED_MAX,
  type SummariesInput,
  TREND_STEPS_MAX,
  type TraceSet,
  type TraceSummary,
} from '@fluoroscope/api';
import { parseTraceId, secondsFromUs, timeUs, type TraceId } from '@fluoroscope/model';
import { completeSummaries, printFilterProblem, readFilter, type FilterPlan } from '@fluoroscope/query';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { compareSets } from '../analysis/compare-sets.ts';
import { readFilterWords } from '../analysis/filter-words.ts';
import { groupTraces } from '../analysis/group-traces.ts';
import type { AskedPart } from '../analysis/set-pieces.ts';
import { readTraceField } from '../analysis/trace-fields.ts';
import type { Groups } from '../control/groups.ts';
import { expressionsOf, readFilterPlan } from '../operations/filter-plan.ts';
import { readTimeRange, type TimeRange } from '../operations/time-range.ts';
import type { StoreReader } from '../storage/storage.ts';
import { untilGone } from '../storage/until-gone.ts';
import { askedBy } from './asked-by.ts';
import { readInput } from './map-routes.ts';
import type { BodyReader } from './request-body.ts';
import { nameRequest } from './request-name.ts';

export interface AnalysisRoutesOptions {
  readonly store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments' | 'readTraceRows'>;
  readonly groups: Pick<Groups, 'find'>;
  readonly bodies: BodyReader;
}

const TREND_STEPS = 24;
const FIELD_CHARS_MAX = 600;
const TRACE_ID_CHARS_MAX = 35;

const traceSet = { startTime: z.number(), endTime: z.number(), filter: z.string().optional() };
export const setInput: z.ZodType<TraceSet> = z.object(traceSet);
const steps = z.number().int().min(1).max(TREND_STEPS_MAX).optional();
export const groupsInput: z.ZodType<GroupsInput> = z.object({
  ...traceSet,
  by: z.string().max(FIELD_CHARS_MAX),
  steps,
});
const setPart: z.ZodType<SetPart> = z.object({
  filter: z.string().optional(),
  startTime: z.number().optional(),
  endTime: z.number().optional(),
});
export const differencesInput: z.ZodType<DifferencesInput> = z.object({
  ...traceSet,
  a: setPart,
  b: setPart.nullable().optional(),
  steps,
});
export const summariesInput: z.ZodType<SummariesInput> = z.object({
  ids: z.array(z.string().max(TRACE_ID_CHARS_MAX)).min(1).max(SUMMARIES_ASKED_MAX),
});
export const checkInput: z.ZodType<FilterCheckInput> = z.object({ filter: z.string() });

/** What the console asks about many traces at once (api/src/trace-analysis.ts, api/src/set-differences.ts). */
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
    const asked = { ...readSet(input, groups), by, steps: input.steps ?? TREND_STEPS };
    return askedBy(reply, (signal) => groupTraces({ ...asked, store: untilGone(store, signal) }));
  });

  app.post('/api/traces/summaries', { config: nameRequest('trace-summaries') }, async (request, reply) => {
    const { ids } = readInput(summariesInput, await bodies.read(request.raw, reply.raw));
    void reply.header('cache-control', 'no-store');
    return { traces: await readSummaries(store, ids) };
  });

  app.post('/api/analysis/differences', { config: nameRequest('set-differences') }, async (request, reply) => {
    const input = readInput(differencesInput, await bodies.read(request.raw, reply.raw));
    const whole = readSet(input, groups);
    const a = readPart('a', input.a, whole.range, groups);
    const b = input.b == null ? null : readPart('b', input.b, whole.range, groups);
    void reply.header('cache-control', 'no-store');
    return askedBy(reply, (signal) =>
      compareSets({ store: untilGone(store, signal), whole, a, b, steps: input.steps ?? TREND_STEPS, signal }),
    );
  });
}

/** As GetTraceSummaries tells them, in this order. */
async function readSummaries(
  store: AnalysisRoutesOptions['store'],
  texts: readonly string[],
): Promise<readonly TraceSummary[]> {
  const ids = [...new Set(texts.map(readId))];
  const rows = new Map((await store.readTraceRows(ids)).map((row) => [row.traceId, row]));
  const readDocuments = store.readDocuments.bind(store);
  return completeSummaries(
    ids.flatMap((id) => rows.get(id) ?? []),
    { readDocuments, activeFromUs: null },
  );
}

function readId(text: string): TraceId {
  const id = parseTraceId(text);
  if (!id.ok) throw new ApiError('InvalidRequestException', `ids: ${JSON.stringify(text)} is no trace id`);
  return id.value;
}

/** Says of which part a refusal is. */
function readPart(
  name: 'a' | 'b',
  { filter = '', startTime, endTime }: SetPart,
  whole: TimeRange,
  groups: Pick<Groups, 'find'>,
): AskedPart {
  try {
    const time = readTimeRange({
      StartTime: startTime ?? secondsFromUs(whole.startUs),
      EndTime: endTime ?? secondsFromUs(whole.endUs),
    });
    const startUs = timeUs(Math.max(time.startUs, whole.startUs));
    return {
      plan: readFilterPlan(filter, groups),
      opposite: filter.trim() === '' ? null : readFilterPlan(`!(${filter})`, groups),
      range: { startUs, endUs: timeUs(Math.max(startUs, Math.min(time.endUs, whole.endUs))) },
    };
  } catch (error) {
    if (error instanceof ApiError) throw new ApiError(error.code, `${name}: ${error.text}`);
    throw error;
  }
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
