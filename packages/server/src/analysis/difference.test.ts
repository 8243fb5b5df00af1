import { expect, test } from 'vitest';
import { differenceOf } from './difference.ts';

// Newcombe 1998, table II: 56 of 70 and 48 of 80, 9 of 10 and 3 of 10, 10 of 10 and 0 of 20; by method 10 at 95 %.
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [10, 10, 0, 20, 0.6791, 1],
])('%i of %i and %i of %i: the published interval', (a, aTotal, b, bTotal, low, high) => {
  const found = differenceOf({ a, aTotal, b, bTotal }, 1.959_964);
  expect(found.low).toBeCloseTo(low, 4);
  expect(found.high).toBeCloseTo(high, 4);
});

const SHARES = [0, 1, 3, 10].flatMap((a) =>
  [10, 400].flatMap((aTotal) => [0, 5, 40].flatMap((b) => [40, 4_000].map((bTotal) => ({ a, aTotal, b, bTotal })))),
);

test.each(SHARES)('$a of $aTotal and $b of $bTotal: bounds, and the same when the sets change places', (shares) => {
  const { a, aTotal, b, bTotal } = shares;
  const found = differenceOf(shares);
  const turned = differenceOf({ a: b, aTotal: bTotal, b: a, bTotal: aTotal });
  expect(found.score).toBeLessThanOrEqual(Math.abs(found.difference) + 1e-12);
  expect(found.low).toBeLessThanOrEqual(found.difference);
  expect(found.high).toBeGreaterThanOrEqual(found.difference);
  expect(turned.score).toBeCloseTo(found.score, 12);
  expect(turned.low).toBeCloseTo(-found.high, 12);
});

test('the more traces say the same, the more it counts', () => {
  const scores = [1, 10, 100, 1_000].map(
    (times) => differenceOf({ a: 3 * times, aTotal: 4 * times, b: times, bTotal: 4 * times }).score,
  );
  expect(scores[0]).toBe(0);
  expect(scores).toEqual(scores.toSorted((x, y) => x - y));
  expect(scores.at(-1)).toBeGreaterThan(0.4);
});

test.each([
  ['one trace, however rare elsewhere', 1, 1, 0, 3],
  ['equal shares', 500, 1_000, 5_000, 10_000],
  ['a set without traces', 0, 0, 500, 1_000],
])('%s tells nothing', (_what, a, aTotal, b, bTotal) => {
  expect(differenceOf({ a, aTotal, b, bTotal }).score).toBe(0);
});

test('large and sure comes before larger and unsure', () => {
  const sure = differenceOf({ a: 450, aTotal: 1_000, b: 20, bTotal: 1_000 });
  const unsure = differenceOf({ a: 3, aTotal: 4, b: 0, bTotal: 1_000 });
  expect(unsure.difference).toBeGreaterThan(sure.difference);
  expect(sure.score).toBeGreaterThan(unsure.score);
});
