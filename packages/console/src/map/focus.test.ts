import { expect, test } from 'vitest';
import { focusGraph, isolatedNodes, withoutNodes } from './focus.ts';
import { drawGraph, keyOf } from './testing.ts';

const GRAPH = drawGraph('a>b>c>d x>c e');

test.each([
  [1, 'both', 'b c d x'],
  [1, 'callees', 'c d'],
  [1, 'callers', 'b c x'],
  [2, 'callers', 'a b c x'],
  [Number.POSITIVE_INFINITY, 'both', 'a b c d x'],
] as const)('%d hops from c, %s: %s', (hops, way, names) => {
  const { nodes, edges } = focusGraph(GRAPH, { key: keyOf('c'), hops, way });
  expect(
    nodes
      .map(({ name }) => name)
      .sort()
      .join(' '),
  ).toBe(names);
  const shown = new Set(nodes.map(({ key }) => key));
  expect(edges.every(({ from, to }) => shown.has(from.key) && shown.has(to.key))).toBe(true);
});

test('a node that is not there focuses on nothing', () => {
  expect(focusGraph(GRAPH, { key: keyOf('gone'), hops: 1, way: 'both' })).toBe(GRAPH);
});

test('who calls nobody and is called by nobody is isolated', () => {
  const isolated = isolatedNodes(drawGraph('a>b e f>f'));
  expect(isolated.map(({ name }) => name)).toEqual(['e', 'f']);
  expect(withoutNodes(drawGraph('a>b e'), isolatedNodes(drawGraph('a>b e'))).nodes).toHaveLength(2);
});
