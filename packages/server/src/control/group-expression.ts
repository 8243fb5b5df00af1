import { ApiError } from '@fluoroscope/api';
import { printFilterProblem, readFilter, type FilterProblem, type FindGroupExpression } from '@fluoroscope/query';
import type { Arns } from './arns.ts';
import type { ControlState, KeptGroup } from './control-state.ts';
import { findByArn, findByName } from './find-group.ts';

/** A group's expression as it is kept: as written, or null for every trace. */
export function readGroupExpression(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text.trim();
}

/** Throws when the expression of a group cannot be searched with. */
export function requireUsable(state: ControlState, arns: Arns, group: KeptGroup): void {
  const { problem } = judge(state, arns, group);
  if (problem === null) return;
  const text = printFilterProblem(group.expression ?? '', problem);
  throw new ApiError('InvalidRequestException', `FilterExpression: ${text}`);
}

/**
 * Throws when another group, whose expression leads to the changed one, cannot be searched with. What is broken and has nothing to
 * do with it is left alone.
 */
export function requireOthersUsable(state: ControlState, arns: Arns, changed: KeptGroup): void {
  for (const group of state.groups) {
    if (group === changed) continue;
    const { problem: why, named } = judge(state, arns, group);
    if (why === null || !named.has(changed)) continue;
    const text = printFilterProblem(group.expression ?? '', why);
    throw new ApiError(
      'InvalidRequestException',
      `FilterExpression: the group "${group.name}" names "${changed.name}", and could not be searched with any more: ${text}`,
    );
  }
}

/** Throws when the expression of another group names this one, which is about to be deleted. */
export function requireUnnamed(state: ControlState, arns: Arns, target: KeptGroup): void {
  const isDeep = false;
  for (const group of state.groups) {
    if (!judge(state, arns, group, isDeep).named.has(target)) continue;
    throw new ApiError(
      'InvalidRequestException',
      `the group "${target.name}" cannot be deleted: the expression of the group "${group.name}" names it`,
    );
  }
}

interface Judged {
  readonly problem: FilterProblem | null;
  /** Groups that the expression leads to; only those that it names itself unless `isDeep`. */
  readonly named: ReadonlySet<KeptGroup>;
}

function judge(state: ControlState, arns: Arns, { expression }: KeptGroup, isDeep = true): Judged {
  const named = new Set<KeptGroup>();
  if (expression === null) return { problem: null, named };
  const find: FindGroupExpression = (by, value) => {
    const group = by === 'name' ? findByName(state, value) : findByArn(state, arns, value);
    if (group === undefined) return undefined;
    named.add(group);
    return isDeep ? group.expression : null;
  };
  const plan = readFilter(expression, find);
  return { problem: plan.ok ? null : plan.problem, named };
}
