import { expect, test } from 'vitest';
import { nextSourceCount } from './search-steps.ts';

/** Traces of each source left in thousands, what was searched (sources, thousands of traces, matches), and how many come next. */
test.each<[string, readonly number[], readonly [number, number, number], number]>([
  ['the newest first, by itself', [10, 10, 10], [0, 0, 0], 1],
  ['twice as many each time while nothing matches', [10, 10, 10, 10], [1, 10, 0], 2],
  ['… four', [10, 10, 10, 10, 10], [3, 30, 0], 4],
  ['… eight at most', Array.from({ length: 30 }, () => 10), [15, 150, 0], 8],
  ['no more than are left', [10], [3, 30, 0], 1],
  ['as many as the page lacks', [10, 10, 10, 100, 100], [7, 70, 77], 3],
  ['one large one for what small ones lack', [100, 100, 100], [10, 100, 90], 1],
  ['one at least', [10, 10], [3, 30, 100], 1],
  ['all that may reach into a full page', [10, 10, 10, 10, 10], [3, 30, 101], 4],
  ['rare matches: as without', [10, 10, 10, 10, 10], [3, 300, 1], 4],
])('%s', (_name, left, [sourceCount, thousands, matchCount], expected) => {
  const sources = left.map((count) => ({ traceCount: count * 1000 }));
  const searched = { sourceCount, traceCount: thousands * 1000, matchCount, wantedCount: 101 };
  expect(nextSourceCount(sources, searched)).toBe(expected);
});
