import type { ServiceTrust } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { servicesOf } from './services.ts';

const arrival = (name: string | null, receivedCount: number, refusedCount = 0, droppedCount = 0, lateCount = 0) => ({
  name,
  receivedCount,
  refusedCount,
  droppedCount,
  lateCount,
});
const recent = (count: number, orphanCount = 0) => ({ count, orphanCount });
const print = ({ name, ...counts }: ServiceTrust): string => [name ?? 'others', ...Object.values(counts)].join(' ');

test.each<
  [
    string,
    readonly ReturnType<typeof arrival>[],
    readonly (readonly [string | null, ReturnType<typeof recent>])[],
    readonly string[],
  ]
>([
  ['nothing', [], [], []],
  ['most first', [arrival('a', 1), arrival('b', 2, 1)], [], ['b 2 1 0 0 0 0', 'a 1 0 0 0 0 0']],
  ['with what recent traces lack', [arrival('a', 3, 0, 0, 1)], [['a', recent(2, 1)]], ['a 3 0 0 1 2 1']],
  ['of before the start too', [arrival('a', 1)], [['b', recent(5)]], ['a 1 0 0 0 0 0', 'b 0 0 0 0 5 0']],
  ['others last', [arrival(null, 9, 1), arrival('a', 1)], [[null, recent(2)]], ['a 1 0 0 0 0 0', 'others 9 1 0 0 2 0']],
  [
    'beyond the bound they are others',
    [arrival('a', 1, 1, 0, 1), arrival('b', 3), arrival(null, 2), arrival('c', 2, 1, 1)],
    [['d', recent(4, 2)]],
    ['b 3 0 0 0 0 0', 'c 2 1 1 0 0 0', 'others 3 1 0 1 4 2'],
  ],
  [
    'one alone beyond it is not named',
    [arrival('a', 3), arrival('b', 2), arrival('c', 1)],
    [],
    ['a 3 0 0 0 0 0', 'b 2 0 0 0 0 0', 'others 1 0 0 0 0 0'],
  ],
])('%s', (_name, arrivals, orphans, expected) => {
  expect(servicesOf(arrivals, new Map(orphans), 2).map(print)).toEqual(expected);
});
