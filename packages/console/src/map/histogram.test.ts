import { expect, test } from 'vitest';
import { boxAround, fit, readable, zoomAt } from './camera.ts';
import { logBins, logTicks, quantile } from './histogram.ts';

const ENTRIES = [
  { Value: 2, Count: 1 },
  { Value: 0.01, Count: 90 },
  { Value: 0.1, Count: 9 },
];

test('bins hold every request, in order', () => {
  const bins = logBins(ENTRIES, 20);
  expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(100);
  expect(bins.every((bin, at) => at === 0 || Math.abs(bin.fromS - (bins[at - 1]?.toS ?? 0)) < 1e-9)).toBe(true);
});

test.each([[[]], [[{ Value: 1 }]], [[{ Value: Number.NaN, Count: 3 }]], [[{ Count: 0, Value: 1 }]]])(
  'nothing to draw in %j',
  (entries) => {
    expect(logBins(entries, 10)).toEqual([]);
  },
);

test('zero and a single value have bins too', () => {
  expect(logBins([{ Value: 0, Count: 4 }], 10).some((bin) => bin.count === 4)).toBe(true);
});

test('zeros stretch the axis by no more than one step', () => {
  expect(
    logBins(
      [
        { Value: 0, Count: 4 },
        { Value: 0.001, Count: 9 },
        { Value: 1, Count: 9 },
      ],
      10,
    )[0]?.fromS,
  ).toBeGreaterThan(4e-4);
});

test.each([
  [0.5, 0.01],
  [0.95, 0.1],
  [1, 2],
])('quantile %s is %s', (share, value) => {
  expect(quantile(ENTRIES, share)).toBe(value);
});

test('no quantile of nothing', () => {
  expect(quantile([], 0.5)).toBeUndefined();
});

test('ticks lie on the axis', () => {
  expect(logTicks(0.05, 30).map((tick) => Number(tick.toPrecision(3)))).toEqual([0.1, 1, 10]);
});

test('zooming keeps the point under the pointer', () => {
  const before = { x: 30, y: -10, zoom: 0.8 };
  const after = zoomAt(before, { x: 200, y: 100 }, 1.5);
  expect((200 - after.x) / after.zoom).toBeCloseTo((200 - before.x) / before.zoom);
});

test('a fitted box lies inside the view', () => {
  const box = boxAround(
    [
      { x: 0, y: 0 },
      { x: 4000, y: 900 },
    ],
    { x: 50, top: 40, bottom: 60 },
  );
  const { x, y, zoom } = fit(box, { width: 800, height: 600 }, 20);
  expect([box.left * zoom + x, box.top * zoom + y].every((at) => at >= 0)).toBe(true);
  expect(box.right * zoom + x).toBeLessThanOrEqual(800);
});

test('on a small screen a large map opens at its left, readable', () => {
  const box = { left: -100, top: 0, right: 4000, bottom: 300 };
  const size = { width: 390, height: 700 };
  expect(readable(fit(box, size, 10), box, size, 0.7)).toMatchObject({ zoom: 0.7, x: 70 });
});
