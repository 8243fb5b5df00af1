import { expect, test } from 'vitest';
import { callTree } from './call-tree.ts';
import { compareTrees } from './compare.ts';
import { failureChain } from './failure-chain.ts';
import { layFlame, pathTo } from './flame-layout.ts';
import { failedRows, nextRow, searchRows } from './search.ts';
import { walkGaps } from './self-time.ts';
import { listSpans } from './span-list.ts';
import { sortStatistics, spanStatistics } from './statistics.ts';
import { call, drawn, plan, segment } from './testing.ts';
import { idOfRow, isOrphan, isOutside, nameOfRow, rowOfId, serviceOfRow, type TracePlan } from './trace-plan.ts';
import { carriedOver, foldedAtLevel, listVisible, NOTHING_FOLDED, revealed } from './visible-rows.ts';

test('a segment hangs below the call that names it, siblings by start', () => {
  const shop = segment('a', 'shop', 0, 10, { subsegments: [call('b', 'late', 5, 6), call('c', 'early', 1, 4)] });
  expect(drawn(plan([segment('d', 'stock', 2, 3, { parent: 'c' }), shop]))).toEqual([
    'shop 0+10',
    ' early 1+3',
    '  stock 2+1',
    ' late 5+1',
  ]);
});

test('of siblings with one start the longer one is first', () => {
  const shop = segment('a', 'shop', 0, 4, { subsegments: [call('b', 'x', 1, 3), call('c', 'y', 1, 4)] });
  expect(drawn(plan([shop]))).toEqual(['shop 0+4', ' y 1+3', ' x 1+2']);
});

test('a clock ahead is corrected, and says by how much; left alone, the row is marked', () => {
  const documents = [
    segment('a', 'a', 10, 14, { subsegments: [call('b', 'x', 10, 14)] }),
    segment('c', 'b', 13, 15, { parent: 'b' }),
  ];
  const corrected = plan(documents);
  expect(drawn(corrected)).toEqual(['a 0+4', ' x 0+4', '  b 1+2']);
  expect([...corrected.shift]).toEqual([0, 0, -2e6]);
  expect(corrected.shiftedCount).toBe(1);
  const recorded = plan(documents, false);
  expect(drawn(recorded)).toEqual(['a 0+4', ' x 0+4', '  b 3+2']);
  expect([0, 1, 2].map((row) => isOutside(recorded, row))).toEqual([false, false, true]);
});

test('without an end an entity is pending and reaches to the end of the axis', () => {
  const drawing = plan([segment('a', 'a', 0, undefined), segment('b', 'b', 2, 5, { parent: 'a' })]);
  expect(drawn(drawing)).toEqual(['a 0+5', ' b 2+3']);
  expect(drawing.pendingCount).toBe(1);
});

test('an end before the start counts as no time', () => {
  expect(drawn(plan([segment('a', 'a', 5, 3), segment('b', 'b', 0, 10)]))).toEqual(['b 0+10', 'a 5+0']);
});

test('a parent that is not there makes an orphan', () => {
  const drawing = plan([segment('a', 'a', 0, 1), segment('b', 'b', 0, 1, { parent: 'f' })]);
  expect([isOrphan(drawing, 0), isOrphan(drawing, 1)]).toEqual([false, true]);
});

test.each([
  [
    'two',
    [segment('a', 'a', 1, 2, { parent: 'b' }), segment('b', 'b', 1.2, 1.4, { parent: 'a' })],
    ['a 0+1', ' b 0.2+0.2'],
  ],
  ['itself', [segment('a', 'a', 1, 2, { parent: 'a' })], ['a 0+1']],
  [
    'its own call',
    [segment('a', 'a', 1, 4, { parent: 'b', subsegments: [call('b', 'x', 2, 3)] })],
    ['a 0+3', ' x 1+1'],
  ],
])('a cycle of %s is opened at its earliest member', (_name, documents, expected) => {
  expect(drawn(plan(documents))).toEqual(expected);
});

test('a newer version of an entity replaces it, an older one does not', () => {
  const [open, done] = [segment('a', 'a', 0, undefined), segment('a', 'a', 0, 3)];
  expect(drawn(plan([open, done]))).toEqual(['a 0+3']);
  expect(drawn(plan([done, open]))).toEqual(['a 0+3']);
});

