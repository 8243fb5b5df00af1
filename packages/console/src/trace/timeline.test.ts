import { expect, test } from 'vitest';
import { type Entity, readEntities } from './entity.ts';
import { planTimeline, visibleRows } from './timeline.ts';
import { timeTicks } from './ticks.ts';

test('a segment hangs below the call that names it, siblings by start', () => {
  const shop = segment('shop', 0, 10, { subsegments: [call('late', 5, 6), call('early', 1, 4)] });
  expect(drawn([segment('stock', 2, 3, { parent: 'early' }), shop])).toEqual([
    'shop 0+10',
    ' early 1+3',
    '  stock 2+1',
    ' late 5+1',
  ]);
});

test('overlapping siblings keep their own times', () => {
  expect(drawn([segment('a', 0, 4, { subsegments: [call('x', 1, 3), call('y', 1, 4)] })])).toEqual([
    'a 0+4',
    ' y 1+3',
    ' x 1+2',
  ]);
});

test('a clock ahead: the child is marked, and the axis takes it in', () => {
  const plan = planTimeline(
    read([segment('a', 10, 12, { subsegments: [call('x', 10, 12)] }), segment('b', 11, 14, { parent: 'x' })]),
  );
  expect(plan.rows.map((row) => row.outside)).toEqual([false, false, true]);
  expect(plan).toMatchObject({ startS: 10, lengthS: 4 });
});

test('a clock behind: the axis starts at the earliest', () => {
  expect(drawn([segment('a', 10, 12), segment('b', 9, 11, { parent: 'a' })])).toEqual(['a 1+2', ' b 0+2']);
});

test('without an end an entity is pending and reaches to the end of the axis', () => {
  const plan = planTimeline(read([segment('a', 0, undefined), segment('b', 2, 5, { parent: 'a' })]));
  expect(plan.rows[0]).toMatchObject({ outcome: 'pending', lengthS: 5 });
  expect(plan.rows[1]?.outside).toBe(false);
});

test('an end before the start counts as no time', () => {
  expect(drawn([segment('a', 5, 3), segment('b', 0, 10)])).toEqual(['b 0+10', 'a 5+0']);
});

test('a parent that is not there makes an orphan', () => {
  const rows = planTimeline(read([segment('a', 0, 1), segment('b', 0, 1, { parent: 'nowhere' })])).rows;
  expect(rows.map((row) => row.orphan)).toEqual([false, true]);
});

test.each([
  ['two', [segment('a', 1, 2, { parent: 'b' }), segment('b', 3, 4, { parent: 'a' })], ['a 0+1', ' b 2+1']],
  ['itself', [segment('a', 1, 2, { parent: 'a' })], ['a 0+1']],
  ['its own call', [segment('a', 1, 4, { parent: 'x', subsegments: [call('x', 2, 3)] })], ['a 0+3', ' x 1+1']],
])('a cycle of %s is opened at its earliest member', (_name, documents, expected) => {
  expect(drawn(documents)).toEqual(expected);
});

test('ids that repeat, or are missing, still give every row its own key', () => {
  const rows = planTimeline(read([segment('a', 0, 1), segment('a', 2, 3), { name: 'no id', start_time: 0 }, {}])).rows;
  expect(new Set(rows.map((row) => row.key)).size).toBe(4);
});

test('documents that are not JSON objects are left out', () => {
  expect(readEntities({ Segments: [{ Document: '{' }, { Document: '[]' }, { Document: 'null' }, {}] })).toEqual([]);
  expect(planTimeline([])).toMatchObject({ rows: [], startS: 0 });
});

test('a chain of ten thousand segments', () => {
  const chain = Array.from({ length: 10_000 }, (_, at) => segment(`s${at}`, at, at + 1, { parent: `s${at - 1}` }));
  expect(planTimeline(read(chain)).rows.at(-1)?.depth).toBe(9999);
});

test('collapsing hides what hangs below, and only that', () => {
  const { rows } = planTimeline(
    read([
      segment('a', 0, 9, { subsegments: [call('x', 1, 2, [call('deep', 1, 2)]), call('y', 3, 4)] }),
      segment('b', 10, 11),
    ]),
  );
  expect(visibleRows(rows, new Set(['x'])).map((row) => row.key)).toEqual(['a', 'x', 'y', 'b']);
  expect(visibleRows(rows, new Set(['a', 'x'])).map((row) => row.key)).toEqual(['a', 'b']);
});

test.each([
  [0.183, 6, [0, 0.05, 0.1, 0.15]],
  [10, 5, [0, 2, 4, 6, 8, 10]],
  [0, 5, [0]],
])('an axis of %s s with about %s steps', (lengthS, wanted, ticks) => {
  expect(timeTicks(lengthS, wanted).map((tick) => Math.round(tick * 1e6) / 1e6)).toEqual(ticks);
});

interface More {
  readonly parent?: string;
  readonly subsegments?: readonly object[];
}

function segment(id: string, start: number, end: number | undefined, { parent, subsegments }: More = {}): object {
  return {
    id,
    name: id,
    start_time: start,
    end_time: end,
    in_progress: end === undefined || undefined,
    parent_id: parent,
    subsegments,
  };
}

function call(id: string, start: number, end: number, subsegments: readonly object[] = []): object {
  return { id, name: id, namespace: 'remote', start_time: start, end_time: end, subsegments };
}

function read(documents: readonly object[]): readonly Entity[] {
  return readEntities({ Segments: documents.map((document) => ({ Document: JSON.stringify(document) })) });
}

function drawn(documents: readonly object[]): readonly string[] {
  return planTimeline(read(documents)).rows.map(
    (row) => `${' '.repeat(row.depth)}${row.entity.name} ${row.offsetS}+${row.lengthS}`,
  );
}
