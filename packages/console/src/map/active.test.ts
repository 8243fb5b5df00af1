import { expect, test } from 'vitest';
import { tracesWindow } from './active.ts';
import { drawGraph, requests } from './testing.ts';

const WINDOW = { startS: 1000, endS: 2000 };
const GRAPH = drawGraph('a>b>c d>c e f', {
  a: { ...requests(1, 1), StartTime: 1400.5, EndTime: 1900.5 },
  b: { ...requests(1, 1), StartTime: 1500.5, EndTime: 1600.5 },
  c: { ...requests(1, 1), StartTime: 1510, EndTime: 1590 },
  'b>c': { ...requests(1, 1), StartTime: 1510, EndTime: 1550.2 },
  d: { ...requests(1, 1), StartTime: 1300, EndTime: 1301 },
  e: { ...requests(1, 1), StartTime: 900, EndTime: 2100 },
});

function windowOf(name: string): readonly [number, number] {
  const item = [...GRAPH.nodes, ...GRAPH.edges].find((it) =>
    'from' in it ? `${it.from.name}>${it.to.name}` === name : it.name === name,
  );
  if (item === undefined) throw new Error(`no ${name}`);
  const { startS, endS } = tracesWindow(GRAPH, item, WINDOW);
  return [startS, endS];
}

test.each([
  ['a', 1400, 1901, 'nothing calls it'],
  ['b', 1400, 1601, 'its traces may have begun with its caller'],
  ['c', 1300, 1590, 'with any of these'],
  ['b>c', 1400, 1551, 'an edge with what calls its caller'],
  ['e', 1000, 2000, 'never more than the window'],
  ['f', 1000, 2000, 'not known: the window'],
])('%s from %d to %d: %s', (name, startS, endS) => {
  expect(windowOf(name)).toEqual([startS, endS]);
});
