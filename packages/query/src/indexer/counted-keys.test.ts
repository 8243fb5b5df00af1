import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CountedKeys } from './counted-keys.ts';

test('shows the smallest keys, whatever was added and removed', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 40 }).map(String), fc.boolean()), { maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 }), (changes, max) => {
      const keys = new CountedKeys<string>(max);
      const counts = new Map<string, number>();
      for (const [key, isAdded] of changes) {
        const count = counts.get(key) ?? 0;
        if (!isAdded && count === 0) continue;
        if (isAdded) keys.add(key, `value ${key}`);
        else keys.remove(key);
        counts.set(key, count + (isAdded ? 1 : -1));
        const present = [...counts].filter(([, times]) => times > 0).map(([text]) => text);
        expect(keys.size).toBe(present.length);
        expect(keys.shown().map((shown) => shown.key)).toEqual(present.toSorted().slice(0, max));
        expect(keys.get(key)).toBe(present.includes(key) ? `value ${key}` : undefined);
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('what was never added cannot be removed', () => {
  expect(() => new CountedKeys<null>(5).remove('a')).toThrow('never added');
});
