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
 * - of the newest day, `slicesMin` or more, or as many as a merged slice may hold, of which none makes up more than half,
 *   so that each document is written again only when its slice at least doubles;
 * - of a day that is over, two or more, since nothing will join them any more.
 */
export function planMerge(slices: readonly MergeCandidate[], limits: MergeLimits): MergePlan | null {
  const days = daysOf(slices);
  const newestDay = days.at(-1);
  for (let from = 0; from < slices.length; from += 1) {
    const isOver = days[from] !== newestDay;
    const run = longestFrom(from, slices, days, limits);
    const plan = isOver ? run : withoutGiants(run, slices, run.isFull ? 2 : limits.slicesMin, limits);
    if (plan !== null && plan.to - plan.from >= 2) return { from: plan.from, to: plan.to };
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

/** Slices of less than half of what a slice may hold: those that merges may still bring together. */
export function countSmall(slices: readonly MergeCandidate[], { documentsMax, bytesMax }: MergeLimits): number {
  return slices.filter(({ documentCount, sizeBytes }) => documentCount * 2 < documentsMax && sizeBytes * 2 < bytesMax)
    .length;
}

interface Run extends MergePlan {
  /** The next slice of the day would be too much for one slice, or for one merge. */
  readonly isFull: boolean;
}

function longestFrom(
  from: number,
  slices: readonly MergeCandidate[],
  days: readonly number[],
  { slicesMax, documentsMax, bytesMax }: MergeLimits,
): Run {
  let documents = 0;
  let bytes = 0;
  let to = from;
  while (to < slices.length && to - from < slicesMax && days[to] === days[from]) {
    const { documentCount = 0, sizeBytes = 0 } = slices[to] ?? {};
    documents += documentCount;
    bytes += sizeBytes;
    if (documents > documentsMax || bytes > bytesMax) return { from, to, isFull: true };
    to += 1;
  }
  return { from, to, isFull: to - from === slicesMax };
}

/** As much of the start of the run as holds no slice larger than all others together; null when that is too little. */
function withoutGiants(
  { from, to }: MergePlan,
  slices: readonly MergeCandidate[],
  slicesMin: number,
  limits: MergeLimits,
): MergePlan | null {
  if (to - from < slicesMin) return null;
  const counts = slices.slice(from, to).map(({ documentCount }) => documentCount);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const giant = counts.findIndex((count) => count > total / 2);
  if (giant < 0) return { from, to };
  return withoutGiants({ from, to: from + giant }, slices, limits.slicesMin, limits);
}
