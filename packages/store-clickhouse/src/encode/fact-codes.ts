import type { Outcome } from '@fluoroscope/model';
import { StoreError, type GraphFact, type NodeFact } from '@fluoroscope/store';

// As sql/schema numbers and names them; a new one gets the next number, none is ever used again.

const OUTCOMES = ['ok', 'error', 'throttle', 'fault', 'pending'] as const satisfies readonly Outcome[];

export type Role = 'edge' | Pick<NodeFact, 'state' | 'root'>;

const ROLES = [
  ['edge', 'edge'],
  ['active', { state: 'active', root: false }],
  ['active root', { state: 'active', root: true }],
  ['inferred', { state: 'inferred', root: false }],
  ['inferred root', { state: 'inferred', root: true }],
] as const satisfies readonly (readonly [string, Role])[];

export const OUTCOME_TYPE: string = enumType(OUTCOMES);
export const ROLE_TYPE: string = enumType(ROLES.map(([name]) => name));

export const KINDS = { text: 0, number: 1, flag: 2 } as const;
export const KIND_TYPE: string = enumType(Object.keys(KINDS));

function enumType(names: readonly string[]): string {
  return `Enum8(${names.map((name, number) => `'${name}' = ${number}`).join(', ')})`;
}

export function outcomeNumber(outcome: Outcome): number {
  return OUTCOMES.indexOf(outcome);
}

export function outcomeOfName(name: string): Outcome {
  const outcome = OUTCOMES.find((candidate) => candidate === name);
  if (outcome === undefined) throw new StoreError('corrupt', `a stored fact has the outcome "${name}"`);
  return outcome;
}

export function roleNumber(fact: GraphFact): number {
  if (fact.kind === 'edge') return 0;
  return (fact.state === 'active' ? 1 : 3) + (fact.root ? 1 : 0);
}

export function roleOfName(name: string): Role {
  const [, role] = ROLES.find(([candidate]) => candidate === name) ?? [];
  if (role === undefined) throw new StoreError('corrupt', `a stored fact has the role "${name}"`);
  return role;
}
