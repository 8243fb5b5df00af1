import { expect, test } from 'vitest';
import { correctSkew } from './clock-skew.ts';

const CASES: readonly (readonly [string, readonly string[], readonly number[]])[] = [
  ['inside: stays', ['call 100 50', ' >serve 110 20'], [0, 0]],
  ['exactly as long: stays', ['call 100 50', ' >serve 100 50'], [0, 0]],
  ['before its call: into the middle', ['call 100 50', ' >serve 40 30'], [0, 70]],
  ['behind its call: into the middle', ['call 100 50', ' >serve 200 30'], [0, -90]],
  ['longer than its call, and early: to its start', ['call 100 50', ' >serve 90 80'], [0, 10]],
  ['longer than its call, and not early: stays, the call gave up', ['call 100 50', ' >serve 110 80'], [0, 0]],
  ['of the same service: no other clock', ['call 100 50', ' work 40 30'], [0, 0]],
  ['what is below moves along', ['call 100 50', ' >serve 40 30', '  work 45 5'], [0, 70, 70]],
  ['a clock further down is held against the moved one', ['call 100 50', ' >a 0 50', '  >b 60 20'], [0, 100, 55]],
  ['a message may be taken late', ['send~ 100 5', ' >take 900 30'], [0, 0]],
  ['a message is not taken before it was sent', ['send~ 100 5', ' >take 80 30'], [0, 20]],
  ['of what is in progress only the start is known', ['call 100 50', ' >serve* 120 0'], [0, 0]],
];

test.each(CASES)('%s', (_name, drawing, expected) => {
  const rows = drawing.map((line) => /^( *)(>?)\w+([~*]?) (\d+) (\d+)$/.exec(line) ?? []);
  const depth = rows.map(([, indent = '']) => indent.length);
  const parent = Int32Array.from(depth, (own, row) => depth.findLastIndex((it, at) => at < row && it < own));
  const { shift, shiftedCount } = correctSkew({
    count: rows.length,
    parent,
    start: Float64Array.from(rows, (row) => Number(row[4])),
    length: Float64Array.from(rows, (row) => Number(row[5])),
    isBoundary: (row) => rows[row]?.[2] === '>',
    isAsync: (row) => rows[parent[row] ?? -1]?.[3] === '~',
    isPending: (row) => rows[row]?.[3] === '*',
  });
  expect([...shift]).toEqual(expected);
  expect(shiftedCount).toBe(rows.filter((row, at) => row[2] === '>' && expected[at] !== 0).length);
});
