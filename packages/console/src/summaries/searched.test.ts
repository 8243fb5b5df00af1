import { expect, test } from 'vitest';
import { describeSearched, shareSearched } from './searched.ts';

const HOUR = { startS: 1000, endS: 4600 };

test.each([
  [4600, 0],
  [3700, 0.25],
  [1000, 1],
  [5000, 0],
  [900, 1],
])('a search that has gone back to %s has seen %s of its time', (reachedS, share) => {
  expect(shareSearched(HOUR, reachedS)).toBe(share);
});

test.each([
  [null, 0, 'Searching'],
  [0, 0, '0 % of the time searched, 0 found'],
  [0.256, 600, '25 % of the time searched, 600 found'],
  [0.9999, 2600, '99 % of the time searched, 2,600 found'],
  [1, 2600, 'All of the time searched, 2,600 found'],
])('%s of the time with %s traces: %s', (share, foundCount, text) => {
  expect(describeSearched({ share, foundCount, isRunning: false })).toBe(text);
});
