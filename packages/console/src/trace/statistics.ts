import { outcomeOfRow, type TracePlan } from './trace-plan.ts';

/** Of all rows of a service, or of a service and name. Times in µs. */
export interface SpanStatistics {
  readonly service: string;
  /** Empty when the line is of the whole service. */
  readonly name: string;
  readonly count: number;
  readonly totalUs: number;
  readonly selfUs: number;
  readonly averageUs: number;
  readonly maxUs: number;
  /** Row that took longest. */
  readonly longestRow: number;
  readonly failedCount: number;
}

export const STATISTICS_SORTS = ['service', 'count', 'totalUs', 'selfUs', 'averageUs', 'maxUs', 'failedCount'] as const;
export type StatisticsSort = (typeof STATISTICS_SORTS)[number];

export function spanStatistics(plan: TracePlan, by: 'service' | 'name'): readonly SpanStatistics[] {
  const groups = new Map<string, { -readonly [Member in keyof SpanStatistics]: SpanStatistics[Member] }>();
  for (let row = 0; row < plan.count; row += 1) {
    const key = by === 'service' ? `${plan.service[row] ?? 0}` : `${plan.service[row] ?? 0}.${plan.name[row] ?? 0}`;
    let group = groups.get(key);
    if (group === undefined) {
      const service = plan.strings[plan.service[row] ?? 0] ?? '';
      const name = by === 'service' ? '' : (plan.strings[plan.name[row] ?? 0] ?? '');
      group = { service, name, ...NOTHING, longestRow: row };
      groups.set(key, group);
    }
    const length = plan.length[row] ?? 0;
    group.count += 1;
    group.totalUs += length;
    group.selfUs += plan.self[row] ?? 0;
    if (length > group.maxUs) {
      group.maxUs = length;
      group.longestRow = row;
    }
    const outcome = outcomeOfRow(plan, row);
    if (outcome !== 'ok' && outcome !== 'pending') group.failedCount += 1;
  }
  for (const group of groups.values()) group.averageUs = group.totalUs / group.count;
  return [...groups.values()];
}

const NOTHING = { count: 0, totalUs: 0, selfUs: 0, averageUs: 0, maxUs: 0, failedCount: 0 };

export function sortStatistics(
  lines: readonly SpanStatistics[],
  sort: StatisticsSort,
  descending: boolean,
): readonly SpanStatistics[] {
  const sign = descending ? -1 : 1;
  return lines.toSorted((a, b) => {
    const byName = a.service.localeCompare(b.service) || a.name.localeCompare(b.name);
    return sort === 'service' ? sign * byName : sign * (a[sort] - b[sort]) || byName;
  });
}
