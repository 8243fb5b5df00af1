import { expect, test } from 'vitest';
import { findCriticalPath } from './critical-path.ts';

// name, start and length in ms, one space deeper for a child; `>`: served by another service.
const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['alone', ['a 0 10'], ['a 0-10']],
  ['one child, and the time around it', ['a 0 10', ' b 2 5'], ['a 0-2', 'b 2-7', 'a 7-10']],
  ['one after the other', ['a 0 10', ' b 1 3', ' c 5 4'], ['a 0-1', 'b 1-4', 'a 4-5', 'c 5-9', 'a 9-10']],
  ['at the same time: the last to end', ['a 0 10', ' b 1 5', ' c 1 8'], ['a 0-1', 'c 1-9', 'a 9-10']],
  ['overlapping: not the one that ends inside the other', ['a 0 10', ' b 0 6', ' c 4 6'], ['a 0-4', 'c 4-10']],
  ['two alike: the one that began first', ['a 0 10', ' b 2 8', ' c 5 5'], ['a 0-2', 'b 2-10']],
  ['deeper', ['a 0 10', ' b 1 8', '  c 2 6'], ['a 0-1', 'b 1-2', 'c 2-8', 'b 8-9', 'a 9-10']],
  ['work that goes on after its parent was not waited for', ['a 0 10', ' b 2 20'], ['a 0-10']],
  ['a call whose caller gave up counts until then', ['a 0 10', ' >b 2 20', '  c 3 18'], ['a 0-2', 'b 2-3', 'c 3-10']],
  ['a message that is taken later is not on the path', ['a 0 10', ' b 2 1', '  >c 50 9'], ['a 0-2', 'b 2-3', 'a 3-10']],
  ['no time', ['a 5 0', ' b 5 0'], []],
];

test.each(CASES)('%s', (_name, drawing, expected) => {
  const rows = drawing.map((line) => /^( *)(>?)(\w+) (\d+) (\d+)$/.exec(line) ?? []);
  const depth = rows.map(([, indent = '']) => indent.length);
  const nextOf = (row: number): number => depth.findIndex((it, at) => at > row && it <= (depth[row] ?? 0));
  const path = findCriticalPath(
    {
      parent: Int32Array.from(depth, (own, row) => depth.findLastIndex((it, at) => at < row && it < own)),
      end: Uint32Array.from(rows, (_row, row) => (nextOf(row) < 0 ? rows.length : nextOf(row))),
      start: Float64Array.from(rows, (row) => Number(row[4]) * 1000),
      length: Float64Array.from(rows, (row) => Number(row[5]) * 1000),
      isAwaited: (row) => rows[row]?.[2] === '>',
    },
    0,
  );
  const stretches = [...path.row].map((row, at) => ({
    name: rows[row]?.[3],
    from: path.from[at] ?? 0,
    to: path.to[at] ?? 0,
  }));
  const told = stretches
    .sort((a, b) => a.from - b.from)
    .map(({ name, from, to }) => `${name} ${from / 1000}-${to / 1000}`);
  expect(told).toEqual(expected);
});

test('a chain of a hundred thousand', () => {
  const count = 100_000;
  const path = findCriticalPath(
    {
      parent: Int32Array.from({ length: count }, (_, row) => row - 1),
      end: new Uint32Array(count).fill(count),
      start: Float64Array.from({ length: count }, (_, row) => row),
      length: Float64Array.from({ length: count }, (_, row) => 2 * (count - row)),
      isAwaited: () => false,
    },
    0,
  );
  expect(path.row.length).toBeGreaterThanOrEqual(count);
});
