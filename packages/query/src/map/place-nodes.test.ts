import type { Position, Positions, Service } from '@fluoroscope/api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutMap } from './layout-map.ts';
import { placeNodes } from './place-nodes.ts';
import { LAYER_DISTANCE, ROW_DISTANCE, ROW_GRID } from './spacing.ts';

const SHOP = 'client:shop>shop>stock>db shop>cart>db';

test('callers stand left of what they call, layers are even', () => {
  const at = byName(layoutMap(graph(SHOP)));
  expect(columnsOf(at, ['client:shop', 'shop', 'stock', 'cart', 'db'])).toEqual([0, 1, 2, 2, 3]);
  expect(Math.abs((at['stock']?.y ?? 0) - (at['cart']?.y ?? 0))).toBeCloseTo(ROW_DISTANCE);
  expect(at['shop']?.y).toBe(at['client:shop']?.y);
});

test('no needless crossing', () => {
  const at = byName(layoutMap(graph('client:s>s>a s>b s>c a>z b>y c>x')));
  const order = (names: readonly string[]) => names.toSorted((a, b) => (at[a]?.y ?? 0) - (at[b]?.y ?? 0)).join('');
  const second = { a: 'z', b: 'y', c: 'x' };
  expect(order(['x', 'y', 'z'])).toBe(order(['a', 'b', 'c']).replaceAll(/[abc]/g, (name) => second[name as 'a']));
});

test('an edge that skips layers meets no node on its way, nodes stand in rows', () => {
  const at = byName(layoutMap(graph('client:f>f>m>n>z f>o>p>z f>z')));
  const [f, z] = [at['f'], at['z']];
  for (const name of ['m', 'n', 'o', 'p']) {
    const node = at[name] ?? { x: 0, y: 0 };
    const share = (node.x - (f?.x ?? 0)) / ((z?.x ?? 0) - (f?.x ?? 0));
    const line = (f?.y ?? 0) + share * ((z?.y ?? 0) - (f?.y ?? 0));
    expect(Math.abs(node.y - line), name).toBeGreaterThan(0.7);
    expect(Math.abs(Math.round(node.y / ROW_GRID) - node.y / ROW_GRID)).toBeCloseTo(0);
  }
});

test('calls of one service fan out evenly', () => {
  const at = byName(layoutMap(graph('client:s>s>a s>b s>c s>d')));
  const rows = ['a', 'b', 'c', 'd'].map((name) => ((at[name]?.y ?? 0) - (at['s']?.y ?? 0)) / ROW_DISTANCE);
  expect(rows.map((row) => Math.round(row * 100) / 100)).toEqual([-1.5, -0.5, 0.5, 1.5]);
});

test('a newcomer does not stand on an edge', () => {
  const kept = byKey({ s: { x: 0, y: 0 }, a: { x: LAYER_DISTANCE, y: 1.6 }, z: { x: 2 * LAYER_DISTANCE, y: 0 } });
  const placed = byName(placeNodes(kept, graph('s>a>z s>z s>new')));
  expect(Math.abs(placed['new']?.y ?? 0)).toBeGreaterThan(0.75);
});

test('a circle is laid out as it is entered', () => {
  const at = byName(layoutMap(graph('client:a>a>b>c>a')));
  expect(columnsOf(at, ['a', 'b', 'c'])).toEqual([1, 2, 3]);
});

test('nothing kept: the whole layout', () => {
  expect(placeNodes({}, graph(SHOP))).toEqual(layoutMap(graph(SHOP)));
});

test('only new nodes get positions, right of their callers and near their height', () => {
  const kept = layoutMap(graph(SHOP));
  const placed = byName(placeNodes(kept, graph(`${SHOP} cart>redis`)));
  const cart = byName(kept)['cart'];
  expect(Object.keys(placed)).toEqual(['redis']);
  expect(placed['redis']?.x).toBeCloseTo((cart?.x ?? 0) + LAYER_DISTANCE);
  expect(Math.abs((placed['redis']?.y ?? 99) - (cart?.y ?? 0))).toBeLessThan(2 * ROW_DISTANCE);
});

test('a client that comes late stands left of its service', () => {
  const kept = layoutMap(graph('client:shop>shop'));
  const placed = byName(placeNodes(kept, graph('client:shop>shop client:cart>cart shop>cart')));
  expect(placed['client:cart']?.x).toBeLessThan(placed['cart']?.x ?? 0);
});

test('what nothing kept leads to goes below', () => {
  const kept = { old: { x: 0, y: 7 } };
  const placed = placeNodes(kept, graph(SHOP));
  expect(Math.min(...Object.values(placed).map(({ y }) => y))).toBeCloseTo(7 + ROW_DISTANCE);
});

/** So many services behind one client, each called by one of those before it. */
function tree(nodeCount: number, callersOf: number): string {
  const edges = Array.from({ length: nodeCount - 2 }, (_, at) => `n${Math.floor(at / callersOf)}>n${at + 1}`);
  return ['client:n0>n0', ...edges].join(' ');
}

