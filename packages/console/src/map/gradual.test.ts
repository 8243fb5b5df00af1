import { expect, test } from 'vitest';
import { nextDrawn, nextPace, partsOf } from './gradual.ts';

test('what is drawn becomes what is wanted step by step', () => {
  const first = nextDrawn(new Set(['x', 'y', 'a']), ['a', 'b', 'c'], 1);
  expect([...first]).toEqual(['y', 'a', 'b']);
  expect([...nextDrawn(first, ['a', 'b', 'c'], 5)]).toEqual(['a', 'b', 'c']);
});

test.each([
  ['as long as there is', 3, 8],
  ['half as long', 1.5, 16],
  ['no time at all', 0, 16],
  ['far too long', 90, 4],
])('a step of 8 nodes that took %s is followed by one of so many', (_, tookMs, nodes) => {
  expect(nextPace({ nodes: 8, edges: 24 }, tookMs)).toEqual({ nodes, edges: 3 * nodes });
});

test('a pace has limits', () => {
  const after = (tookMs: number): number => {
    let pace = { nodes: 8, edges: 24 };
    for (let step = 0; step < 20; step += 1) pace = nextPace(pace, tookMs);
    return pace.nodes;
  };
  expect([after(0), after(1e3)]).toEqual([32, 1]);
});

test('what comes changes the part that it is of, and no other', () => {
  const all = Array.from({ length: 70 }, (_, at) => ({ key: `n${at}` }));
  const before = partsOf(all, new Set(['n3', 'n69']), new Set());
  const after = partsOf(all, new Set(['n3', 'n40', 'n69']), new Set(['n5']));
  expect(before.map(({ items }) => items.map(({ key }) => key))).toEqual([['n3'], [], ['n69']]);
  expect(after.map(({ items }) => items.map(({ key }) => key))).toEqual([['n3', 'n5'], ['n40'], ['n69']]);
});
