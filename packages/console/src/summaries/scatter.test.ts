import { expect, test } from 'vitest';
import { TRACES_PLACE } from '../url/place.ts';
import { summaryRow } from './row.ts';
import { nearestDot, planScatter, responseAt, timeAt, xOf, yOf } from './scatter.ts';
import { isSelected, NOTHING_SELECTED, placeOfSelection } from './selection.ts';

const BOX = { left: 50, top: 10, width: 300, height: 90 };
const WINDOW = { startS: 1000, endS: 1060 };
const ROWS = [
  summaryRow({ Id: 'a', StartTime: 1000, ResponseTime: 0.1 }),
  summaryRow({ Id: 'b', StartTime: 1030, ResponseTime: 1 }),
  summaryRow({ Id: 'c', StartTime: 1030, ResponseTime: 1 }),
  summaryRow({ Id: 'd', StartTime: 1030, ResponseTime: 1, HasFault: true }),
  summaryRow({ Id: 'e', StartTime: 1040 }),
];
const PLAN = planScatter(ROWS, WINDOW, BOX);

test('a dot for each that can be told apart; those without a time have none', () => {
  expect(PLAN.dots.map(({ row }) => row.id)).toEqual(['a', 'b', 'd']);
  expect(PLAN.timedCount).toBe(4);
  expect(nearestDot(PLAN, xOf(PLAN, 1000) + 3, yOf(PLAN, 0.1), 14)?.row.id).toBe('a');
  expect(nearestDot(PLAN, 120, 50, 14)).toBeNull();
});

test('a point of the plot is a time and a response time, and back', () => {
  expect(timeAt(PLAN, xOf(PLAN, 1017))).toBeCloseTo(1017, 6);
  expect(responseAt(PLAN, yOf(PLAN, 0.25))).toBeCloseTo(0.25, 6);
  expect([timeAt(PLAN, 0), timeAt(PLAN, 9999)]).toEqual([1000, 1060]);
});

test('without rows there is still a plot', () => {
  const plan = planScatter([], WINDOW, BOX);
  expect([plan.dots.length, plan.yTicks.length, Number.isFinite(plan.fromS)]).toEqual([0, 0, true]);
});

test('a selection becomes the range and a part of the filter', () => {
  const selection = { time: { startS: 1000.0004, endS: 1030.0001 }, band: { fromS: 0.05, toS: 0.2 } };
  expect(placeOfSelection({ ...TRACES_PLACE, filter: 'ok' }, selection)).toMatchObject({
    range: { kind: 'fixed', startS: 1000, endS: 1030.001 },
    filter: 'ok AND responsetime >= 0.05 AND responsetime <= 0.2',
  });
  expect(placeOfSelection(TRACES_PLACE, NOTHING_SELECTED)).toEqual(TRACES_PLACE);
});

test.each([
  [NOTHING_SELECTED, 'abcde'],
  [{ time: { startS: 1000, endS: 1030 }, band: null }, 'a'],
  [{ time: null, band: { fromS: 0.5, toS: 2 } }, 'bcd'],
])('of %j are %s', (selection, ids) => {
  expect(
    ROWS.filter((row) => isSelected(row, selection))
      .map(({ id }) => id)
      .join(''),
  ).toBe(ids);
});
