import { expect, test } from 'vitest';
import type { Source } from '../source.ts';
import { createSliceCache } from './slice-cache.ts';

const sliceOf = (orderNo: number): Source => ({
  kind: 'slice',
  hasFindings: true,
  prefix: `slice_${orderNo}.main`,
  orderNo,
  extent: null,
  mayKnow: () => true,
});
const [first, second, third] = [sliceOf(1), sliceOf(2), sliceOf(3)];

test('a value is found under its slice and key only', () => {
  const cache = createSliceCache<string>(1_000);
  cache.set(first, 'a', 'one', 10);
  expect([cache.get(first, 'a'), cache.get(first, 'b'), cache.get(second, 'a')]).toEqual(['one', undefined, undefined]);
});

test('the value not used for the longest time makes room', () => {
  const cache = createSliceCache<string>(100);
  for (const [slice, key] of [
    [first, 'a'],
    [first, 'b'],
    [second, 'a'],
    [second, 'b'],
  ] as const)
    cache.set(slice, key, key, 25);
  cache.get(first, 'a');
  cache.set(third, 'a', 'new', 25);
  expect(cache.get(first, 'a')).toBe('a');
  expect(cache.get(first, 'b')).toBeUndefined();
  expect(cache.get(third, 'a')).toBe('new');
});

test('a value larger than its share is not held, nor the one it would have replaced', () => {
  const cache = createSliceCache<string>(100);
  cache.set(first, 'a', 'small', 25);
  cache.set(first, 'a', 'large', 26);
  expect(cache.get(first, 'a')).toBeUndefined();
});

test('a replaced value gives back its room', () => {
  const cache = createSliceCache<string>(100);
  cache.set(second, 'a', 'other', 25);
  for (let turn = 0; turn < 9; turn += 1) cache.set(first, 'a', `turn ${turn}`, 25);
  expect(cache.get(second, 'a')).toBe('other');
});

test.each([
  ['what is free', 25, 0, true],
  ['what is in use', 26, 0, false],
  ['what was not used for long', 50, 60, true],
  ['more than that', 51, 60, false],
] as const)('room for %s', (_what, sizeBytes, waitMs, hasRoom) => {
  let nowMs = 0;
  const cache = createSliceCache<string>(100, () => nowMs);
  for (const slice of [first, second, third]) cache.set(slice, 'a', 'held', 25);
  nowMs += waitMs;
  cache.get(first, 'a');
  cache.get(third, 'a');
  expect(cache.hasRoom(sizeBytes, 60)).toBe(hasRoom);
});
