import { outcomeOfRow, type TracePlan } from './trace-plan.ts';

/**
 * From a failed row down to where it began: at each level the failed child that ended last, as what was reported upwards. The row itself
 * is the first; alone when nothing below it failed.
 */
export function failureChain(plan: TracePlan, row: number): readonly number[] {
  const chain: number[] = [];
  for (let at = row; at >= 0 && isFailed(plan, at);) {
    chain.push(at);
    let next = -1;
    let latest = -Infinity;
    for (let child = at + 1; child < (plan.end[at] ?? 0); child = plan.end[child] ?? Infinity) {
      const stop = (plan.start[child] ?? 0) + (plan.length[child] ?? 0);
      if (stop < latest || !isFailed(plan, child)) continue;
      [next, latest] = [child, stop];
    }
    at = next;
  }
  return chain;
}

function isFailed(plan: TracePlan, row: number): boolean {
  const outcome = outcomeOfRow(plan, row);
  return outcome !== 'ok' && outcome !== 'pending';
}
