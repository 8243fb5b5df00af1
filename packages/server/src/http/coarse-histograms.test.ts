import { WireHistogram } from '@fluoroscope/query';
import { toHistogram } from '@fluoroscope/store';
import { expect, test } from 'vitest';
import { coarseHistograms } from './coarse-histograms.ts';

const FINE = new WireHistogram(
  toHistogram(new Map(Array.from({ length: 900 }, (_, at) => [100_000 + at * 1_000, 1 + (at % 3)]))),
);

test('few entries, as many requests, means and percentiles nearly where they were', () => {
  const [service] = coarseHistograms([
    { DurationHistogram: FINE, ResponseTimeHistogram: FINE, Edges: [{ ReferenceId: 0, ResponseTimeHistogram: FINE }] },
  ]);
  const entries = service?.ResponseTimeHistogram?.toJSON() ?? [];
  const total = (histogram: WireHistogram): number => histogram.toJSON().reduce((sum, { Count = 0 }) => sum + Count, 0);
  const seconds = (histogram: WireHistogram): number =>
    histogram.toJSON().reduce((sum, { Value = 0, Count = 0 }) => sum + Value * Count, 0);
  expect(entries.length).toBeLessThan(45);
  expect(total(new WireHistogram(FINE.sums))).toBe(total(service?.ResponseTimeHistogram ?? FINE));
  expect(seconds(service?.ResponseTimeHistogram ?? FINE) / seconds(FINE)).toBeCloseTo(1, 3);
  expect(service?.Edges?.[0]).toMatchObject({ ReferenceId: 0, ResponseTimeHistogram: { sums: expect.anything() } });
  expect(service).not.toHaveProperty('DurationHistogram');
});

test('what took no time stays', () => {
  const none = new WireHistogram(toHistogram(new Map([[0, 4]])));
  expect(coarseHistograms([{ ResponseTimeHistogram: none }])[0]?.ResponseTimeHistogram?.toJSON()).toEqual([
    { Value: 0, Count: 4 },
  ]);
});
