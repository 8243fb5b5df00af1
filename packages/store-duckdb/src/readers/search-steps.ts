import { SEARCHED_SLICES_MAX } from '../limits.ts';
import type { Source } from '../source.ts';

/** How far a search has come: newest sources first. */
export interface Searched {
  readonly sourceCount: number;
  readonly traceCount: number;
  readonly matchCount: number;
  /** A page, and the one that tells whether there is another. */
  readonly wantedCount: number;
}

/** More are asked than the page seems to need: another statement costs more than a few traces too many. */
const MARGIN = 1.25;

/**
 * How many of the sources that are left one statement asks: one at first, then as many as before and all before them together,
 * but no more than fill the page if the rest matches as often as what was searched. Small slices are the newest: without
 * that, a search that lacks a few traces would ask eight large ones.
 */
export function nextSourceCount(left: readonly Pick<Source, 'traceCount'>[], searched: Searched): number {
  const { sourceCount, traceCount, matchCount, wantedCount } = searched;
  const most = Math.min(left.length, sourceCount + 1, SEARCHED_SLICES_MAX);
  if (matchCount === 0 || matchCount >= wantedCount) return most;
  const wantedTraces = ((wantedCount - matchCount) / matchCount) * traceCount * MARGIN;
  let traces = 0;
  for (let count = 0; count < most; count += 1) {
    if (traces >= wantedTraces && count > 0) return count;
    // Of a head it is not known: it is small, and in memory.
    traces += left[count]?.traceCount ?? 0;
  }
  return most;
}
