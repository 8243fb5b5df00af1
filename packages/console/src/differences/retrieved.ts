import type { ComparedSet, DifferencesInput, SetDifferences } from '@fluoroscope/api';
import { andFilter } from '../filter/builder.ts';
import { splitGroup, withGroup } from '../filter/group.ts';
import { formatCount, formatShare } from '../text/format.ts';
import { ALL_OF_IT, type AnalyticsPlace, type SetPlace } from '../url/analytics-place.ts';
import type { PairedBin } from './bins.ts';

/** Of a set, what is told of it beside A and B. */
type Total = Pick<ComparedSet, 'count' | 'looked' | 'histogram' | 'trend'>;

/** What both sets are taken from, and the group (or all traces of the time) that those were retrieved from. */
export interface Totals {
  readonly group: Total;
  /** Null: no filter but the group's, so all of it was retrieved. */
  readonly retrieved: Total | null;
}

/** Of the very time of an answer, what it does not say itself; null: nothing. */
export function totalsAsked({ within, ...sets }: AnalyticsPlace, of: SetDifferences): DifferencesInput | null {
  const { group, rest } = splitGroup(within);
  const isWhole = rest.trim() === '';
  const isKnown = retrievedOf(sets, of) !== null;
  if (isWhole && isKnown) return null;
  const time = { startTime: of.startTime, endTime: of.endTime };
  // Without B the rest of everything is meant, which is nothing.
  const b = isWhole || isKnown ? null : { filter: rest };
  return { ...time, filter: withGroup('', group), a: { filter: '' }, b };
}

/** `asked`: the answer to `totalsAsked`. Null: not known yet. */
export function totalsOf(
  { within, ...sets }: AnalyticsPlace,
  of: SetDifferences,
  asked: SetDifferences | null,
): Totals | null {
  const known = retrievedOf(sets, of);
  if (splitGroup(within).rest.trim() === '') {
    const group = known ?? asked?.a;
    return group === undefined ? null : { group, retrieved: null };
  }
  return asked === null ? null : { group: asked.a, retrieved: known ?? asked.b };
}

/**
 * What both sets are taken from, as far as they are all of it: asked for by itself, it would have whatever came meanwhile, and not add
 * up to what is shown beside it.
 */
function retrievedOf({ a, b }: Pick<AnalyticsPlace, 'a' | 'b'>, of: SetDifferences): Total | null {
  if (isAll(a)) return of.a;
  if (b === null) return together(of.a, of.b);
  return isAll(b) ? of.b : null;
}

function isAll({ filter, time }: SetPlace): boolean {
  return filter.trim() === '' && time === null;
}

/** Two sets without a trace in common. Of one that was sampled each trace stands for several; null: nobody knows for how many. */
function together(a: ComparedSet, b: ComparedSet): Total | null {
  const [countA, countB] = [countOf(a), countOf(b)];
  if (countA === null || countB === null) return null;
  const sets = [
    { set: a, weight: countA / Math.max(1, a.count) },
    { set: b, weight: countB / Math.max(1, b.count) },
  ];
  return {
    count: a.count + b.count,
    looked: {
      count: a.looked.count + b.looked.count,
      countMax: a.looked.countMax + b.looked.countMax,
      complete: a.looked.complete && b.looked.complete,
      cutSliceCount: a.looked.cutSliceCount + b.looked.cutSliceCount,
      sliceCount: a.looked.sliceCount + b.looked.sliceCount,
      matchingCount: countA + countB,
      unjudgedCount: a.looked.unjudgedCount + b.looked.unjudgedCount,
    },
    histogram: sets.flatMap(({ set, weight }) =>
      set.histogram.map(({ Value = 0, Count = 0 }) => ({ Value, Count: Count * weight })),
    ),
    trend: a.trend.map((_count, at) => sets.reduce((sum, { set, weight }) => sum + (set.trend[at] ?? 0) * weight, 0)),
  };
}

/** A is what both sets are taken from now, whole; B its rest. */
export function refined(place: AnalyticsPlace): AnalyticsPlace {
  const { a, range, within } = place;
  return {
    ...place,
    range: a.time === null ? range : { kind: 'fixed', ...a.time },
    within: andFilter(within, a.filter),
    a: ALL_OF_IT,
    b: null,
  };
}

/** How many a set has, as far as that is known. */
export function describeCount({ count, looked }: Total): string {
  const { complete, matchingCount } = looked;
  if (complete) return formatCount(count);
  return matchingCount === null ? `more than ${formatCount(count)}` : formatCount(matchingCount);
}

/** Which part of the group was retrieved; null: one of the two was not counted. */
export function describePart({ group, retrieved }: Totals): string | null {
  const [whole, part] = [countOf(group), retrieved === null ? null : countOf(retrieved)];
  return whole === null || part === null || whole === 0 ? null : formatShare(Math.min(1, part / whole));
}

function countOf({ count, looked }: Total): number | null {
  return looked.complete ? count : looked.matchingCount;
}

/** A line over the bins of two sets: the share of a third in each. */
export function sharesOf(
  bins: readonly PairedBin[],
  values: readonly (readonly [at: number, count: number])[],
): readonly number[] {
  const counts = bins.map(() => 0);
  let total = 0;
  for (const [value, count] of values) {
    total += count;
    const at = bins.findIndex(({ from, to }) => value >= from && value < to);
    if (at >= 0) counts[at] = (counts[at] ?? 0) + count;
  }
  return counts.map((count) => count / Math.max(1, total));
}
