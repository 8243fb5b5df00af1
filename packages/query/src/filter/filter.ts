import { ok, type Result } from '@fluoroscope/model';
import type { Condition } from '@fluoroscope/store';
import { parseFilter } from './parser.ts';
import { planFilter } from './plan.ts';
import type { FilterProblem } from './problem.ts';

/** From a request's FilterExpression to what a store evaluates; none, or only spaces, asks for all traces. */
export function filterToCondition(text: string | undefined): Result<Condition, FilterProblem> {
  if (text === undefined || text.trim() === '') return ok({ op: 'all' });
  const node = parseFilter(text);
  return node.ok ? planFilter(node.value) : node;
}
