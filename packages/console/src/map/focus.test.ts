import { expect, test } from 'vitest';
import { accountsOf, focusGraph, isolatedNodes, ofAccount, withoutNodes } from './focus.ts';
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

test('of one account: its nodes, and those of none that they are joined with', () => {
  const account: Readonly<Record<string, string | null>> = {
    a: '2',
    b: '1',
    c: '1',
    d: null,
    e: null,
    f: '2',
    x: null,
  };
  const given = (node: (typeof GRAPH.nodes)[number]) => ({ ...node, accountId: account[node.name] ?? null });
  const drawing = drawGraph('x>a>b>c>d f>e');
  const graph = {
    nodes: drawing.nodes.map(given),
    edges: drawing.edges.map((edge) => ({ ...edge, from: given(edge.from), to: given(edge.to) })),
  };
  expect(accountsOf(graph)).toEqual(['1', '2']);
  const shown = ofAccount(graph, '1');
  expect(shown.nodes.map(({ name }) => name).sort()).toEqual(['b', 'c', 'd']);
  expect(shown.edges.map(({ from, to }) => `${from.name}>${to.name}`).sort()).toEqual(['b>c', 'c>d']);
  expect(ofAccount(graph, '9')).toBe(graph);
});
