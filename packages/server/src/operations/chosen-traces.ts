import { ApiError } from '@fluoroscope/api';
import type { TimeUs, TraceId } from '@fluoroscope/model';
import { filterToCondition, printFilterProblem } from '@fluoroscope/query';
import type { Condition, GraphSums, TimeRangeField, TraceCursor } from '@fluoroscope/store';
import type { KeptGroup } from '../control/control-state.ts';
import { CHOSEN_TRACES_MAX, CHOSEN_TRACES_READ_MAX } from '../limits.ts';
import type { StoreReader } from '../storage/storage.ts';
import { ALL_TIME, type TimeRange } from './time-range.ts';

// Graphs of some traces only: those of a group, or those that a selector's conditions choose. A store sums over all
// traces or over some by id, so they are found first.

export interface ChosenTrace {
  readonly traceId: TraceId;
  readonly startUs: TimeUs;
}

export interface TraceChoice {
  readonly range: TimeRange;
  readonly rangeOf: TimeRangeField;
  readonly condition: Condition;
  readonly tracesMax?: number;
}

/** Null: every trace. */
export function readGroupCondition(group: KeptGroup | null): Condition | null {
  if (group === null || group.expression === null) return null;
  const condition = filterToCondition(group.expression);
  if (condition.ok) return condition.value;
  const why = printFilterProblem(group.expression, condition.problem);
  throw new ApiError('InvalidRequestException', `the expression of the group "${group.name}" cannot be used: ${why}`);
}

/** Refuses when there are more than can be summed: part of them would be a wrong answer. */
export async function chooseTraces(
  store: Pick<StoreReader, 'findTraces'>,
  { range, rangeOf, condition, tracesMax = CHOSEN_TRACES_MAX }: TraceChoice,
): Promise<readonly ChosenTrace[]> {
  const chosen: ChosenTrace[] = [];
  let after: TraceCursor | null = null;
  do {
    const limit = CHOSEN_TRACES_READ_MAX;
    const page: Awaited<ReturnType<typeof store.findTraces>> = await store.findTraces({
      ...range,
      rangeOf,
      condition,
      limit,
      after,
    });
    for (const { traceId, startUs } of page.rows) chosen.push({ traceId, startUs });
    if (chosen.length > tracesMax) throw tooMany(tracesMax);
    after = page.next;
  } while (after !== null);
  return chosen;
}

/** Sums of a node may stand there several times; whoever folds them adds them up. */
export async function readGraphOf(
  store: Pick<StoreReader, 'readGraph'>,
  traces: readonly ChosenTrace[],
): Promise<GraphSums> {
  const parts: GraphSums[] = [];
  for (let at = 0; at < traces.length; at += CHOSEN_TRACES_READ_MAX) {
    const traceIds = traces.slice(at, at + CHOSEN_TRACES_READ_MAX).map(({ traceId }) => traceId);
    parts.push(await store.readGraph({ ...ALL_TIME, traceIds }));
  }
  return { nodes: parts.flatMap(({ nodes }) => nodes), edges: parts.flatMap(({ edges }) => edges) };
}

function tooMany(tracesMax: number): ApiError {
  return new ApiError(
    'InvalidRequestException',
    `more than ${tracesMax} traces are in this group or match this expression between StartTime and EndTime: ask for a shorter time`,
  );
}
