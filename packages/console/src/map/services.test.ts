import { expect, test } from 'vitest';
import { mapGraph } from './graph.ts';
import { unionServices, withFigures } from './services.ts';
import { drawServices, requests } from './testing.ts';

const SHAPE = drawServices('client:a>a>b a>c', { a: requests(9, 1), b: requests(9, 1) });
const STEP = drawServices('c b>x a>b', { a: requests(2, 3), b: requests(1, 1), 'a>b': requests(4, 1) });

test('a step of a replay: the nodes and edges stay, with its figures or none', () => {
  const graph = mapGraph(withFigures(SHAPE, STEP), {});
  expect(graph.nodes.map(({ name, shares }) => [name, shares.total])).toEqual([
    ['a', 0],
    ['a', 2],
    ['b', 1],
    ['c', 0],
  ]);
  expect(graph.edges.map(({ from, to, shares }) => [from.name, to.name, shares.total])).toEqual([
    ['a', 'a', 0],
    ['a', 'b', 4],
    ['a', 'c', 0],
  ]);
});

test('a union has every node and edge of both once, and references of its own', () => {
  const union = unionServices(SHAPE, STEP);
  const graph = mapGraph(union, {});
  expect(graph.nodes.map(({ name, type }) => `${type ?? ''}${name}`).sort()).toEqual(['a', 'b', 'c', 'clienta', 'x']);
  expect(graph.edges.map(({ from, to }) => `${from.name}>${to.name}`).sort()).toEqual(['a>a', 'a>b', 'a>c', 'b>x']);
  expect(graph.nodes.every(({ shares }) => shares.total === 0)).toBe(true);
});
