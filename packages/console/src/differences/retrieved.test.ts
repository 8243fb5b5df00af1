import type { ComparedSet, SetDifferences } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { ANALYTICS_PLACE } from '../url/analytics-place.ts';
import { describeCount, describePart, refined, sharesOf, totalsInput, totalsOf } from './retrieved.ts';

const set = (count: number, complete = true, matchingCount: number | null = null): ComparedSet => ({
  count,
  faultCount: 0,
  errorCount: 0,
  throttleCount: 0,
  p50: null,
  p95: null,
  p99: null,
  trend: [],
  histogram: [],
  looked: { count, countMax: 5000, complete, cutSliceCount: 0, sliceCount: 1, matchingCount, unjudgedCount: 0 },
});
const ANSWER: SetDifferences = {
  startTime: 100,
  endTime: 200,
  stepSeconds: 10,
  a: set(10),
  b: set(4),
  fields: [],
  uncountedAnnotations: { a: 0, b: 0 },
  causes: {
    responsetime: { covered: { a: 0, b: 0 }, causes: [], causeCount: 0, uncounted: { a: 0, b: 0 } },
    fault: { covered: { a: 0, b: 0 }, causes: [], causeCount: 0, uncounted: { a: 0, b: 0 } },
    error: { covered: { a: 0, b: 0 }, causes: [], causeCount: 0, uncounted: { a: 0, b: 0 } },
  },
};

test.each([
  ['', '', null],
  ['fault', '', 'fault'],
  ['group.name = "shop"', 'group.name = "shop"', null],
  ['group.name = "shop" AND fault', 'group.name = "shop"', 'fault'],
])('retrieved with %j: of the group %j what matches %j', (within, filter, rest) => {
  const place = { ...ANALYTICS_PLACE, within };
  const b = rest === null ? null : { filter: rest };
  expect(totalsInput(place, ANSWER)).toEqual({ startTime: 100, endTime: 200, filter, a: { filter: '' }, b });
  expect(totalsOf(place, ANSWER).retrieved).toBe(rest === null ? null : ANSWER.b);
});

test('what is A becomes what is retrieved, with its time', () => {
  const a = { filter: 'fault', time: { startS: 1, endS: 2 } };
  expect(refined({ ...ANALYTICS_PLACE, within: 'ok', a, b: a })).toEqual({
    ...ANALYTICS_PLACE,
    within: 'ok AND fault',
    range: { kind: 'fixed', startS: 1, endS: 2 },
  });
  expect(refined({ ...ANALYTICS_PLACE, a: { filter: 'fault', time: null } }).range).toEqual(ANALYTICS_PLACE.range);
});

test.each([
  [set(10), '10'],
  [set(10, false, 1234), '1,234'],
  [set(10, false), 'more than 10'],
])('%o has %s traces', (one, said) => expect(describeCount(one)).toBe(said));

test('the part of a group that was retrieved is told where both were counted', () => {
  expect(describePart({ group: set(10, false, 40), retrieved: set(10) })).toMatch(/^25.?%$/);
  expect(describePart({ group: set(10, false), retrieved: set(10) })).toBeNull();
  expect(describePart({ group: set(10), retrieved: null })).toBeNull();
});

test('shares of a third set in the bins of two: what lies beyond them is left out, not piled up', () => {
  const bins = [0, 1].map((at) => ({ from: at, to: at + 1, a: 0, b: 0, countA: 0, countB: 0 }));
  expect(
    sharesOf(bins, [
      [0.5, 1],
      [1, 2],
      [7, 1],
    ]),
  ).toEqual([0.25, 0.5]);
});
