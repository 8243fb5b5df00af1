import { type Looked, MATCHING_COUNT_MAX, type TraceGroup } from '@fluoroscope/api';
import { formatClock, formatCount } from '../text/format.ts';

export const GROUP_COLUMNS = ['value', 'count', 'share', 'fault', 'error', 'p50', 'p95', 'p99'] as const;
export type GroupColumn = (typeof GROUP_COLUMNS)[number];

const KEY: Readonly<Record<GroupColumn, (group: TraceGroup) => number | string | null>> = {
  value: ({ value }) => value.text,
  count: ({ count }) => count,
  share: ({ count }) => count,
  fault: ({ faultCount, count }) => faultCount / count,
  error: ({ errorCount, count }) => errorCount / count,
  p50: ({ p50 }) => p50,
  p95: ({ p95 }) => p95,
  p99: ({ p99 }) => p99,
};

/** What is absent comes last, in either order; of equals, the larger group first. */
export function sortGroups(
  groups: readonly TraceGroup[],
  column: GroupColumn,
  descending: boolean,
): readonly TraceGroup[] {
  const key = KEY[column];
  return groups.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    const order =
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : String(left).localeCompare(String(right), 'en', { numeric: true });
    return (descending ? -order : order) || b.count - a.count;
  });
}

/** How many of how many the figures are of. */
export function describeLooked(looked: Looked): string {
  const { count, complete, matchingCount, reachedTime, unjudgedCount } = looked;
  const unjudged = unjudgedCount === 0 ? '' : `; ${formatCount(unjudgedCount)} could not be held against the filter`;
  if (complete) return `All ${formatCount(count)} matching ${count === 1 ? 'trace' : 'traces'}${unjudged}`;
  const since = formatClock(reachedTime).slice(0, 8);
  const of =
    matchingCount === null
      ? 'not counted further'
      : `of ${matchingCount >= MATCHING_COUNT_MAX ? 'more than ' : ''}${formatCount(matchingCount)}`;
  return `The newest ${formatCount(count)} matching traces, ${of}, back to ${since}${unjudged}`;
}
