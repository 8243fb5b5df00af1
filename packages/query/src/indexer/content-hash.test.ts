import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentHash } from './content-hash.ts';

test('equal texts have equal hashes, and others others', () => {
  const seen = new Map<number, string>();
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ maxLength: 8 }), fc.json());
  fc.assert(
    fc.property(text, (some) => {
      const hash = contentHash(some);
      expect(Number.isSafeInteger(hash)).toBe(true);
      expect(contentHash(`${some.slice(0, 1)}${some.slice(1)}`)).toBe(hash);
      expect(seen.get(hash) ?? some).toBe(some);
      seen.set(hash, some);
    }),
    { seed: 4, numRuns: 5_000 },
  );
});

test.each([
  ['a zero at the end', 'abc', 'abc\0'],
  ['a digit of a long text', '1'.repeat(500_000), `${'1'.repeat(499_999)}2`],
  ['what follows a long text', 'a', 'b'],
  ['words in another order', 'abcdefgh', 'efghabcd'],
])('told apart: %s', (_name, one, other) => {
  expect(contentHash(one)).not.toBe(contentHash(other));
});
