import { expect, test } from 'vitest';
import { edgeDrawer, planEdges } from './drawing.ts';
import { RING_RADIUS_PX, toPixels } from './geometry.ts';
import { nodeRadii, radiusOf } from './sizes.ts';
import { drawGraph, keyOf, requests } from './testing.ts';

const GRAPH = drawGraph('client:a>a>b>c', {
  'client:a>a': requests(400, 0.1, 100),
  a: requests(400, 0.1, 100),
  b: requests(100, 0.1, 100),
});
const CLIENT = JSON.stringify(['a', 'client', null]);

function radius(key: string, sizing: Parameters<typeof nodeRadii>[1]): number {
  return radiusOf({ key }, nodeRadii(GRAPH, sizing));
}

test('without a sizing all nodes are alike', () => {
  expect(GRAPH.nodes.map(({ key }) => radius(key, 'none'))).toEqual(GRAPH.nodes.map(() => RING_RADIUS_PX));
});

test('by traffic and by failures the busiest are large, the quiet small, clients as what they asked for', () => {
  const [most, least] = [radius(keyOf('a'), 'traffic'), radius(keyOf('c'), 'traffic')];
  expect(most).toBeGreaterThan(radius(keyOf('b'), 'traffic'));
  expect(radius(keyOf('b'), 'traffic')).toBeGreaterThan(least);
  expect(radius(CLIENT, 'traffic')).toBe(most);
  expect(radius(keyOf('b'), 'errors')).toBe(most);
  expect(radius(keyOf('c'), 'errors')).toBe(least);
});

test('when nothing failed no node is large', () => {
  const quiet = drawGraph('a>b', { a: requests(10, 1) });
  expect(new Set(nodeRadii(quiet, 'errors').values()).size).toBe(1);
});

test('edges begin and end at the rings as they are drawn', () => {
  const radii = nodeRadii(GRAPH, 'traffic');
  const edge = GRAPH.edges.find(({ from }) => from.name === 'b');
  if (edge === undefined) throw new Error('no edge');
  const starts = [new Map(), radii].map((sizes) => {
    const [start] = edgeDrawer(GRAPH, planEdges(GRAPH), 'traffic', sizes)(edge).curve.points;
    return (start?.x ?? 0) - toPixels(edge.from.position).x;
  });
  expect(starts[1]).toBeCloseTo((starts[0] ?? 0) + radiusOf(edge.from, radii) - RING_RADIUS_PX);
});
