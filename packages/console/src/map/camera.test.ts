import { expect, test } from 'vitest';
import { type Camera, fit, fitClear, pinch } from './camera.ts';

const SIZE = { width: 1000, height: 600 };
const LEGEND = { left: 10, top: 550, right: 700, bottom: 590 };
const MINIMAP = { left: 800, top: 460, right: 990, bottom: 590 };
const bottomOf = (box: { bottom: number }, { y, zoom }: Camera): number => y + box.bottom * zoom;
const rightOf = (box: { right: number }, { x, zoom }: Camera): number => x + box.right * zoom;

test('what nothing covers is fitted as ever', () => {
  const low = { left: 0, right: 900, top: 0, bottom: 100 };
  expect(fitClear(low, SIZE, 20, [LEGEND, MINIMAP])).toEqual(fit(low, SIZE, 20));
});

test('a tall map ends above the legend', () => {
  const tall = { left: 0, right: 600, top: 0, bottom: 2000 };
  expect(bottomOf(tall, fitClear(tall, SIZE, 20, [LEGEND]))).toBeLessThanOrEqual(LEGEND.top);
});

test('of above and beside it takes what leaves the map larger', () => {
  const wide = { left: 0, right: 1000, top: 0, bottom: 590 };
  const camera = fitClear(wide, SIZE, 20, [MINIMAP]);
  expect(rightOf(wide, camera) <= MINIMAP.left || bottomOf(wide, camera) <= MINIMAP.top).toBe(true);
  const tall = { left: 0, right: 1000, top: 0, bottom: 900 };
  expect(rightOf(tall, fitClear(tall, SIZE, 20, [MINIMAP]))).toBeLessThanOrEqual(MINIMAP.left);
});

test('fingers keep hold of what they touch', () => {
  const before = [
    { x: 100, y: 100 },
    { x: 200, y: 100 },
  ] as const;
  const now = [
    { x: 150, y: 140 },
    { x: 350, y: 140 },
  ] as const;
  expect(pinch({ x: 0, y: 0, zoom: 1 }, before, now)).toEqual({ x: -50, y: -60, zoom: 2 });
});
