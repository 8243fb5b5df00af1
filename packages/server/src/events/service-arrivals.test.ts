import { timeUs } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { createServiceArrivals, type ArrivedDocument } from './service-arrivals.ts';

const NOW = 1_800_000_000;
const segment = (name: string, ago: number | null): ArrivedDocument => ({
  name,
  ...(ago !== null && { end_time: NOW - ago }),
});

test.each<[string, readonly ArrivedDocument[], readonly unknown[]]>([
  ['nothing', [], []],
  ['in time', [segment('a', 1), segment('a', 60)], [['a', 2, 0]]],
  [
    'late',
    [segment('a', 61), segment('b', 1)],
    [
      ['a', 1, 1],
      ['b', 1, 0],
    ],
  ],
  ['what is in progress is not late', [segment('a', null)], [['a', 1, 0]]],
  ['a subsegment names no service', [{ ...segment('call', 90), type: 'subsegment' }], [[null, 1, 1]]],
  [
    'beyond the bound',
    [segment('a', 1), segment('b', 1), segment('c', 99), segment('a', 1)],
    [
      ['a', 2, 0],
      ['b', 1, 0],
      [null, 1, 1],
    ],
  ],
])('%s', (_name, documents, expected) => {
  const arrivals = createServiceArrivals(2);
  arrivals.add(documents, timeUs(NOW * 1e6));
  expect(arrivals.read().map(({ name, segmentCount, lateCount }) => [name, segmentCount, lateCount])).toEqual(expected);
});
