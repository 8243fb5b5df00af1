import type { ComparedSet, DifferencesInput, SetDifferences } from '@fluoroscope/api';
import { andFilter } from '../filter/builder.ts';
import { splitGroup, withGroup } from '../filter/group.ts';
import { formatCount, formatShare } from '../text/format.ts';
import { ALL_OF_IT, type AnalyticsPlace } from '../url/analytics-place.ts';
import type { PairedBin } from './bins.ts';

/** What both sets are taken from, and the group (or all traces of the time) that those were retrieved from. */
export interface Totals {
  readonly group: ComparedSet;
  /** Null: no filter but the group's, so all of it was retrieved. */
  readonly retrieved: ComparedSet | null;
}

/** Of the very time of an answer. */
export function totalsInput({ within }: AnalyticsPlace, of: SetDifferences): DifferencesInput {
  const { group, rest } = splitGroup(within);
  const time = { startTime: of.startTime, endTime: of.endTime };
  const all = { ...time, filter: withGroup('', group), a: { filter: '' } };
  return rest.trim() === '' ? { ...all, b: null } : { ...all, b: { filter: rest } };
}

export function totalsOf({ within }: AnalyticsPlace, { a, b }: SetDifferences): Totals {
  return { group: a, retrieved: splitGroup(within).rest.trim() === '' ? null : b };
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
export function describeCount({ count, looked }: ComparedSet): string {
  const { complete, matchingCount } = looked;
  if (complete) return formatCount(count);
  return matchingCount === null ? `more than ${formatCount(count)}` : formatCount(matchingCount);
}

/** Which part of the group was retrieved; null: one of the two was not counted. */
export function describePart({ group, retrieved }: Totals): string | null {
  const [whole, part] = [countOf(group), retrieved === null ? null : countOf(retrieved)];
  return whole === null || part === null || whole === 0 ? null : formatShare(Math.min(1, part / whole));
}

function countOf({ count, looked }: ComparedSet): number | null {
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