test('a subsegment that was sent alone belongs to the service above it', () => {
  const alone = { ...segment('b', 'step', 1, 2, { parent: 'a' }), type: 'subsegment' };
  expect(serviceOfRow(plan([alone, segment('a', 'shop', 0, 3)]), 1)).toBe('shop');
});

test('a chain of ten thousand segments, and no trace at all', () => {
  const chain = Array.from({ length: 10_000 }, (_, at) =>
    segment((at + 1).toString(16), `s${at}`, 0, 20_000 - at, { parent: at === 0 ? undefined : at.toString(16) }),
  );
  expect(plan(chain).depth.at(-1)).toBe(9999);
  expect(plan([])).toMatchObject({ count: 0, lengthUs: 1 });
});

test('self time and gaps: what no child covers', () => {
  const drawing = plan([
    segment('a', 'a', 0, 10, { subsegments: [call('b', 'x', 1, 4), call('c', 'y', 3, 5), call('d', 'z', 7, 12)] }),
  ]);
  expect(drawing.self[0]).toBe(3e6);
  const gaps: string[] = [];
  walkGaps(drawing, 0, (from, to) => gaps.push(`${from / 1e6}-${to / 1e6}`));
  expect(gaps).toEqual(['0-1', '5-7']);
});

const MANY = segment('a', 'batch', 0, 100, {
  subsegments: [
    ...Array.from({ length: 30 }, (_, at) =>
      call((16 + at).toString(16), 'put', at, at + 1, [call(`e${at}`, 'send', at, at + 1)]),
    ),
    { ...call('c1', 'put', 31, 32), fault: true },
    call('c2', 'other', 40, 41),
  ],
});

test('siblings alike stand as one line, opened at will; one that failed stays by itself', () => {
  const drawing = plan([MANY]);
  const lines = (folding = NOTHING_FOLDED): readonly string[] => {
    const { items, depth } = listVisible(drawing, folding);
    return [...items].map(
      (item, at) =>
        `${' '.repeat(depth[at] ?? 0)}${item < 0 ? `×${members(drawing, -1 - item)}` : nameOfRow(drawing, item)}`,
    );
  };
  expect(lines()).toEqual(['batch', ' ×30', ' put', ' other']);
  const opened = lines({ closedRows: new Set(), openGroups: new Set([0]) });
  expect(opened).toHaveLength(4 + 60);
  expect(opened.slice(0, 4)).toEqual(['batch', ' ×30', '  put', '   send']);
  expect(lines({ closedRows: new Set([1]), openGroups: new Set([0]) })).toHaveLength(3 + 60);
  expect(lines({ closedRows: new Set([0]), openGroups: new Set() })).toEqual(['batch']);
});

test('a row is revealed by opening what hides it, and nothing else', () => {
  const drawing = plan([MANY]);
  const row = rowOfId(drawing, 'e5'.padStart(16, '0'));
  const folding = revealed(drawing, { closedRows: new Set([0, row]), openGroups: new Set() }, row);
  expect(folding).toEqual({ closedRows: new Set([row]), openGroups: new Set([0]) });
  expect([...listVisible(drawing, folding).items]).toContain(row);
});

test('folding is carried over to a plan with more rows', () => {
  const folding = { closedRows: new Set([0, 1]), openGroups: new Set([0]) };
  const grown = plan([segment('f', 'earlier', -5, -4), MANY]);
  expect(carriedOver(plan([MANY]), grown, folding)).toEqual({
    closedRows: new Set([1, 2]),
    openGroups: new Set([0]),
  });
});

test.each([
  [1, 1],
  [2, 4],
  [0, 4],
])('folded at level %d there are %d lines', (level, count) => {
  const drawing = plan([MANY]);
  expect(listVisible(drawing, foldedAtLevel(drawing, level)).items).toHaveLength(count);
});

test('search: names in any case, ids, statuses; and the next error, round the end', () => {
  const drawing = plan([MANY]);
  expect(searchRows(drawing, 'OTHER')).toHaveLength(1);
  expect(searchRows(drawing, '000000c1')).toHaveLength(1);
  expect(searchRows(drawing, ' ')).toHaveLength(0);
  const rows = Uint32Array.from([3, 7]);
  expect([nextRow(rows, -1, 1), nextRow(rows, 3, 1), nextRow(rows, 7, 1), nextRow(rows, 3, -1)]).toEqual([3, 7, 3, 7]);
  expect(nextRow(new Uint32Array(), 0, 1)).toBe(-1);
  expect([...failedRows(drawing)].map((row) => idOfRow(drawing, row))).toEqual(['00000000000000c1']);
});

