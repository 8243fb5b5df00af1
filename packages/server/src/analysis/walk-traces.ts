import { MATCHING_COUNT_MAX, type Looked } from '@fluoroscope/api';
import { secondsFromUs } from '@fluoroscope/model';
import type { FilterPlan, VerifyBudget } from '@fluoroscope/query';
import type { TraceCursor, TraceRow } from '@fluoroscope/store';
import { SEARCH_BUDGET } from '../limits.ts';
import { searchTraces } from '../operations/search-traces.ts';
import type { TimeRange } from '../operations/time-range.ts';
import type { StoreReader } from '../storage/storage.ts';
import { ANALYSED_PAGE_ROWS, ANALYSIS_MS_MAX } from './limits.ts';

export interface TraceWalk {
  readonly store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments'>;
  readonly plan: FilterPlan;
  readonly range: TimeRange;
  readonly countMax: number;
  readonly wallMsMax?: number;
  /** False: what was not looked at is not counted either. */
  readonly countsRest?: boolean;
  readonly signal?: AbortSignal;
  /** Milliseconds that never go back. */
  readonly nowMs?: () => number;
}

/** Hands every page of matching rows to `visit`, newest first, until nothing is left, a limit is met or nobody waits. */
export async function walkTraces(
  walk: TraceWalk,
  visit: (rows: readonly TraceRow[]) => void | Promise<void>,
): Promise<Looked> {
  const { store, plan, range, countMax, wallMsMax = ANALYSIS_MS_MAX, nowMs = () => performance.now() } = walk;
  const { countsRest = true } = walk;
  const isAwaited = (): boolean => walk.signal?.aborted !== true;
  const endMs = nowMs() + wallMsMax;
  let count = 0;
  let unjudgedCount = 0;
  let next: TraceCursor | null = null;
  do {
    const limit = Math.min(ANALYSED_PAGE_ROWS, countMax - count);
    const budget: VerifyBudget = {
      ...SEARCH_BUDGET,
      wallMsMax: Math.max(1, Math.min(SEARCH_BUDGET.wallMsMax, endMs - nowMs())),
    };
    const page = await searchTraces({ store, plan, query: { ...range, rangeOf: 'start', limit, after: next }, budget });
    const { giantCount, costlyCount, unreadableCount } = page.unjudged;
    unjudgedCount += giantCount + costlyCount + unreadableCount;
    count += page.rows.length;
    await visit(page.rows);
    ({ next } = page);
  } while (next !== null && count < countMax && nowMs() < endMs && isAwaited());
  return {
    count,
    countMax,
    complete: next === null,
    reachedTime: secondsFromUs(next?.startUs ?? range.startUs),
    matchingCount: next === null ? count : countsRest ? await countMatching(walk) : null,
    unjudgedCount,
  };
}

/** Up to a number; null where only the traces themselves tell. */
export async function countMatching({
  store,
  plan,
  range,
}: Pick<TraceWalk, 'store' | 'plan' | 'range'>): Promise<number | null> {
  if (plan.reasons.length > 0) return null;
  const { condition } = plan;
  return (await store.findTraceIds({ ...range, rangeOf: 'start', condition, limit: MATCHING_COUNT_MAX, after: null }))
    .length;
}
