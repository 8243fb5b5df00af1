import { expect, test } from 'vitest';
import { windowAgainst } from './against.ts';
import { replayAt, stepChoices, stepCount, stepIndex, stepOf, windowAt } from './replay.ts';

const HOUR = { startS: 1000, endS: 4600 };

test.each([
  [60, 1],
  [300, 5],
  [900, 15],
  [3600, 60],
  [21_600, 600],
])('a window of %d s goes by in steps of %d s', (seconds, step) => {
  expect(stepOf({ startS: 0, endS: seconds })).toBe(step);
  expect(stepChoices({ startS: 0, endS: seconds })).toContain(step);
});

test('steps cover the window, the last one as much as there is', () => {
  const window = { startS: 10, endS: 35 };
  expect(stepCount(window, 10)).toBe(3);
  expect([0, 1, 2, 9, -1].map((index) => windowAt(window, replayAt(window, 10, index)))).toEqual([
    { startS: 10, endS: 20 },
    { startS: 20, endS: 30 },
    { startS: 30, endS: 35 },
    { startS: 30, endS: 35 },
    { startS: 10, endS: 20 },
  ]);
});

test.each([0, 1, 30, 59])('step %d is found again by its moment', (index) => {
  expect(stepIndex(HOUR, replayAt(HOUR, 60, index))).toBe(index);
});

test.each([
  [{ kind: 'before' } as const, -2600],
  [{ kind: 'day' } as const, 1000 - 86_400],
  [{ kind: 'week' } as const, 1000 - 7 * 86_400],
  [{ kind: 'fixed', startS: 5, endS: 6 } as const, 5],
])('against %j', (against, startS) => {
  expect(windowAgainst(HOUR, against).startS).toBe(startS);
});
