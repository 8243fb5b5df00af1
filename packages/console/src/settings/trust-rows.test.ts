import type { ServiceTrust } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { mostTelling, trustRows } from './trust-rows.ts';

const service = (name: string | null, refusedCount = 0, recentCount = 0): ServiceTrust => ({
  name,
  receivedCount: 9,
  refusedCount,
  droppedCount: 0,
  lateCount: 1,
  recentCount,
  orphanCount: 0,
});
const ROWS = trustRows({
  services: [service('a', 0, 4), service('b'), service('c', 2), service('d', 5), service(null, 1)],
  unknown: [{ channel: 'udp', receivedCount: 3, refusedCount: 2, droppedCount: 1 }],
});

test('what is not known is not 0', () => {
  expect(ROWS.map(({ key, lateCount, orphanCount }) => [key, lateCount, orphanCount])).toEqual([
    ['service a', 1, 0],
    ['service b', 1, null],
    ['service c', 1, null],
    ['service d', 1, null],
    ['others', 1, null],
    ['unknown udp', null, null],
  ]);
});

test.each([
  [1, 'd'],
  [2, 'c d'],
  [3, 'a c d'],
  [9, 'a b c d'],
])('of %i services these are shown, with what has none: %s', (rowsMax, names) => {
  const keys = mostTelling(ROWS, rowsMax).map(({ key }) => key);
  expect(keys).toEqual([...names.split(' ').map((name) => `service ${name}`), 'others', 'unknown udp']);
});
