import { timeUs } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { createServiceArrivals, type ArrivedDocument, type ServiceArrivals } from './service-arrivals.ts';

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
  arrivals.accepted(documents, timeUs(NOW * 1e6));
  const { services } = arrivals.read();
  expect(services.map(({ name, receivedCount, lateCount }) => [name, receivedCount, lateCount])).toEqual(expected);
});

const a = segment('a', 1);

test.each<[string, (arrivals: ServiceArrivals) => void, readonly unknown[]]>([
  ['refused', (one) => one.refused('http', 'a'), [['a', 1, 1, 0]]],
  ['refused, of a subsegment', (one) => one.refused('http', null), [[null, 1, 1, 0]]],
  ['refused, of nobody known', (one) => one.refused('http', undefined), [['?http', 1, 1, 0]]],
  ['unread', (one) => one.unread('udp', 'a'), [['a', 1, 0, 1]]],
  ['unread, of nobody known', (one) => one.unread('udp', undefined), [['?udp', 1, 0, 1]]],
  ['turned away once accepted', (one) => acceptAnd(one).lost('refused', ['a']), [['a', 1, 1, 0]]],
  ['dropped once accepted', (one) => acceptAnd(one).lost('dropped', ['a']), [['a', 1, 0, 1]]],
  ['lost in the journal', (one) => one.lostInJournal('journal', 3), [['?journal', 0, 0, 3]]],
  [
    'names of refused documents are bounded too',
    (one) => ['a', 'b', 'c', 'd'].forEach((name) => one.refused('http', name)),
    [
      ['a', 1, 1, 0],
      ['b', 1, 1, 0],
      [null, 2, 2, 0],
    ],
  ],
])('%s', (_name, count, expected) => {
  const arrivals = createServiceArrivals(2);
  count(arrivals);
  const { services, unknown } = arrivals.read();
  const rows = [...services, ...unknown.map(({ channel, ...counts }) => ({ name: `?${channel}`, ...counts }))];
  expect(rows.map((row) => [row.name, row.receivedCount, row.refusedCount, row.droppedCount])).toEqual(expected);
});

function acceptAnd(arrivals: ServiceArrivals): ServiceArrivals {
  arrivals.accepted([a], timeUs(NOW * 1e6));
  return arrivals;
}
