import type { Outcome } from '@fluoroscope/model';
import type { GraphFact, NodeFact } from '@fluoroscope/store';

/** Stored as small numbers (sql/schema/001-first.sql names them); a new one gets the next number, none is ever reused. */
const OUTCOMES = ['ok', 'error', 'throttle', 'fault', 'pending'] as const satisfies readonly Outcome[];

export type Role = 'edge' | Pick<NodeFact, 'state' | 'root'>;

const ROLES: readonly Role[] = [
  'edge',
  { state: 'active', root: false },
  { state: 'active', root: true },
  { state: 'inferred', root: false },
  { state: 'inferred', root: true },
];

export function outcomeNumber(outcome: Outcome): number {
  return OUTCOMES.indexOf(outcome);
}

export function outcomeOfNumber(code: number): Outcome | undefined {
  return OUTCOMES[code];
}

export function roleNumber(fact: GraphFact): number {
  if (fact.kind === 'edge') return 0;
  return (fact.state === 'active' ? 1 : 3) + (fact.root ? 1 : 0);
}

export function roleOfNumber(code: number): Role | undefined {
  return ROLES[code];
}
