import {
  DIFFERENCE_CAUSES_MAX,
  type CauseDifference,
  type CauseDifferences,
  type CauseKind,
  type RootCause,
  type SidedCount,
  type TraceSummary,
} from '@fluoroscope/api';
import { differenceOf } from './difference.ts';
import { COMPARED_VALUES_MAX } from './limits.ts';
import { type CauseEntity, causesIn, keyOfCause } from './trace-causes.ts';
import type { Side } from './value-counts.ts';
import { causeFilter } from './value-filter.ts';

/** Root causes of one kind in two sets. */
export interface CauseCounts {
  add(side: Side, summary: TraceSummary): void;
  print(total: SidedCount): CauseDifferences;
}

interface KeptCause {
  readonly cause: RootCause<CauseEntity>;
  a: number;
  b: number;
  /** How often each whole percent was met. */
  readonly coverages: Readonly<Record<Side, Map<number, number>>>;
}

export function createCauseCounts(kind: CauseKind, causesMax: number = COMPARED_VALUES_MAX): CauseCounts {
  const kept = new Map<string, KeptCause>();
  const covered = { a: 0, b: 0 };
  const uncounted = { a: 0, b: 0 };
  return {
    add(side, summary) {
      const causes = new Map(causesIn(summary, `cause.${kind}`).map((cause) => [keyOfCause(cause), cause]));
      const room = side === 'a' ? Math.ceil(causesMax / 2) : causesMax;
      let isBeyond = false;
      for (const [key, cause] of causes) {
        let known = kept.get(key);
        if (known === undefined && kept.size >= room) {
          isBeyond = true;
          continue;
        }
        if (known === undefined) {
          kept.set(key, (known = { cause, a: 0, b: 0, coverages: { a: new Map(), b: new Map() } }));
        }
        known[side] += 1;
        addCoverage(known.coverages[side], cause);
      }
      if (causes.size > 0) covered[side] += 1;
      if (isBeyond) uncounted[side] += 1;
    },
    print(total) {
      const share = ({ a, b }: SidedCount): number => Math.max(a / Math.max(1, total.a), b / Math.max(1, total.b));
      const sorted = [...kept.values()].sort((x, y) => share(y) - share(x));
      return {
        covered,
        causes: sorted.slice(0, DIFFERENCE_CAUSES_MAX).map((cause) => printKept(kind, cause, total)),
        causeCount: kept.size,
        uncounted,
      };
    },
  };
}

function addCoverage(coverages: Map<number, number>, { Services = [] }: RootCause<CauseEntity>): void {
  const coverage = Services.at(-1)?.EntityPath?.at(-1)?.Coverage;
  if (coverage === undefined) return;
  const percent = Math.round(coverage * 100);
  coverages.set(percent, (coverages.get(percent) ?? 0) + 1);
}

function printKept(kind: CauseKind, { cause, a, b, coverages }: KeptCause, total: SidedCount): CauseDifference {
  const { Services = [] } = cause;
  const { difference, score } = differenceOf({ a, aTotal: total.a, b, bTotal: total.b });
  const deepest = Services.at(-1)?.EntityPath?.at(-1);
  return {
    services: Services.map(({ Name = '', EntityPath = [] }, at) => {
      const inner = EntityPath.slice(1).map((entity) => entity.Name ?? '');
      // The call that leads on is named like what it calls.
      if (inner.at(-1) === Services[at + 1]?.Name) inner.pop();
      return { name: Name, entities: inner };
    }),
    exceptions: (deepest?.Exceptions ?? []).map(({ Name = '' }) => Name),
    filter: causeFilter(kind, cause),
    a,
    b,
    coverageA: median(coverages.a),
    coverageB: median(coverages.b),
    difference,
    score,
  };
}

function median(percents: ReadonlyMap<number, number>): number | null {
  const sorted = [...percents].sort(([x], [y]) => x - y);
  const total = sorted.reduce((all, [, count]) => all + count, 0);
  let seen = 0;
  for (const [percent, count] of sorted) {
    seen += count;
    if (seen * 2 >= total) return percent / 100;
  }
  return null;
}
