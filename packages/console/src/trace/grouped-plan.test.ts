import { expect, test } from 'vitest';
import { groupByNode } from './grouped-plan.ts';
import { joinPlans } from './joined-plan.ts';
import { call, drawn, plan, segment } from './testing.ts';
import { detailOfRow, idOfRow, isMoved, isOrphan, isOutside, rowOfId, serviceOfRow } from './trace-plan.ts';

const SHOP = plan([
  segment('a', 'shop', 0, 9, {
    subsegments: [
      call('b', 'stock', 1, 4, [call('c', 'retry', 2, 3)]),
      call('d', 'stock', 5, 8),
      call('9', 'mail', 8, 9),
    ],
  }),
  segment('e', 'stock', 1, 3, { parent: 'b', subsegments: [call('f', 'table', 1, 2)] }),
  segment('7', 'stock', 5, 7, { parent: 'd' }),
  segment('8', 'shop', 6, 7, { parent: '7' }),
]);

test('each node is a row, its segments below it with what is inside them', () => {
  const grouped = groupByNode(SHOP);
  expect(drawn(grouped)).toEqual([
    'shop 0+9',
    ' shop 0+9',
    '  stock 1+3',
    '   retry 2+1',
    '  stock 5+3',
    '  mail 8+1',
    ' shop 6+1',
    'stock 1+6',
    ' stock 1+2',
    '  table 1+1',
    ' stock 5+2',
  ]);
  expect([...grouped.parent]).toEqual([-1, 0, 1, 2, 1, 1, 0, -1, 7, 8, 7]);
  expect([...grouped.end]).toEqual([7, 6, 4, 4, 5, 6, 7, 11, 10, 10, 11]);
  expect([...grouped.childCount]).toEqual([2, 3, 1, 0, 0, 0, 0, 2, 1, 0, 0]);
  expect([detailOfRow(grouped, 0), serviceOfRow(grouped, 7)]).toEqual(['2 segments', 'stock']);
  expect(grouped).toMatchObject({ count: 11, lengthUs: SHOP.lengthUs, failedCount: SHOP.failedCount });
});

test('a row keeps its id, and rows that stand for nodes have ids of their own', () => {
  const grouped = groupByNode(SHOP);
  const ids = Array.from({ length: grouped.count }, (_, row) => idOfRow(grouped, row));
  expect(new Set(ids).size).toBe(grouped.count);
  for (let row = 0; row < SHOP.count; row += 1) {
    const id = idOfRow(SHOP, row);
    expect(serviceOfRow(grouped, rowOfId(grouped, id))).toBe(serviceOfRow(SHOP, row));
  }
  expect(rowOfId(SHOP, ids[0] ?? '')).toBe(-1);
});

test('below its node a row has the marks that it has below its parent', () => {
  const trace = plan([
    segment('a', 'shop', 10, 14, { subsegments: [call('b', 'stock', 10, 14, [call('9', 'late', 12, 15)])] }),
    // Its clock is ahead, and what it calls moves with it.
    segment('c', 'stock', 13, 15, { parent: 'b', subsegments: [call('d', 'table', 13, 14)] }),
    segment('e', 'table', 13, 14, { parent: 'd' }),
    segment('f', 'lost', 11, 12, { parent: '8' }),
  ]);
  const grouped = groupByNode(trace);
  const marks = (of: typeof trace, row: number) => [isMoved(of, row), isOutside(of, row), isOrphan(of, row)];
  const told = Array.from({ length: trace.count }, (_, row) => marks(trace, row));
  expect(told.map((each) => each.indexOf(true))).toEqual([-1, -1, 1, 0, -1, -1, 2]);
  const rows = Array.from({ length: trace.count }, (_, row) => rowOfId(grouped, idOfRow(trace, row)));
  expect(rows.map((row) => marks(grouped, row))).toEqual(told);
});

test('the critical path runs through the same entities at the same times', () => {
  const grouped = groupByNode(SHOP);
  const path = (of: typeof SHOP) =>
    Array.from(of.critical.row, (row, at) => [idOfRow(of, row), of.critical.from[at], of.critical.to[at]]);
  expect(path(grouped)).toEqual(path(SHOP));
});

test('segments of linked traces stand below their nodes, without the row of their trace', () => {
  const worker = plan([segment('1', 'worker', 20, 23), segment('2', 'stock', 21, 22, { parent: '1' })]);
  const { plan: joined } = joinPlans('1-a', SHOP, [{ traceId: '1-b', plan: worker, from: 'stock' }]);
  const grouped = groupByNode(joined);
  expect(drawn(grouped).slice(7)).toEqual([
    'stock 1+21',
    ' stock 1+2',
    '  table 1+1',
    ' stock 5+2',
    ' stock 21+1',
    'worker 20+3',
    ' worker 20+3',
  ]);
});

test('many segments that look alike stand as one line', () => {
  const many = plan([
    segment('a', 'batch', 0, 60),
    ...Array.from({ length: 30 }, (_, at) => segment(`f${at}`, 'item', 30 + at, 31 + at, { parent: 'a' })),
  ]);
  const { alike } = groupByNode(many);
  expect(alike.members.length).toBe(30);
});
