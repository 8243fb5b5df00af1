import { expect, test } from 'vitest';
import { bandAt, bandStarts, floorNumber, timeBand, timeBandAt } from './number-bands.ts';

test.each([
  [0, 0],
  [7, 7],
  [0.3, 0.3],
  [1_234, 1_230],
  [1_239.9, 1_230],
  [0.9996, 0.999],
  [-1_234, -1_240],
  [1e21, 1e21],
  [-3e-9, -3e-9],
])('%d is put down to %d', (value, floor) => {
  expect(floorNumber(value)).toBe(floor);
});

test('putting down keeps the order', () => {
  const numbers = Array.from({ length: 4_000 }, (_number, at) => (at - 2_000) * 0.000_37);
  const floors = numbers.map(floorNumber);
  expect(floors).toEqual(floors.toSorted((x, y) => x - y));
  expect(floors.every((floor, at) => floor <= (numbers[at] ?? Number.NaN))).toBe(true);
});

test('bands have about the same weight, whatever the order', () => {
  const numbers = Array.from({ length: 100 }, (_number, at) => ({ value: (at * 37) % 100, weight: 1 }));
  expect(bandStarts(numbers)).toEqual([0, 20, 40, 60, 80]);
  expect([-1, 0, 19.9, 500].map((value) => bandAt(bandStarts(numbers), value))).toEqual([-1, 0, 0, 4]);
});

test.each([
  [0, 0, 0.001],
  [999, 0, 0.001],
  [1_000, 0.001, 0.002],
  [199_999, 0.1, 0.2],
  [200_000, 0.2, 0.5],
  [1e12, 500, null],
])('%i µs lie in the band from %d s to %d s', (us, from, to) => {
  expect(timeBand(timeBandAt(us))).toEqual({ from, to });
});
