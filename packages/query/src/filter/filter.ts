import { ok, type Result } from '@fluoroscope/model';
import type { Condition } from '@fluoroscope/store';
import type { FindGroupExpression } from './groups.ts';
import { parseFilter } from './parser.ts';
import { ALL_TRACES, planFilter, type FilterPlan } from './plan.ts';
import type { FilterProblem } from './problem.ts';

/** From a request's FilterExpression to its plan; none, or only spaces, asks for all traces. */
export function readFilter(
  text: string | undefined,
  find: FindGroupExpression | null,
): Result<FilterPlan, FilterProblem> {
  if (text === undefined || text.trim() === '') return ok(ALL_TRACES);
  const node = parseFilter(text);
  return node.ok ? planFilter(node.value, find) : node;
}

/** What a store evaluates: every trace that satisfies the expression, and others too where rows do not tell. */
export function filterToCondition(text: string | undefined): Result<Condition, FilterProblem> {
  const plan = readFilter(text, null);
  return plan.ok ? ok(plan.value.condition) : plan;
}
