import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketNumber, bucketOfNumber } from './bucket-number.ts';
import { latencyBucketUs } from './latency-bucket.ts';

/** All up to 31 years. */
const NUMBERS = Array.from({ length: 100 + 350 * 13 }, (_item, number) => number);

test('numbers are without gaps, and each is the number of its own bucket', () => {
  expect(NUMBERS.map((number) => bucketNumber(bucketOfNumber(number)))).toEqual(NUMBERS);
  expect(NUMBERS.map((number) => latencyBucketUs(bucketOfNumber(number)))).toEqual(NUMBERS.map(bucketOfNumber));
});

test('every duration has the number of its bucket', () => {
  const durations = fc.oneof(fc.integer({ min: -5, max: 20_000 }), fc.maxSafeNat());
  fc.assert(
    fc.property(durations, (durationUs) => {
      const bucketUs = latencyBucketUs(durationUs);
      expect(bucketOfNumber(bucketNumber(bucketUs))).toBe(bucketUs);
    }),
    { seed: 20_261_121, numRuns: 5_000 },
  );
});
