import { BIGINT } from '@duckdb/node-api';
import type { Parameters } from '../compile-condition.ts';
import type { Source } from '../source.ts';
import { toBoundUs } from '../values.ts';
import type { FactRange, GraphPlan } from './graph-plan.ts';
import type { GraphTotals } from './graph-totals.ts';

/** Where each piece belongs. */
export interface PeriodScope {
  readonly periodOf: (period: number) => GraphTotals;
  /** Where the periods begin. */
  readonly startUs: number;
  /** Null for one period over all. */
  readonly periodUs: number | null;
}

/** What to sum up. */
export interface GraphScope extends PeriodScope {
  readonly plan: GraphPlan;
  /** Only nodes of these services and edges to or from them; null for all. */
  readonly serviceIds: readonly number[] | null;
}

/** Of what ended, or of a rollup that begins, at this moment. */
export function totalsAt({ periodOf, startUs, periodUs }: PeriodScope, us: number): GraphTotals {
  return periodOf(periodUs === null ? 0 : Math.floor((us - startUs) / periodUs));
}

/** False when no fact of this source ended in the range. */
export function isTouched({ extent }: Source, { startUs, endUs }: FactRange): boolean {
  return extent !== null && extent.lastEndUs >= startUs && extent.firstEndUs < endUs;
}

export function compileRange({ startUs, endUs }: FactRange, parameters: Parameters): string {
  const [start, end] = [startUs, endUs].map((us) => parameters.add(toBoundUs(us), BIGINT));
  return `end_us >= ${start} AND end_us < ${end}`;
}

/** Within bounds by construction. */
export function at(items: ArrayLike<number>, index: number): number {
  return items[index] ?? 0;
}
