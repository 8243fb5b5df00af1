import { expect, test } from 'vitest';
import { joinPlans, locateRow } from './joined-plan.ts';
import { call, drawn, plan, segment } from './testing.ts';
import { detailOfRow, idOfRow, rowOfId, serviceOfRow } from './trace-plan.ts';
import { listVisible, NOTHING_FOLDED } from './visible-rows.ts';

const SHOP = plan([segment('a', 'shop', 10, 14, { subsegments: [call('b', 'queue', 11, 12)] })]);
const WORKER = plan([segment('c', 'worker', 20, 23, { subsegments: [call('d', 'bank', 21, 22)] })]);
const EARLIER = plan([segment('e', 'import', 5, 6)]);
const MANY = plan([
  segment('f', 'batch', 30, 60, {
    subsegments: Array.from({ length: 25 }, (_, at) => call(`f${at}`, 'item', 30 + at, 31 + at)),
  }),
]);

const linked = (traceId: string, of: typeof SHOP) => ({ traceId, plan: of, from: 'queue' });

test('linked traces hang below rows of their own, on one axis, the earliest first', () => {
  const { plan: joined, parts } = joinPlans('1-a', SHOP, [linked('1-c', WORKER), linked('1-e', EARLIER)]);
  expect(drawn(joined)).toEqual([
    'shop 5+4',
    ' queue 6+1',
    'import 0+1',
    ' import 0+1',
    'worker 15+3',
    ' worker 15+3',
    '  bank 16+1',
  ]);
  expect([...joined.parent]).toEqual([-1, 0, -1, 2, -1, 4, 5]);
  expect([...joined.end]).toEqual([2, 2, 4, 4, 7, 7, 7]);
  expect(detailOfRow(joined, 4)).toBe('linked trace 1-c, from queue');
  expect(serviceOfRow(joined, 6)).toBe('worker');
  expect(joined).toMatchObject({ count: 7, lengthUs: 18e6, failedCount: 0 });
  expect(parts.map(({ traceId, headRow, firstRow }) => [traceId, headRow, firstRow])).toEqual([
    ['1-a', -1, 0],
    ['1-e', 2, 3],
    ['1-c', 4, 5],
  ]);
});

test('a row is found by its id, and leads to its own trace', () => {
  const joined = joinPlans('1-a', SHOP, [linked('1-c', WORKER)]);
  const row = rowOfId(joined.plan, 'd'.padStart(16, '0'));
  expect(locateRow(joined, row)).toMatchObject({ part: { traceId: '1-c' }, row: 1 });
  const head = rowOfId(joined.plan, idOfRow(joined.plan, 2));
  expect(locateRow(joined, head)).toMatchObject({ part: { traceId: '1-c' }, row: -1 });
  expect(locateRow(joined, 1)).toMatchObject({ part: { traceId: '1-a' }, row: 1 });
  expect(locateRow(joined, -1)).toBeNull();
});

test('rows alike of a linked trace stand as one line there, too', () => {
  const { plan: joined } = joinPlans('1-a', MANY, [linked('1-f', MANY)]);
  expect([...listVisible(joined, NOTHING_FOLDED).items]).toEqual([0, -1, 26, 27, -2]);
  expect(joined.alike.members[25]).toBe(28);
  const [, last] = [joined.critical.row[0], joined.critical.row.at(-1)];
  expect(last).toBeGreaterThan(26);
});

test('without links the plan is the trace’s own', () => {
  expect(joinPlans('1-a', SHOP, []).plan).toBe(SHOP);
});
