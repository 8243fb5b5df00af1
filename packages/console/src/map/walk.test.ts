import { expect, test } from 'vitest';
import { mapGraph } from './graph.ts';
import { drawServices, keyOf } from './testing.ts';
import { firstNode, type Way, walk } from './walk.ts';

/**
 *   a   b   d
 *       c
 */
const GRAPH = mapGraph(drawServices('a>c b>d'), {
  [keyOf('a')]: { x: 0, y: 0 },
  [keyOf('b')]: { x: 2, y: 0 },
  [keyOf('c')]: { x: 2, y: 2 },
  [keyOf('d')]: { x: 4, y: 0 },
});

test.each([
  ['a', 'right', 'c'], // an edge leads there, though b is nearer
  ['c', 'left', 'a'],
  ['c', 'up', 'b'],
  ['b', 'down', 'c'],
  ['b', 'left', 'a'],
  ['c', 'right', 'd'],
  ['a', 'left', undefined],
  ['d', 'right', undefined],
] satisfies readonly (readonly [string, Way, string | undefined])[])('from %s %s to %s', (from, way, to) => {
  expect(walk(GRAPH, keyOf(from), way)?.name).toBe(to);
});

test('a walk begins on the left, at the top', () => {
  expect(firstNode(GRAPH)?.name).toBe('a');
  expect(walk(GRAPH, 'unknown', 'up')?.name).toBe('a');
  expect(firstNode({ nodes: [], edges: [] })).toBe(null);
});