test('statistics by service and name', () => {
  const lines = sortStatistics(spanStatistics(plan([MANY]), 'name'), 'count', true);
  expect(lines.map(({ name, count, totalUs, failedCount }) => [name, count, totalUs / 1e6, failedCount])).toEqual([
    ['put', 31, 31, 1],
    ['send', 30, 30, 0],
    ['batch', 1, 100, 0],
    ['other', 1, 1, 0],
  ]);
  expect(spanStatistics(plan([MANY]), 'service')).toMatchObject([{ service: 'batch', name: '', count: 63 }]);
});

test('a call tree joins equal paths; children always fit their parent', () => {
  const [batch] = callTree(plan([MANY])).children;
  expect(batch?.children.map(({ name, count, failedCount }) => [name, count, failedCount])).toEqual([
    ['put', 31, 1],
    ['other', 1, 0],
  ]);
  expect(batch?.weightUs).toBe(100e6);
});

test('a flame graph: boxes of a path fit into the one above, narrow ones are counted', () => {
  const root = callTree(plan([MANY]));
  const { boxes, depth, hiddenCount } = layFlame(root, 0.05);
  expect(boxes.map(({ node, depth: level, from, width }) => [node.name, level, from, width])).toEqual([
    ['', 0, 0, 1],
    ['batch', 1, 0, 1],
    ['put', 2, 0, 0.31],
    ['send', 3, 0, 0.3],
  ]);
  expect([depth, hiddenCount]).toEqual([4, 1]);
  const put = boxes[2]?.node.key ?? '';
  expect(pathTo(root, put).map(({ name }) => name)).toEqual(['', 'batch', 'put']);
  expect(pathTo(root, 'gone')).toEqual([]);
});

test('a failure is followed to the failed child that ended last, and ends where none failed', () => {
  const fault = (entity: object): object => ({ ...entity, fault: true });
  const drawing = plan([
    fault(
      segment('a', 'shop', 0, 10, {
        subsegments: [fault(call('b', 'retry', 0, 2)), fault(call('c', 'pay', 3, 9)), call('d', 'render', 9, 10)],
      }),
    ),
    fault(segment('e', 'bank', 4, 8, { parent: 'c' })),
  ]);
  expect(failureChain(drawing, 0).map((row) => nameOfRow(drawing, row))).toEqual(['shop', 'pay', 'bank']);
  expect(failureChain(plan([MANY]), 0)).toEqual([]);
});

test.each([
  [{ text: '', onlyFailed: false, sort: 'length', descending: true }, ['shop', 'b', 'a']],
  [{ text: '', onlyFailed: false, sort: 'name', descending: false }, ['a', 'b', 'shop']],
  [{ text: 'B', onlyFailed: false, sort: 'start', descending: false }, ['b']],
  [{ text: '', onlyFailed: true, sort: 'start', descending: false }, ['a']],
] as const)('the list of spans by %j', (query, expected) => {
  const shop = segment('1', 'shop', 0, 9, {
    subsegments: [{ ...call('2', 'a', 1, 2), error: true }, call('3', 'b', 2, 5)],
  });
  const drawing = plan([shop]);
  expect([...listSpans(drawing, query)].map((row) => nameOfRow(drawing, row))).toEqual(expected);
});

test('two traces side by side: gone, new, slower, faster', () => {
  const one = segment('a', 'shop', 0, 10, {
    subsegments: [call('b', 'x', 0, 1), call('c', 'y', 2, 3), call('d', 'z', 4, 8)],
  });
  const two = segment('a', 'shop', 0, 10, {
    subsegments: [call('b', 'x', 0, 3), call('c', 'w', 3, 4), call('d', 'z', 4, 5)],
  });
  const compared = compareTrees(callTree(plan([one])), callTree(plan([two])));
  expect(compared.map(({ depth, name, change, deltaUs }) => [depth, name, change, deltaUs / 1e6])).toEqual([
    [0, 'shop', 'same', 0],
    [1, 'z', 'faster', -3],
    [1, 'x', 'slower', 2],
    [1, 'y', 'gone', 0],
    [1, 'w', 'new', 0],
  ]);
});

function members({ alike }: TracePlan, group: number): number {
  return (alike.first[group + 1] ?? 0) - (alike.first[group] ?? 0);
}
