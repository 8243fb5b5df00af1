import type { TimeUs } from '@fluoroscope/model';

/** What the planner needs to know of a slice. */
export interface MergeCandidate {
  readonly documentCount: number;
  readonly sizeBytes: number;
  /** Null without documents: it goes with any day. */
  readonly lastReceivedUs: TimeUs | null;
}

export interface MergeLimits {
  readonly slicesMin: number;
  readonly slicesMax: number;
  readonly documentsMax: number;
  readonly bytesMax: number;
}

/** Slices `from` to `to`, `to` not included. */
export interface MergePlan {
  readonly from: number;
  readonly to: number;
}

const DAY_US = 86_400_000_000;

/** Of UTC, counted from 1970. */
export function dayOf(us: TimeUs): number {
  return Math.floor(us / DAY_US);
}

/**
 * The next merge worth its cost, or null; slices oldest first. Merged are neighbours of one day of arrival:
 * - of the newest day, `slicesMin` or more of which none makes up more than half, so that each document is written
 *   again only when its slice at least doubles;
 * - of a day that is over, two or more, since nothing will join them any more.
 */
export function planMerge(slices: readonly MergeCandidate[], limits: MergeLimits): MergePlan | null {
  const days = daysOf(slices);
  const newestDay = days.at(-1);
  for (let from = 0; from < slices.length; from += 1) {
    const isOver = days[from] !== newestDay;
    const plan = longestFrom(from, slices, days, { ...limits, slicesMin: isOver ? 2 : limits.slicesMin });
    if (plan === null) continue;
    if (isOver) return plan;
    const fair = withoutGiants(plan, slices, limits);
    if (fair !== null) return fair;
  }
  return null;
}

/** A slice without documents counts as of the day before it, and of the one after it where there is none before. */
function daysOf(slices: readonly MergeCandidate[]): readonly number[] {
  const known = slices.map(({ lastReceivedUs }) => (lastReceivedUs === null ? null : dayOf(lastReceivedUs)));
  let day = known.find((of) => of !== null) ?? 0;
  return known.map((of) => {
    day = of ?? day;
    return day;
  });
}

function longestFrom(
  from: number,
  slices: readonly MergeCandidate[],
  days: readonly number[],
  { slicesMin, slicesMax, documentsMax, bytesMax }: MergeLimits,
): MergePlan | null {
  let documents = 0;
  let bytes = 0;
  let to = from;
  while (to < slices.length && to - from < slicesMax && days[to] === days[from]) {
    const { documentCount = 0, sizeBytes = 0 } = slices[to] ?? {};
    if (documents + documentCount > documentsMax || bytes + sizeBytes > bytesMax) break;
    documents += documentCount;
    bytes += sizeBytes;
    to += 1;
  }
  return to - from >= Math.max(slicesMin, 2) ? { from, to } : null;
}

/** As much of the start of the run as holds no slice larger than all others together; null when that is too little. */
function withoutGiants(plan: MergePlan, slices: readonly MergeCandidate[], limits: MergeLimits): MergePlan | null {
  if (plan.to - plan.from < limits.slicesMin) return null;
  const counts = slices.slice(plan.from, plan.to).map(({ documentCount }) => documentCount);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const giant = counts.findIndex((count) => count > total / 2);
  return giant < 0 ? plan : withoutGiants({ from: plan.from, to: plan.from + giant }, slices, limits);
}
