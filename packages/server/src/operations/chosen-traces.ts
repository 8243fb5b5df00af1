import { ApiError } from '@fluoroscope/api';
import type { TimeUs, TraceId } from '@fluoroscope/model';
import { createVerifier, type FilterPlan, type Unjudged, type VerifyBudget } from '@fluoroscope/query';
import type { GraphSums, TimeRangeField, TraceCursor, TracePage } from '@fluoroscope/store';
import { CHOSEN_TRACES_MAX, CHOSEN_TRACES_READ_MAX, GRAPH_BUDGET } from '../limits.ts';
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
  readonly plan: FilterPlan;
  /** Told of the traces that could not be held against the expression, and are left out. */
  readonly unjudged: (counts: Unjudged) => void;
  readonly tracesMax?: number;
  readonly budget?: VerifyBudget;
}

/** Refuses when there are more than can be summed, or looked at: part of them would be a wrong answer. */
export async function chooseTraces(
  store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments'>,
  { range, rangeOf, plan, unjudged, tracesMax = CHOSEN_TRACES_MAX, budget = GRAPH_BUDGET }: TraceChoice,
): Promise<readonly ChosenTrace[]> {
  if (plan.reasons.length === 0) {
    const { condition } = plan;
    const found = await store.findTraceIds({ ...range, rangeOf, condition, limit: tracesMax + 1, after: null });
    if (found.length > tracesMax) throw tooMany(tracesMax);
    return found;
  }
  const readDocuments = store.readDocuments.bind(store);
  const verifier = createVerifier({ plan, readDocuments, budget });
  const chosen: ChosenTrace[] = [];
  const { condition } = plan;
  let after: TraceCursor | null = null;
  do {
    const limit = CHOSEN_TRACES_READ_MAX;
    const page: TracePage = await store.findTraces({ ...range, rangeOf, condition, limit, after });
    const verified = await verifier.verify(page.rows);
    for (const { traceId, startUs } of verified.rows) chosen.push({ traceId, startUs });
    if (chosen.length > tracesMax) throw tooMany(tracesMax);
    after = page.next;
    const isLeft = after !== null || verified.lookedAtCount < page.rows.length;
    if (isLeft && verifier.isSpent) throw tooMuchToRead(plan);
  } while (after !== null);
  unjudged(verifier.unjudged);
  return chosen;
}

export async function readGraphOf(
  store: Pick<StoreReader, 'readGraph'>,
  traces: readonly ChosenTrace[],
): Promise<GraphSums> {
  return store.readGraph({ ...ALL_TIME, traceIds: traces.map(({ traceId }) => traceId) });
}

function tooMany(tracesMax: number): ApiError {
  return new ApiError(
    'InvalidRequestException',
    `more than ${tracesMax} traces are in this group or match this expression between StartTime and EndTime: ask for a shorter time`,
  );
}

function tooMuchToRead({ reasons: [reason] }: FilterPlan): ApiError {
  const construct = reason === undefined ? '' : ` (${reason.construct}: ${reason.why})`;
  return new ApiError(
    'InvalidRequestException',
    `this expression is held against each trace${construct}, and there are more between StartTime and EndTime than can be read for one answer: ask for a shorter time`,
  );
}
