import type { SummaryRow } from './row.ts';

/** A comparison is of two. */
export const TICKS_MAX = 2;

/** Ticks a trace, or unticks it; of more than two, the one that was ticked first is given up. */
export function tickedOrNot(ticked: readonly SummaryRow[], row: SummaryRow): readonly SummaryRow[] {
  const others = ticked.filter(({ id }) => id !== row.id);
  return others.length < ticked.length ? others : [...others, row].slice(-TICKS_MAX);
}
