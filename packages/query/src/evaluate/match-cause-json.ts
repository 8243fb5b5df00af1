import type { Json, JsonObject } from '@fluoroscope/model';
import type { RootCauses } from '../root-causes/find-root-causes.ts';
import type { Work } from './work.ts';

/**
 * Whether every pattern is that of some cause, of whatever kind. What a pattern gives must be equal, what it leaves
 * out may be anything; lists are as long as theirs.
 */
export function matchesCauses(patterns: readonly JsonObject[], causes: RootCauses, work: Work): boolean {
  const all = [...causes.fault, ...causes.error, ...causes.responseTime];
  return patterns.every((pattern) => all.some((cause) => fits(pattern, cause, work)));
}

function fits(pattern: Json, value: unknown, work: Work): boolean {
  work.spend(1);
  if (isList(pattern)) {
    if (!Array.isArray(value) || value.length !== pattern.length) return false;
    return pattern.every((item, at) => fits(item, value[at], work));
  }
  // A node without a type is told as null or as an empty text.
  if (pattern === null) return value === null || value === undefined || value === '';
  if (typeof pattern !== 'object') return pattern === value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields: Readonly<Partial<Record<string, unknown>>> = { ...value };
  return Object.entries(pattern).every(([key, item]) => fits(item, fields[key], work));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
