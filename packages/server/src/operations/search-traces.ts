import { createVerifier, type FilterPlan, type Unjudged, type VerifyBudget } from '@fluoroscope/query';
import type { TraceCursor, TracePage, TraceQuery, TraceRow } from '@fluoroscope/store';
import type { StoreReader } from '../storage/storage.ts';

export interface TraceSearch {
  readonly store: Pick<StoreReader, 'findTraces' | 'readDocuments'>;
  readonly plan: FilterPlan;
  /** The condition is the plan's. */
  readonly query: Omit<TraceQuery, 'condition'>;
  /** What may be read of documents for this page. */
  readonly budget: VerifyBudget;
  /** Milliseconds that never go back. */
  readonly nowMs?: () => number;
}

export interface FoundPage extends TracePage {
  readonly unjudged: Unjudged;
}

const NONE_UNJUDGED: Unjudged = { giantCount: 0, costlyCount: 0, unreadableCount: 0 };

/**
 * One page of the traces that satisfy an expression, as a store's own. Where the store's condition is more than the
 * expression, candidates are read and looked at until the page is full or the budget is spent: then it may be short,
 * even empty, and goes on from `next`.
 */
export async function searchTraces({ store, plan, query, budget, nowMs }: TraceSearch): Promise<FoundPage> {
  const { condition } = plan;
  if (plan.reasons.length === 0) {
    return { ...(await store.findTraces({ ...query, condition })), unjudged: NONE_UNJUDGED };
  }
  const readDocuments = store.readDocuments.bind(store);
  const verifier = createVerifier({ plan, readDocuments, budget, ...(nowMs !== undefined && { nowMs }) });
  const rows: TraceRow[] = [];
  let scannedCount = 0;
  let next: TraceCursor | null = query.after;
  do {
    const candidates = { ...query, condition, after: next };
    const page: TracePage = await store.findTraces(candidates);
    const { rows: found, lookedAtCount } = await verifier.verify(page.rows, query.limit - rows.length);
    for (const row of found) rows.push(row);
    const last = page.rows[lookedAtCount - 1];
    if (lookedAtCount < page.rows.length && last !== undefined) {
      // Asked once more, for the count of traces up to here.
      const walked = await store.findTraces({ ...candidates, limit: lookedAtCount });
      scannedCount += walked.scannedCount;
      next = { startUs: last.startUs, traceId: last.traceId };
      break;
    }
    if (lookedAtCount < page.rows.length) break;
    scannedCount += page.scannedCount;
    ({ next } = page);
  } while (next !== null && rows.length < query.limit && !verifier.isSpent);
  return { rows, next, scannedCount, unjudged: verifier.unjudged };
}
