import type { ComparedSet, SetDifferences } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { ANALYTICS_PLACE } from '../url/analytics-place.ts';
import { describeCount, describePart, refined, sharesOf, totalsAsked, totalsOf } from './retrieved.ts';

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

const FAULTS = { filter: 'fault', time: null };
const OKS = { filter: 'ok', time: null };
const ALL = { filter: '', time: null };

test.each([
  ['', '', null],
  ['fault', '', 'fault'],
  ['group.name = "shop"', 'group.name = "shop"', null],
  ['group.name = "shop" AND fault', 'group.name = "shop"', 'fault'],
])('retrieved with %j, which the sets do not say: of the group %j what matches %j', (within, filter, rest) => {
  const place = { ...ANALYTICS_PLACE, within, a: FAULTS, b: OKS };
  const b = rest === null ? null : { filter: rest };
  expect(totalsAsked(place, ANSWER)).toEqual({ startTime: 100, endTime: 200, filter, a: { filter: '' }, b });
  expect(totalsOf(place, ANSWER, null)).toBeNull();
  expect(totalsOf(place, ANSWER, ANSWER)?.retrieved).toBe(rest === null ? null : ANSWER.b);
});

test.each([
  ['a set and its rest', FAULTS, null, '14'],
  ['a part by time and its rest', { filter: '', time: { startS: 1, endS: 2 } }, null, '14'],
  ['A is all of it', ALL, OKS, '10'],
  ['B is all of it', FAULTS, ALL, '4'],
] as const)('%s say what was retrieved: no more than what is shown', (_, a, b, count) => {
  const place = { ...ANALYTICS_PLACE, a, b };
  expect(totalsAsked(place, ANSWER)).toBeNull();
  const totals = totalsOf(place, ANSWER, null);
  expect(totals === null ? null : describeCount(totals.group)).toBe(count);
});

test('of a filter for both only the group is asked for', () => {
  const place = { ...ANALYTICS_PLACE, within: 'ok', a: FAULTS };
  expect(totalsAsked(place, ANSWER)).toMatchObject({ filter: '', a: { filter: '' }, b: null });
  const totals = totalsOf(place, ANSWER, { ...ANSWER, a: set(28) });
  expect(totals === null ? null : describePart(totals)).toMatch(/^50.?%$/);
});

test('a trace of a set that was sampled stands for several', () => {
  const sampled = { ...set(10, false, 40), trend: [10, 0], histogram: [{ Value: 1, Count: 10 }] };
  const whole = { ...set(4), trend: [0, 4], histogram: [{ Value: 1, Count: 4 }] };
  const totals = totalsOf({ ...ANALYTICS_PLACE, a: FAULTS }, { ...ANSWER, a: sampled, b: whole }, null);
  expect(totals?.group).toMatchObject({
    trend: [40, 4],
    histogram: [
      { Value: 1, Count: 40 },
      { Value: 1, Count: 4 },
    ],
  });
  expect(describeCount(totals?.group ?? set(0))).toBe('44');
});

test('where one was not counted, all of it is asked for', () => {
  const place = { ...ANALYTICS_PLACE, a: FAULTS };
  const answer = { ...ANSWER, a: set(10, false) };
  expect(totalsAsked(place, answer)).not.toBeNull();
  expect(totalsOf(place, answer, { ...ANSWER, a: set(99) })?.group.count).toBe(99);
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
