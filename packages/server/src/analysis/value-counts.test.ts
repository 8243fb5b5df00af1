import { expect, test } from 'vitest';
import { createAnnotationCounts } from './annotation-counts.ts';
import { createValueCounts } from './value-counts.ts';

const keyed = (text: string) => ({ key: text, value: () => ({ text, filter: null }) });

test('what there is no room for is counted, and the second set has room of its own', () => {
  const counts = createValueCounts(4);
  for (const text of ['a', 'b', 'c', 'd', 'a']) counts.add('a', [keyed(text)]);
  for (const text of ['a', 'x', 'y', 'z']) counts.add('b', [keyed(text)]);
  expect(counts.counted.map(({ key, a, b }) => [key, a, b])).toEqual([
    ['a', 2, 1],
    ['b', 1, 0],
    ['x', 0, 1],
    ['y', 0, 1],
  ]);
  expect(counts.uncounted).toEqual({ a: 2, b: 1 });
});

test('many different numbers are told apart in bands, whose filters say where they begin and end', () => {
  const counts = createAnnotationCounts('items');
  for (let at = 0; at < 100; at += 1) counts.add(at < 50 ? 'a' : 'b', [at]);
  const { kind, counts: shown } = counts.shown({ a: 50, b: 60 });
  expect(kind).toBe('bands');
  const bands = shown.counted.filter(({ band }) => band !== undefined);
  expect(bands.map(({ band, a, b }) => (band?.to ?? 100) - (band?.from ?? 0) - a - b)).toEqual([0, 0, 0, 0, 0]);
  expect(bands[0]?.value.filter).toMatch(/^annotation\.items >= 0 AND annotation\.items < \d+$/);
  expect(bands.at(-1)?.value.filter).toMatch(/^annotation\.items >= \d+$/);
  expect(shown.counted.at(-1)).toMatchObject({
    value: { text: null, filter: '!annotation.items AND !(annotation.items = false)' },
    a: 0,
    b: 10,
  });
  expect(shown.counted.reduce((all, { a, b }) => all + a + b, 0)).toBe(110);
});

test.each([
  ['few numbers', [1, 2, 3]],
  ['numbers and texts', [...Array.from({ length: 50 }, (_value, at) => at), 'many']],
])('%s stand for themselves', (_what, values) => {
  const counts = createAnnotationCounts('items');
  for (const value of values) counts.add('a', [value]);
  const { kind, counts: shown } = counts.shown({ a: values.length, b: 0 });
  expect([kind, shown.counted.length]).toEqual(['values', values.length]);
});
