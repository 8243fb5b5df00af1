import { expect, test } from 'vitest';
import { cullGraph, detailOf, edgeAt, edgeStrokes, nodeAt, nodeDots, tiledView } from './detail.ts';
import { toPixels } from './geometry.ts';
import { drawGraph, keyOf, requests } from './testing.ts';

const SIZE = { width: 1000, height: 800 };

test.each([
  [20, 0.1, 'full'],
  [500, 1, 'full'],
  [500, 0.5, 'plain'],
  [500, 0.3, 'far'],
] as const)('%d nodes at zoom %d: %s', (count, zoom, detail) => {
  expect(detailOf(count, zoom)).toBe(detail);
});

test('a small map is drawn whole; of a large one a little more than the view, the same while it moves a little', () => {
  expect(tiledView(20, { x: 0, y: 0, zoom: 1 }, SIZE)).toBe(null);
  const view = tiledView(500, { x: -5, y: -5, zoom: 1 }, SIZE);
  expect(view).toEqual(tiledView(500, { x: -15, y: -15, zoom: 1 }, SIZE));
  expect(view?.left).toBeLessThanOrEqual(0);
  expect(view?.right).toBeGreaterThanOrEqual(1000);
});

test('what is outside the view is left out, but for what must stay and edges that cross it', () => {
  const graph = drawGraph('a>b>c d');
  const at = toPixels({ x: 1, y: 0 });
  const view = { left: at.x - 1, right: at.x + 1, top: at.y - 1, bottom: at.y + 1 };
  const names = (kept: readonly string[]) =>
    cullGraph(graph, view, new Set(kept.map(keyOf))).nodes.map(({ name }) => name);
  expect(names([])).toEqual(['b']);
  expect(names(['d'])).toEqual(['b', 'd']);
  expect(cullGraph(graph, view, new Set()).edges).toHaveLength(2);
});

test('dots and strokes by outcome, and the node under a point', () => {
  const graph = drawGraph('a>b c', { a: requests(5, 1), b: requests(5, 1, 2), 'a>b': requests(5, 1, 2) });
  expect([...nodeDots(graph).keys()]).toEqual(['ok', 'fault', 'quiet']);
  expect(edgeStrokes(graph)).toMatchObject({ well: '', trouble: expect.stringMatching(/^M[\d .-]+L/) });
  expect(nodeAt(graph, toPixels({ x: 1.1, y: 0 }))?.name).toBe('b');
  expect(nodeAt(graph, toPixels({ x: 9, y: 9 }))).toBe(null);
});

test.each([
  ['on the line', { x: 0.5, y: 0 }, 1, 'a'],
  ['beside it, from far away', { x: 0.5, y: 0.4 }, 0.2, 'a'],
  ['beside it, from near', { x: 0.5, y: 0.4 }, 1, undefined],
  ['nearer to the next', { x: 1.4, y: 0.1 }, 0.2, 'b'],
  ['beyond the end', { x: 4, y: 0 }, 0.2, undefined],
] as const)('the edge under a point %s', (_, at, zoom, from) => {
  expect(edgeAt(drawGraph('a>b>c'), toPixels(at), zoom)?.from.name).toBe(from);
});
