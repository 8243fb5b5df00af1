import { expect, test } from 'vitest';
import { layWaterfall, planScroll, ROW_PX } from './layout.ts';

test.each([390, 800, 1440, 2560])('at %d px the columns stand in order, and the axis has room', (width) => {
  const { nameTo, timeTo, axisFrom, axisTo } = layWaterfall(width, 500);
  expect(nameTo).toBeLessThan(timeTo);
  expect(timeTo).toBeLessThan(axisFrom);
  expect(axisTo - axisFrom).toBeGreaterThan(width * 0.2);
});

test('what a segment is hosted in has a column where there is room for it', () => {
  const [narrow, wide] = [layWaterfall(800, 500), layWaterfall(1440, 500)];
  expect(narrow.hostTo).toBe(0);
  expect(wide.hostFrom).toBeGreaterThan(wide.nameTo);
  expect(wide.hostTo).toBeLessThan(wide.statusTo);
});

test.each([10, 10_000, 1_000_000])('%d lines can be scrolled to their end', (count) => {
  const { scrollPx, topOf, scrollTopOf } = planScroll(count, 500);
  expect(scrollPx).toBeLessThan(17_000_000);
  const last = count * ROW_PX - 500;
  expect(topOf(Math.max(0, scrollPx - 500))).toBeCloseTo(Math.max(0, last), 3);
  expect(topOf(scrollTopOf(1234))).toBeCloseTo(1234);
});
