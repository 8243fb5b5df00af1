import { outcomeOfRow, type TracePlan } from './trace-plan.ts';
import { searchRows } from './search.ts';

export const SPAN_SORTS = ['start', 'name', 'service', 'length', 'self', 'status'] as const;
export type SpanSort = (typeof SPAN_SORTS)[number];

export interface SpanListQuery {
  readonly text: string;
  readonly onlyFailed: boolean;
  readonly sort: SpanSort;
  readonly descending: boolean;
}

/** Rows of the list, sorted; equal ones in reading order. */
export function listSpans(plan: TracePlan, query: SpanListQuery): Uint32Array {
  const found =
    query.text.trim() === '' ? Uint32Array.from({ length: plan.count }, (_, row) => row) : searchRows(plan, query.text);
  const rows = query.onlyFailed ? found.filter((row) => isFailed(plan, row)) : found;
  const key = keyOf(plan, query.sort);
  const sign = query.descending ? -1 : 1;
  return rows.sort((a, b) => sign * ((key[a] ?? 0) - (key[b] ?? 0)) || a - b);
}

function isFailed(plan: TracePlan, row: number): boolean {
  const outcome = outcomeOfRow(plan, row);
  return outcome !== 'ok' && outcome !== 'pending';
}

/** A number by row: of texts, their place in the alphabet. */
function keyOf(plan: TracePlan, sort: SpanSort): ArrayLike<number> {
  if (sort === 'name' || sort === 'service') {
    const order = plan.strings.map((_, index) => index).sort((a, b) => compareText(plan.strings[a], plan.strings[b]));
    const rank = new Uint32Array(order.length);
    for (const [place, index] of order.entries()) rank[index] = place;
    return plan[sort].map((index) => rank[index] ?? 0);
  }
  return plan[sort];
}

function compareText(a: string | undefined, b: string | undefined): number {
  return (a ?? '').localeCompare(b ?? '');
}
