import { expect, test } from 'vitest';
import { filterOf, inGroup } from './band.ts';
import type { MapGraph } from './graph.ts';
import { mapGraph } from './graph.ts';
import type { SettledOutcome } from './shares.ts';
import { drawServices } from './testing.ts';

const GRAPH = mapGraph(
  drawServices('client:shop>shop>cart twin', { twin: { Name: 'cart', Type: 'AWS::Lambda' }, shop: { Name: 'sh"op' } }),
  {},
);
const BAND = { fromS: 0.1, toS: 0.2500004 };

test.each([
  ['node', 1, null, [], 'service("sh\\"op")'],
  ['node', 1, BAND, [], 'service("sh\\"op") { responsetime >= 0.1 AND responsetime <= 0.25 }'],
  ['node', 1, null, ['fault', 'error'], 'service("sh\\"op") { (error OR fault) }'],
  ['node', 3, null, ['ok'], 'service(id(name: "cart", type: "AWS::Lambda")) { ok }'],
  ['edge', 0, BAND, ['fault'], 'service("sh\\"op") { responsetime >= 0.1 AND responsetime <= 0.25 AND fault }'],
  ['edge', 1, null, [], 'edge("sh\\"op", "cart")'],
] satisfies readonly (readonly ['node' | 'edge', number, typeof BAND | null, readonly SettledOutcome[], string])[])(
  '%s %d, %j, %j: %s',
  (kind, at, band, outcomes, filter) => {
    const item = (kind === 'node' ? GRAPH.nodes : GRAPH.edges)[at];
    expect(item === undefined ? '' : filterOf(item, band, new Set(outcomes), GRAPH)).toBe(filter);
  },
);

test.each([
  [null, 'service("a")'],
  ['sl"ow', 'group.name = "sl\\"ow" AND service("a")'],
])('in the group %j: %s', (group, filter) => {
  expect(inGroup('service("a")', group)).toBe(filter);
});

test('any other box stands for each of its nodes, as long as these are not too many', () => {
  const box = (Names: readonly string[]): MapGraph =>
    mapGraph(
      [
        { ReferenceId: 0, Name: 'shop', Edges: [{ ReferenceId: 1 }] },
        { ReferenceId: 1, Name: 'checkout', Names, Type: 'box:group' },
      ],
      {},
    );
  const filters = (graph: MapGraph) =>
    [graph.nodes[1], graph.edges[0]].map((item) => item && filterOf(item, null, new Set(['fault']), graph));
  expect(filters(box(['cart', 'order', 'cart']))).toEqual([
    '(service("cart") { fault } OR service("order") { fault })',
    '(edge("shop", "cart") { fault } OR edge("shop", "order") { fault })',
  ]);
  expect(filters(box(Array.from({ length: 41 }, (_, at) => `s${at}`)))).toEqual([null, null]);
});

test('a box of a type stands for all nodes of it', () => {
  const boxed: MapGraph = mapGraph([{ ReferenceId: 0, Name: 'AWS::SNS', Type: 'box:type' }], {});
  expect(boxed.nodes.map((node) => filterOf(node, null, new Set(), boxed))).toEqual(['service(id(type: "AWS::SNS"))']);
});
