import type { SamplingRuleRecord } from '@fluoroscope/api';

export interface NewPriority {
  readonly name: string;
  readonly priority: number;
}

interface Placed {
  readonly name: string;
  readonly priority: number;
}

/** Between neighbours that are numbered anew. */
const STEP = 10;

/** Priorities that put the rule at `from` at `to`, of rules in order; the fewest changes that keep all others in order. */
export function moveRule(records: readonly SamplingRuleRecord[], from: number, to: number): readonly NewPriority[] {
  const placed = records.map(({ SamplingRule: rule }) => ({
    name: rule?.RuleName ?? '',
    priority: rule?.Priority ?? 0,
  }));
  const moved = placed[from];
  if (moved === undefined || to < 0 || to >= placed.length || from === to) return [];
  const others = placed.toSpliced(from, 1);
  const order = others.toSpliced(to, 0, moved);
  // The same numbers, given out in the new order.
  const kept = placed.map(({ priority }) => priority).toSorted((a, b) => a - b);
  const swapped = order.map(({ name }, at) => ({ name, priority: kept[at] ?? 0 }));
  return changesOf(
    placed,
    isInOrder(swapped) ? swapped : order.map(({ name }, at) => ({ name, priority: (at + 1) * STEP })),
  );
}

/** Of equal priorities the names decide. */
function isInOrder(order: readonly Placed[]): boolean {
  return order.every(({ name, priority }, at) => {
    const next = order[at + 1];
    return next === undefined || priority < next.priority || (priority === next.priority && name < next.name);
  });
}

function changesOf(before: readonly Placed[], after: readonly Placed[]): readonly NewPriority[] {
  return after.filter(({ name, priority }) => before.some((one) => one.name === name && one.priority !== priority));
}
