import { expect, test } from 'vitest';
import { type BoxGroup, boxLabelOf, collapseServices, readBoxType } from './map-boxes.ts';
import type { Service } from './shapes.ts';

test.each([
  ['type', 'orders', 'AWS::DynamoDB::Table', 'AWS::DynamoDB::Table'],
  ['type', 'orders', undefined, null],
  ['type', 'shop', 'client', null],
  ['namespace', 'reviews.default', undefined, 'default'],
  ['namespace', 'reviews.prod.svc.cluster.local', 'AWS::EKS::Container', 'prod'],
  ['namespace', 'shop/cart', undefined, 'shop'],
  ['namespace', 'api.bank', 'remote', null],
  ['namespace', 'reviews', undefined, null],
  ['prefix', 'shop-orders', 'AWS::DynamoDB::Table', 'shop'],
  ['prefix', 'https://sqs.eu-west-1.amazonaws.com/000000000000/order-events', 'AWS::SQS::Queue', 'order'],
  ['prefix', 'cart', undefined, null],
] as const)('by %s, %s (%s) is in box %s', (by, Name, Type, label) => {
  expect(boxLabelOf({ Name, ...(Type !== undefined && { Type }) }, { by, groups: [] })).toBe(label);
});

const ANY = { name: null, type: null, accountId: null };
const GROUPS: readonly BoxGroup[] = [
  {
    name: 'checkout',
    services: [
      { ...ANY, name: 'cart' },
      { ...ANY, name: 'order' },
    ],
  },
  {
    name: 'data',
    services: [
      { ...ANY, type: 'AWS::DynamoDB::Table', accountId: '1' },
      { ...ANY, name: 'order' },
    ],
  },
];

test.each([
  ['named by a group', { Name: 'cart' }, 'checkout'],
  ['named, of any type', { Name: 'cart', Type: 'remote' }, 'checkout'],
  ['in the first of two groups', { Name: 'order' }, 'checkout'],
  ['named by type and account', { Name: 'orders', Type: 'AWS::DynamoDB::Table', AccountId: '1' }, 'data'],
  ['of another account', { Name: 'orders', Type: 'AWS::DynamoDB::Table' }, null],
  ['named by none', { Name: 'shop' }, null],
  ['the clients of one that is named', { Name: 'cart', Type: 'client' }, null],
])('by group, %s', (_case, service, label) => {
  expect(boxLabelOf(service, { by: 'group', groups: GROUPS })).toBe(label);
});

test('a group of two nodes is a box with its name; the other, of one, is none', () => {
  const services = ['cart', 'order', 'orders'].map((Name, ReferenceId) => ({ ReferenceId, Name, Type: '' }));
  const [box, ...rest] = collapseServices(services, { by: 'group', groups: GROUPS }, new Set());
  expect(box).toMatchObject({ Name: 'checkout', Names: ['cart', 'order'], Type: 'box:group' });
  expect(rest.map(({ Name }) => Name)).toEqual(['orders']);
});

const BY_TYPE = { by: 'type', groups: [] } as const;
const TABLE = 'AWS::DynamoDB::Table';
const statistics = (ok: number, fault: number) => ({
  OkCount: ok,
  ErrorStatistics: { OtherCount: 0, ThrottleCount: 0, TotalCount: 0 },
  FaultStatistics: { OtherCount: fault, TotalCount: fault },
  TotalCount: ok + fault,
  TotalResponseTime: ok,
});
const SERVICES: readonly Service[] = [
  {
    ReferenceId: 0,
    Name: 'shop',
    Edges: [
      { ReferenceId: 1, SummaryStatistics: statistics(1, 0), ResponseTimeHistogram: [{ Value: 0.1, Count: 1 }] },
      {
        ReferenceId: 2,
        SummaryStatistics: statistics(2, 1),
        ResponseTimeHistogram: [
          { Value: 0.1, Count: 2 },
          { Value: 0.2, Count: 1 },
        ],
      },
    ],
  },
  { ReferenceId: 1, Name: 'carts', Type: TABLE, State: 'unknown', SummaryStatistics: statistics(1, 0) },
  {
    ReferenceId: 2,
    Name: 'orders',
    Type: TABLE,
    State: 'unknown',
    SummaryStatistics: statistics(2, 1),
    Edges: [{ ReferenceId: 1 }, { ReferenceId: 3 }],
  },
  { ReferenceId: 3, Name: 'other', Type: 'AWS::SNS' },
];

test('a box sums its members, edges into it are added up, and those within it are gone', () => {
  const [shop, box, other, ...rest] = collapseServices(SERVICES, BY_TYPE, new Set());
  expect(rest).toEqual([]);
  expect(shop?.Edges).toMatchObject([
    {
      ReferenceId: 1,
      SummaryStatistics: statistics(3, 1),
      ResponseTimeHistogram: [
        { Value: 0.1, Count: 3 },
        { Value: 0.2, Count: 1 },
      ],
    },
  ]);
  expect(box).toMatchObject({ Name: TABLE, Type: 'box:type', State: 'unknown', SummaryStatistics: statistics(3, 1) });
  expect(box?.Edges).toEqual([{ ReferenceId: 3 }]);
  expect(other?.Name).toBe('other');
  expect(readBoxType(box?.Type ?? null)).toBe('type');
});

test('an open box shows its members as they are', () => {
  expect(collapseServices(SERVICES, BY_TYPE, new Set([TABLE]))).toEqual(
    SERVICES.map((service) => ({ ...service, Edges: service.Edges ?? [] })),
  );
});

test('a box is active from the first of its members to the last, and so is what it calls', () => {
  const edge = (StartTime: number, EndTime: number) => [{ ReferenceId: 2, StartTime, EndTime }];
  const [box] = collapseServices(
    [
      { ReferenceId: 0, Name: 'cart', StartTime: 10, EndTime: 20, Edges: edge(11, 12) },
      { ReferenceId: 1, Name: 'order', StartTime: 5, EndTime: 15, Edges: edge(6, 14) },
      { ReferenceId: 2, Name: 'shop' },
    ],
    { by: 'group', groups: GROUPS },
    new Set(),
  );
  expect(box).toMatchObject({ StartTime: 5, EndTime: 20, Edges: [{ StartTime: 6, EndTime: 14 }] });
});