test.each([
  ['calls everything itself', tree(500, 498)],
  ['calls in three steps', tree(500, 8)],
  ['is as wide as it is deep', tree(500, 2)],
  ['stands beside as many that nobody calls', Array.from({ length: 500 }, (_, at) => `n${at}`).join(' ')],
])('a map of 500 that %s has the shape of a screen, callers left', (_, text) => {
  const services = graph(text);
  const whole = layoutMap(services);
  const [xs, ys] = [Object.values(whole).map(({ x }) => x), Object.values(whole).map(({ y }) => y)];
  const shape = (Math.max(...xs) - Math.min(...xs)) / (Math.max(...ys) - Math.min(...ys));
  expect(shape).toBeGreaterThan(0.9);
  expect(shape).toBeLessThan(3);
  const at = byName(whole);
  for (const [caller, callee] of text.split(' ').map((edge) => edge.split('>'))) {
    if (callee !== undefined) expect(at[caller ?? '']?.x, `${caller}>${callee}`).toBeLessThan(at[callee]?.x ?? 0);
  }
});

test('twelve in a layer are one column', () => {
  expect(new Set(columnsOf(byName(layoutMap(graph(tree(14, 12)))), ['n1', 'n6', 'n12']))).toEqual(new Set([2]));
});

test('on a crowded map a newcomer stands right of its caller, and not far away', () => {
  const kept = layoutMap(graph(tree(500, 8)));
  const at = byName(placeNodes(kept, graph(`${tree(500, 8)} n40>new`)));
  const caller = byName(kept)['n40'] ?? { x: 0, y: 0 };
  const { x, y } = at['new'] ?? { x: 0, y: 0 };
  expect(Object.keys(at)).toEqual(['new']);
  expect(x).toBeGreaterThan(caller.x);
  expect(Math.hypot(x - caller.x, y - caller.y)).toBeLessThan(13);
});

const NAMES = Array.from('abcdefghij');
const MANY = Array.from({ length: 40 }, (_, at) => `m${at}`);
const anyEdge = fc.tuple(fc.constantFrom(...NAMES, 'client:a', 'client:b'), fc.constantFrom(...NAMES));
/** More than a column holds. */
const anyFan = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...MANY));
const anyGraph = fc
  .oneof(fc.array(anyEdge, { maxLength: 25 }), fc.array(fc.oneof(anyEdge, anyFan, anyFan), { maxLength: 90 }))
  .map((edges) => edges.map(([source, target]) => `${source}>${target}`).join(' '));
const anyKept = fc.dictionary(
  fc.constantFrom(...NAMES, 'gone').map(keyOf),
  fc.record({ x: fc.integer({ min: -4, max: 9 }), y: fc.integer({ min: -4, max: 9 }) }),
);

test('any graph: all placed, none moved, no two on one spot, whatever the order', () => {
  fc.assert(
    fc.property(anyGraph, anyKept, fc.nat(), (text, kept, turn) => {
      const services = graph(text);
      const placed = placeNodes(kept, services);
      expect(Object.keys(placed).toSorted()).toEqual(
        services
          .map(({ Name, Type }) => keyOf(Type === 'client' ? `client:${Name}` : (Name ?? '')))
          .filter((key) => !(key in kept))
          .toSorted(),
      );
      const occupied = Object.values(kept);
      for (const position of Object.values(placed)) {
        for (const other of occupied) expect(isFree(position, other)).toBe(true);
        occupied.push(position);
      }
      expect(placeNodes(kept, turned(services, turn))).toEqual(placed);
      expect(layoutMap(turned(services, turn))).toEqual(layoutMap(services));
    }),
    { seed: 11, numRuns: 500 },
  );
});

function columnsOf(at: ReturnType<typeof byName>, names: readonly string[]): number[] {
  return names.map((name) => Math.round(((at[name]?.x ?? Number.NaN) / LAYER_DISTANCE) * 100) / 100);
}

/** Nodes are 1 × 1. */
function isFree(a: Position, b: Position): boolean {
  return Math.abs(a.x - b.x) >= 1 || Math.abs(a.y - b.y) >= 1;
}

/** `a>b>c d>b`: chains of calls; `client:a` is the client node of a. */
function graph(text: string): readonly Service[] {
  const chains = text
    .split(' ')
    .filter((chain) => chain !== '')
    .map((chain) => chain.split('>'));
  const names = [...new Set(chains.flat())];
  return names.map((name, reference) => {
    const targets = chains.flatMap((chain) => chain.filter((_, at) => chain[at - 1] === name));
    const type = name.startsWith('client:') ? { Type: 'client' } : {};
    const edges = targets.map((target) => ({ ReferenceId: names.indexOf(target) }));
    return Object.assign({ ReferenceId: reference, Name: name.replace('client:', ''), Edges: edges }, type);
  });
}

function turned(services: readonly Service[], by: number): readonly Service[] {
  const at = services.length === 0 ? 0 : by % services.length;
  return [...services.slice(at), ...services.slice(0, at)].map((service) =>
    Object.assign({}, service, { Edges: service.Edges?.toReversed() }),
  );
}

function keyOf(name: string): string {
  return JSON.stringify([name.replace('client:', ''), name.startsWith('client:') ? 'client' : null, null]);
}

function byKey(positions: Readonly<Record<string, Position>>): Positions {
  return Object.fromEntries(Object.entries(positions).map(([name, position]) => [keyOf(name), position]));
}

function byName(positions: Positions): Partial<Record<string, Position>> {
  return Object.fromEntries(
    Object.entries(positions).map(([key, position]) => {
      const [name, type] = JSON.parse(key) as [string, string | null];
      return [type === 'client' ? `client:${name}` : name, position];
    }),
  );
}
