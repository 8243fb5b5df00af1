import { ApiError } from '@fluoroscope/api';
import { printFilterProblem, readFilter, type FilterPlan, type FindGroupExpression } from '@fluoroscope/query';
import type { KeptGroup } from '../control/control-state.ts';
import type { Groups } from '../control/groups.ts';

/** The plan of a request's FilterExpression, with the expressions that groups have now. */
export function readFilterPlan(text: string | undefined, groups: Pick<Groups, 'find'>): FilterPlan {
  const plan = readFilter(text, expressionsOf(groups));
  if (plan.ok) return plan.value;
  throw new ApiError('InvalidRequestException', `FilterExpression: ${printFilterProblem(text ?? '', plan.problem)}`);
}

/** Null: every trace. */
export function readGroupPlan(group: KeptGroup | null, groups: Pick<Groups, 'find'>): FilterPlan | null {
  if (group === null || group.expression === null) return null;
  const plan = readFilter(group.expression, expressionsOf(groups));
  if (plan.ok) return plan.value;
  const why = printFilterProblem(group.expression, plan.problem);
  throw new ApiError('InvalidRequestException', `the expression of the group "${group.name}" cannot be used: ${why}`);
}

export function expressionsOf(groups: Pick<Groups, 'find'>): FindGroupExpression {
  return (by, group) => {
    try {
      return groups.find(by === 'name' ? { GroupName: group } : { GroupARN: group })?.expression;
    } catch (error) {
      // The expression's own problem names the spot.
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  };
}
