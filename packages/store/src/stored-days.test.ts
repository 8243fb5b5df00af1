import { timeUs } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { sumByDay } from './stored-days.ts';

const DAY = 86_400_000_000;
const part = (receivedUs: number | null, documentCount: number, sizeBytes: number) => ({
  receivedUs: receivedUs === null ? null : timeUs(receivedUs),
  documentCount,
  sizeBytes,
});

test.each([
  ['nothing', [], []],
  ['parts of a day are one', [part(DAY, 1, 10), part(2 * DAY - 1, 2, 20)], [[DAY, 3, 30]]],
  [
    'days in order, however the parts come',
    [part(3 * DAY + 5, 1, 1), part(DAY, 2, 2)],
    [
      [DAY, 2, 2],
      [3 * DAY, 1, 1],
    ],
  ],
  [
    'a part without documents goes with the one before',
    [part(DAY, 1, 1), part(null, 0, 7), part(2 * DAY, 1, 1)],
    [
      [DAY, 1, 8],
      [2 * DAY, 1, 1],
    ],
  ],
  ['or with the first', [part(null, 0, 7), part(2 * DAY, 1, 1)], [[2 * DAY, 1, 8]]],
])('%s', (_name, parts, expected) => {
  const days = sumByDay(parts).map(({ startUs, documentCount, sizeBytes }) => [startUs, documentCount, sizeBytes]);
  expect(days).toEqual(expected);
});
