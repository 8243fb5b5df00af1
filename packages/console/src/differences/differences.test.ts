import type { FieldDifference, SetLooked, ValueDifference } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { ANALYTICS_PLACE, type AnalyticsPlace } from '../url/analytics-place.ts';
import { pairedTimes, pairedTrend } from './bins.ts';
import { describeSet, describeValue, formatPoints, sortFields } from './describe.ts';
import { chosenBand, differencesInput, explain, narrowed, refusalsOf, swapped, tracesOf, withinBoth } from './sets.ts';

const TIME = { startS: 10, endS: 20 };
const place = (more: Partial<AnalyticsPlace>): AnalyticsPlace => ({ ...ANALYTICS_PLACE, ...more });
const set = (filter: string, time: typeof TIME | null = null) => ({ filter, time });
const FAULTS = place({ within: 'ok OR fault', a: set('fault') });

test.each([
  ['a', FAULTS, '(ok OR fault) AND fault'],
  ['b', FAULTS, '(ok OR fault) AND !(fault)'],
  ['b', place({ a: set('fault', TIME) }), null],
  ['b', place({}), null],
  ['b', place({ a: set('fault'), b: set('ok') }), 'ok'],
] as const)('the list of %s of %j has the filter %s', (side, at, filter) => {
  expect(tracesOf(at, side)?.filter ?? null).toBe(filter);
});

test('a list of one value, in the time of its set', () => {
  const list = tracesOf(place({ a: set('fault', TIME) }), 'a', 'user = "ann"');
  expect(list).toMatchObject({ filter: 'fault AND user = "ann"', range: { kind: 'fixed', ...TIME } });
});

test.each([
  ['a', FAULTS, { a: set('fault AND ok'), b: null }],
  ['b', FAULTS, { a: set('fault'), b: set('!(fault) AND ok') }],
  ['b', place({ a: set('fault', TIME) }), { b: set('ok') }],
] as const)('%s of %j becomes smaller', (side, at, found) => {
  expect(narrowed(at, side, { filter: 'ok', time: null })).toMatchObject(found);
});

test('a time is put in the place of another one', () => {
  const later = { startS: 15, endS: 18 };
  expect(narrowed(place({ a: set('ok', TIME) }), 'a', { filter: '', time: later }).a).toEqual(set('ok', later));
});

test('sets change places, and the rest becomes a set of its own', () => {
  expect(swapped(place({ a: set('fault') }))).toMatchObject({ a: set('!(fault)'), b: set('fault') });
  expect(withinBoth(FAULTS, '!(ok)').within).toBe('(ok OR fault) AND !(ok)');
});

test('what was brushed is explained by the rest of what it was brushed in', () => {
  const at = explain(FAULTS.range, 'user = "ann"', chosenBand({ fromS: 0.5, toS: 1 }));
  expect(differencesInput(at, 1_000)).toMatchObject({
    filter: 'user = "ann"',
    a: { filter: 'responsetime >= 0.5 AND responsetime <= 1' },
    b: null,
  });
});

test.each([
  [null, { a: null, b: null, both: null }],
  ['a: FilterExpression: column 3: bogus', { a: 'FilterExpression: column 3: bogus', b: null, both: null }],
  ['b: column 1', { a: null, b: 'column 1', both: null }],
  ['FilterExpression: column 3', { a: null, b: null, both: 'FilterExpression: column 3' }],
])('%j is said at its set', (message, found) => {
  expect(refusalsOf(message)).toEqual(found);
});

const LOOKED: SetLooked = {
  count: 5_000,
  countMax: 5_000,
  complete: false,
  cutSliceCount: 12,
  sliceCount: 12,
  matchingCount: 20_000,
  unjudgedCount: 0,
};

test.each([
  [{ complete: true }, 'all of it'],
  [{ complete: true, unjudgedCount: 2 }, 'all of it; 2 could not be held against the filter'],
  [{}, 'a sample of 5,000 of 20.0k: the newest of each part of its time'],
  [{ matchingCount: null, cutSliceCount: 3 }, 'a sample of 5,000: the newest of 3 of 12 parts of its time'],
  [{ sliceCount: 1, cutSliceCount: 1 }, 'the newest of 20.0k'],
  [{ sliceCount: 1, matchingCount: null }, 'the newest of it'],
  [{ matchingCount: 50_000 }, 'a sample of 5,000 of more than 50.0k: the newest of each part of its time'],
])('%j is said as %s', (looked, said) => {
  expect(describeSet({ ...LOOKED, ...looked })).toBe(said);
});

const value = (text: string | null, band?: ValueDifference['band']): ValueDifference => ({
  value: { text, filter: null },
  band,
  a: 1,
  b: 1,
  difference: 0,
  low: 0,
  high: 0,
  score: 0,
  named: false,
});

test.each([
  ['user', value('ann'), 'ann'],
  ['user', value(''), '""'],
  ['user', value(null), null],
  ['annotation.items', value('x', { from: 1, to: 2.5 }), '1 – 2.5'],
  ['annotation.items', value('x', { from: 3, to: null }), '3 and more'],
] as const)('a value of %s is told', (field, found, told) => {
  expect(describeValue(field, found)).toBe(told);
});

test('times are told with their units', () => {
  expect(describeValue('responsetime', value('x', { from: 0.1, to: 0.2 }))).toMatch(/^100.ms – 200.ms$/);
});

test('fields are sorted by what they tell', () => {
  const field = (name: string, score: number, named: boolean): FieldDifference => ({
    field: `annotation.${name}`,
    kind: 'values',
    score,
    named,
    valueCount: 0,
    values: [],
    uncounted: { a: 0, b: 0 },
  });
  const sorted = sortFields([field('x', 0.5, false), field('y', 0, false), field('z', 0.9, true)]);
  const names = (fields: readonly FieldDifference[]): string => fields.map((it) => it.field.slice(-1)).join('');
  expect([sorted.telling, sorted.alike, sorted.named].map(names)).toEqual(['x', 'y', 'z']);
});

test.each([
  [0.431, '+43'],
  [-0.0312, '−3.1'],
  [0.0001, '0'],
])('%d is %s', (difference, text) => {
  expect(formatPoints(difference)).toBe(text);
});

test('both sets on one axis: shares of each, none lost', () => {
  const bins = pairedTimes(
    [{ Value: 0.1, Count: 3 }],
    [
      { Value: 1, Count: 5 },
      { Value: 0, Count: 5 },
    ],
    10,
  );
  expect(bins.reduce((all, { a }) => all + a, 0)).toBeCloseTo(1);
  expect(bins.reduce((all, { b }) => all + b, 0)).toBeCloseTo(1);
  expect(bins.reduce((all, { countA, countB }) => all + countA + countB, 0)).toBe(13);
  expect(pairedTrend(100, 10, [1, 3], [0, 0])).toEqual([
    { from: 100, to: 110, a: 0.25, b: 0, countA: 1, countB: 0 },
    { from: 110, to: 120, a: 0.75, b: 0, countA: 3, countB: 0 },
  ]);
  expect(pairedTimes([], [], 10)).toEqual([]);
});
