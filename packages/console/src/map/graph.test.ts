import type { Service } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { edgeCurve, toPixels, toUnits } from './geometry.ts';
import { mapGraph } from './graph.ts';
import { layered } from './layered.ts';
import { kindOf, shortName, typeLabel } from './kind.ts';
import { serviceKeyOf } from './services.ts';
import { ringArcs, sharesOf, worstOf } from './shares.ts';

const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/000000000000/orders';
const SERVICES: readonly Service[] = [
  { ReferenceId: 0, Name: 'shop', Type: 'client', State: 'unknown', Edges: [{ ReferenceId: 1 }] },
  {
    ReferenceId: 1,
    Name: 'shop',
    State: 'active',
    Root: true,
    Edges: [{ ReferenceId: 2, EdgeType: 'link' }, { ReferenceId: 99 }],
  },
  { ReferenceId: 2, Name: QUEUE, Type: 'AWS::SQS::Queue', State: 'unknown' },
];

test('client and service of one name are two nodes; an edge to nowhere is left out', () => {
  const graph = mapGraph(SERVICES, {});
  expect(graph.nodes.map((node) => [node.shortName, node.kind, node.inferred])).toEqual([
    ['Clients', 'client', true],
    ['shop', 'service', false],
    ['orders', 'queue', true],
  ]);
  expect(graph.edges.map((edge) => [edge.from.name, edge.to.shortName, edge.link])).toEqual([
    ['shop', 'shop', false],
    ['shop', 'orders', true],
  ]);
});

test('given places are used as they are', () => {
  const places = Object.fromEntries(SERVICES.map((service, at) => [serviceKeyOf(service), { x: at * 3.5, y: -at }]));
  expect(mapGraph(SERVICES, places).nodes.map((node) => node.position)).toEqual([
    { x: 0, y: -0 },
    { x: 3.5, y: -1 },
    { x: 7, y: -2 },
  ]);
});

test.each([
  [
    'a chain goes right',
    ['a', 'b', 'c'],
    [
      ['a', 'b'],
      ['b', 'c'],
    ],
  ],
  [
    'a call back stays in its column',
    ['a', 'b', 'c'],
    [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
    ],
  ],
  [
    'the longest way counts',
    ['a', 'b', 'c'],
    [
      ['a', 'c'],
      ['a', 'b'],
      ['b', 'c'],
    ],
  ],
  [
    'a call to itself counts for nothing',
    ['a', 'b', 'c'],
    [
      ['a', 'a'],
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'c'],
    ],
  ],
] as [string, string[], [string, string][]][])('layers: %s', (_name, keys, connections) => {
  const places = layered(keys, connections);
  const columns = keys.map((key) => places[key]?.x ?? -1);
  expect(columns).toEqual([...columns].sort((a, b) => a - b));
  expect(new Set(columns).size).toBe(3);
});

test('no two nodes share a place', () => {
  const keys = Array.from({ length: 30 }, (_, at) => `n${at}`);
  const places = layered(
    keys,
    keys.slice(1).map((key, at) => [keys[at % 4] ?? '', key] as const),
  );
  expect(new Set(Object.values(places).map(({ x, y }) => `${x} ${y}`)).size).toBe(30);
});

test('counts are disjoint and an average needs requests', () => {
  const statistics = {
    OkCount: 6,
    ErrorStatistics: { ThrottleCount: 1, OtherCount: 2, TotalCount: 3 },
    FaultStatistics: { OtherCount: 1, TotalCount: 1 },
    TotalCount: 10,
    TotalResponseTime: 5,
  };
  expect(sharesOf(statistics)).toEqual({ ok: 6, error: 2, throttle: 1, fault: 1, total: 10, averageS: 0.5 });
  expect(worstOf(sharesOf(statistics))).toEqual({ outcome: 'fault', share: 0.1 });
  expect(sharesOf(undefined)).toMatchObject({ total: 0, averageS: undefined });
});

test('arcs fill the ring, and a rare fault can be seen', () => {
  const arcs = ringArcs(sharesOf({ OkCount: 99_999, FaultStatistics: { TotalCount: 1 } }));
  expect(arcs.reduce((sum, arc) => sum + arc.length, 0)).toBeCloseTo(1);
  expect(arcs.find((arc) => arc.outcome === 'fault')?.length).toBeGreaterThan(0.02);
});

test.each([
  [null, 'service', 'Service'],
  ['AWS::DynamoDB::Table', 'database', 'DynamoDB table'],
  ['AWS::StepFunctions::StateMachine', 'aws', 'StepFunctions StateMachine'],
  ['client::Synthetics', 'client', 'client Synthetics'],
  ['whatever', 'service', 'whatever'],
])('type %s is a %s called %s', (type, kind, label) => {
  expect([kindOf(type), typeLabel(type)]).toEqual([kind, label]);
});

test('a queue goes by the last part of its URL', () => {
  expect(shortName(QUEUE, 'AWS::SQS::Queue')).toBe('orders');
  expect(shortName('db@host:5432/x', 'Database::SQL')).toBe('db@host:5432/x');
});

test.each([
  ['right', 4, 0],
  ['left', -4, 1],
  ['below', 0, 3],
  ['itself', 0, 0],
])('a curve to the %s has no missing numbers', (_name, x, y) => {
  const curve = edgeCurve(toPixels({ x: 0, y: 0 }), toPixels({ x, y }), 2);
  expect(`${curve.path}${curve.arrow}`).not.toContain('NaN');
});

test('pixels and units are inverse', () => {
  expect(toUnits(toPixels({ x: 1.25, y: -3 }))).toEqual({ x: 1.25, y: -3 });
});
