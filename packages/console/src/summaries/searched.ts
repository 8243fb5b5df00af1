import { formatCount } from '../text/format.ts';
import type { TimeWindow } from '../url/range.ts';

/** How far a search came, which begins with the newest traces and goes back. */
export interface Searched {
  /** Of the time, 0 to 1; null: nothing is known yet. */
  readonly share: number | null;
  readonly foundCount: number;
  /** It goes on by itself. */
  readonly isRunning: boolean;
}

/** What of a window lies behind a search that has reached back to a time. */
export function shareSearched({ startS, endS }: TimeWindow, reachedS: number): number {
  return endS > startS ? Math.min(1, Math.max(0, (endS - reachedS) / (endS - startS))) : 1;
}

/** Less than all is never told as 100 %. */
export function describeSearched({ share, foundCount }: Searched): string {
  const found = `${formatCount(foundCount)} found`;
  if (share === null) return 'Searching';
  if (share === 1) return `All of the time searched, ${found}`;
  return `${Math.min(99, Math.floor(share * 100))} % of the time searched, ${found}`;
}
