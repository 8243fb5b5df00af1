import { murmur2 as libraryMurmur2 } from '@platformatic/kafka';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { murmur2, partitionOf } from './partition-of.ts';

test("the hash is Kafka's, whatever the length of the key", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (key) => {
      expect(murmur2(key)).toBe(libraryMurmur2(Buffer.from(key)));
    }),
    { seed: 20_261_121, numRuns: 500 },
  );
});

// As Kafka's own clients have it.
test.each([
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['a-little-bit-long-string', -985_981_536],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
])('%s', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

test('a partition is never negative', () => {
  expect(partitionOf(Buffer.from('21'), 7)).toBe((-973_932_308 & 0x7fffffff) % 7);
});
