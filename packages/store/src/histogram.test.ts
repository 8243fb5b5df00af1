import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addHistograms, toHistogram } from './histogram.ts';

test('buckets ascend, without those that count nothing', () => {
  const histogram = toHistogram(
    new Map([
      [300, 2],
      [5, 0],
      [90, -1],
    ]),
  );
  expect(histogram).toEqual({ bucketsUs: Float64Array.of(90, 300), counts: Float64Array.of(-1, 2) });
});

test('a sum has of each bucket what both have together', () => {
  const buckets = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: -2, max: 2 })));
  fc.assert(
    fc.property(buckets, buckets, (a, b) => {
      const [inA, inB] = [new Map(a), new Map(b)];
      const both = [...new Set([...inA.keys(), ...inB.keys()])];
      const sum = new Map(both.map((bucket) => [bucket, (inA.get(bucket) ?? 0) + (inB.get(bucket) ?? 0)]));
      expect(addHistograms(toHistogram(inA), toHistogram(inB))).toEqual(toHistogram(sum));
    }),
    { seed: 20_261_121, numRuns: 500 },
  );
});
