import { expect, test } from 'vitest';
import { countMarks, diffMaps, distanceOf, type Side } from './diff.ts';
import { printChange, printMark } from './diff-text.ts';
import { mapGraph } from './graph.ts';
import { serviceKeyOf, unionServices, withFigures } from './services.ts';
import { drawServices, keyOf, requests } from './testing.ts';

test.each([
  ['twice as slow', requests(100, 0.2), requests(100, 0.1), ['slower'], '×2.0 slower'],
  ['half as slow', requests(100, 0.1), requests(100, 0.2), ['faster'], '−50 % faster'],
  ['a little slower', requests(100, 0.105), requests(100, 0.1), [], ''],
  ['slower, but hardly any requests', requests(5, 0.2), requests(5, 0.1), [], ''],
  ['more faults', requests(200, 0.1, 20), requests(200, 0.1, 1), ['faults'], '+9.5 pp faults'],
  ['a fault more', requests(200, 0.1, 2), requests(200, 0.1, 1), [], ''],
  ['fewer faults', requests(200, 0.1, 1), requests(200, 0.1, 20), ['fewer'], '−9.5 pp failures'],
  ['more traffic', requests(300, 0.1), requests(100, 0.1), ['busier'], '×3.0 traffic'],
  ['less traffic', requests(100, 0.1), requests(300, 0.1), ['quieter'], '−67 % traffic'],
  ['the same', requests(100, 0.1), requests(100, 0.1), [], ''],
])('%s', (_name, now, before, marks, text) => {
  const { byKey } = diffOf(side('a', { a: now }), side('a', { a: before }));
  const change = byKey.get(keyOf('a'));
  expect(change?.marks).toEqual(marks);
  const [mark] = change?.marks ?? [];
  expect(change === undefined || mark === undefined ? '' : printMark(change, mark)).toBe(text);
});

test('nodes and connections of one window only are new or gone, and counted', () => {
  const a = side('shop>cart', { shop: requests(5, 1), cart: requests(5, 1), 'shop>cart': requests(5, 1) });
  const b = side('shop>stock', { shop: requests(5, 1), stock: requests(5, 1), 'shop>stock': requests(5, 1) });
  const diff = diffOf(a, b);
  expect(diff.byKey.get(keyOf('cart'))).toMatchObject({ before: null, marks: ['new'] });
  expect(diff.byKey.get(keyOf('stock'))).toMatchObject({ now: null, marks: ['gone'] });
  expect(countMarks(diff)).toEqual([
    ['new', { nodes: 1, edges: 1 }],
    ['gone', { nodes: 1, edges: 1 }],
  ]);
});

test('figures stand side by side', () => {
  const { byKey } = diffOf(side('a', { a: requests(120, 0.2, 12) }), side('a', { a: requests(60, 0.1) }));
  const change = byKey.get(keyOf('a'));
  expect(change === undefined ? [] : printChange(change).map((line) => [line.label, line.change])).toEqual([
    ['Rate', '×2.0'],
    ['Average', '×2.0'],
    ['p50', '×2.0'],
    ['p95', '×2.0'],
    ['Faults', '+10 pp'],
    ['Throttles', '±0 pp'],
    ['Errors', '±0 pp'],
  ]);
});

test.each([
  [[], [], 0],
  [[1, 2], [1, 2], 0],
  [[1, 2], [3, 4], 1],
  [[1, 2, 3, 4], [3, 4, 5, 6], 0.5],
])('the distributions %j and %j are %d apart', (a, b, distance) => {
  const entries = (values: readonly number[]) => values.map((Value) => ({ Value, Count: 1 }));
  expect(distanceOf(entries(a), entries(b))).toBe(distance);
});

type Drawn = ReturnType<typeof side>;

function side(text: string, figures: Parameters<typeof drawServices>[1]) {
  return drawServices(text, figures);
}

function diffOf(now: Drawn, before: Drawn) {
  const union = unionServices(now, before);
  const sideOf = (services: Drawn): Side => {
    const graph = mapGraph(withFigures(union, services), {});
    const present = new Set(services.map(serviceKeyOf));
    for (const { key, shares } of graph.edges) if (shares.total > 0) present.add(key);
    return { graph, windowS: 60, present };
  };
  return diffMaps(sideOf(now), sideOf(before));
}
