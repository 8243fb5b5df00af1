import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latencyBucketUs } from './latency-bucket.ts';

test.each([
  [0, 0],
  [-5, 0],
  [99, 99],
  [199, 199],
  [201, 202],
  [300_000, 300_000],
  [123_456, 123_000],
  [999_999, 1_000_000],
])('%d µs falls into %d', (durationUs, bucketUs) => {
  expect(latencyBucketUs(durationUs)).toBe(bucketUs);
});

test('a bucket is within half a per cent of its durations, and its own bucket', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 10 ** 13 }), (durationUs) => {
      const bucketUs = latencyBucketUs(durationUs);
      expect(Math.abs(bucketUs - durationUs) / durationUs).toBeLessThanOrEqual(0.005);
      expect(latencyBucketUs(bucketUs)).toBe(bucketUs);
    }),
    { seed: 7, numRuns: 2_000 },
  );
});
