import { ApiError } from '@fluoroscope/api';
import type { TimeUs, TraceId } from '@fluoroscope/model';
import { createVerifier, type FilterPlan, type Unjudged, type VerifyBudget } from '@fluoroscope/query';
import type { Condition, GraphSums, TimeRangeField, TraceCursor, TracePage } from '@fluoroscope/store';
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

/**
 * Refuses when there are more than can be summed, or looked at: part of them would be a wrong answer. Those of which rows do not
 * tell are looked at first: one that changes meanwhile, so that its row does tell, is met by the second read.
 */
export async function chooseTraces(
  store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments'>,
  choice: TraceChoice,
): Promise<readonly ChosenTrace[]> {
  const { range, rangeOf, plan, tracesMax = CHOSEN_TRACES_MAX } = choice;
  const chosen = new Map<TraceId, ChosenTrace>();
  if (plan.uncertain !== null) await lookAt(store, { ...choice, condition: plan.uncertain, tracesMax }, chosen);
  if (plan.certain !== null) {
    const query = { ...range, rangeOf, condition: plan.certain, limit: tracesMax + 1, after: null };
    for (const { traceId, startUs } of await store.findTraceIds(query)) chosen.set(traceId, { traceId, startUs });
  }
  if (chosen.size > tracesMax) throw tooMany(tracesMax);
  return [...chosen.values()];
}

interface Candidates extends TraceChoice {
  readonly condition: Condition;
  readonly tracesMax: number;
}

/** Adds those that satisfy the expression. */
async function lookAt(
  store: Pick<StoreReader, 'findTraces' | 'readDocuments'>,
  { range, rangeOf, plan, condition, unjudged, tracesMax, budget = GRAPH_BUDGET }: Candidates,
  chosen: Map<TraceId, ChosenTrace>,
): Promise<void> {
  const readDocuments = store.readDocuments.bind(store);
  const verifier = createVerifier({ plan, readDocuments, budget });
  let after: TraceCursor | null = null;
  do {
    const limit = CHOSEN_TRACES_READ_MAX;
    const page: TracePage = await store.findTraces({ ...range, rangeOf, condition, limit, after });
    const verified = await verifier.verify(page.rows);
    for (const { traceId, startUs } of verified.rows) chosen.set(traceId, { traceId, startUs });
    if (chosen.size > tracesMax) throw tooMany(tracesMax);
    after = page.next;
    const isLeft = after !== null || verified.lookedAtCount < page.rows.length;
    if (isLeft && verifier.isSpent) throw tooMuchToRead(plan);
  } while (after !== null);
  unjudged(verifier.unjudged);
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
