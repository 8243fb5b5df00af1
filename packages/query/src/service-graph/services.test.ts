import type { Service } from '@fluoroscope/api';
import { timeUs, toLinkSource, type ServiceKey } from '@fluoroscope/model';
import { toHistogram, type EdgeSum, type GraphSums, type NodeSum } from '@fluoroscope/store';
import { expect, test } from 'vitest';
import { toServices } from './services.ts';

const SHOP: ServiceKey = { name: 'shop', type: null, accountId: null };
const STOCK: ServiceKey = { name: 'stock', type: 'AWS::EC2::Instance', accountId: '000000000007' };
const CLIENT: ServiceKey = { name: 'shop', type: 'client', accountId: null };

test('sums of one node are folded, active and root win', () => {
  const [shop] = printed({ nodes: [nodeSum(SHOP), nodeSum(SHOP, { root: true, state: 'inferred' })], edges: [] });
  expect(shop).toMatchObject({
    State: 'active',
    Root: true,
    SummaryStatistics: {
      OkCount: 2,
      ErrorStatistics: { ThrottleCount: 4, OtherCount: 2, TotalCount: 6 },
      FaultStatistics: { OtherCount: 2, TotalCount: 2 },
      TotalCount: 10,
      TotalResponseTime: 3,
    },
    ResponseTimeHistogram: [{ Value: 0.3, Count: 10 }],
    Edges: [],
  });
});

test('nodes known from an edge only are there, with its times', () => {
  const services = printed({ nodes: [], edges: [edgeSum(SHOP, STOCK)] });
  expect(services).toMatchObject([
    { Name: 'shop', State: 'active', StartTime: 1, EndTime: 4, SummaryStatistics: { TotalCount: 0 } },
    { Name: 'stock', State: 'unknown', StartTime: 1, EndTime: 4, AccountId: '000000000007', Edges: [] },
  ]);
});

test('a client has no statistics, a node without origin no type', () => {
  const [client, shop] = printed({ nodes: [nodeSum(SHOP)], edges: [edgeSum(CLIENT, SHOP)] });
  expect(client).toMatchObject({ Type: 'client', State: 'unknown', Edges: [{ ReferenceId: 1 }] });
  expect(client).not.toHaveProperty('SummaryStatistics');
  expect(shop).not.toHaveProperty('Type');
  expect(shop).not.toHaveProperty('AccountId');
  expect(shop).not.toHaveProperty('Root');
});

test('aliases carry the type of what they name', () => {
  const [, stock] = printed({
    nodes: [],
    edges: [edgeSum(STOCK, SHOP, ['a.example']), edgeSum(SHOP, STOCK, ['b', 'a'])],
  });
  const [shop] = printed({ nodes: [], edges: [edgeSum(SHOP, STOCK, ['b', 'a'])] });
  expect(stock?.Edges?.[0]?.Aliases).toEqual([{ Name: 'a.example', Names: ['a.example'] }]);
  expect(shop?.Edges?.[0]?.Aliases?.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
    'a AWS::EC2::Instance',
    'b AWS::EC2::Instance',
  ]);
});

test('an edge from a queue to a receiver is a link with the ages of messages, beside calls between the two', () => {
  const queue: ServiceKey = { name: 'https://sqs/orders', type: 'AWS::SQS::Queue', accountId: null };
  const [orders] = printed({ nodes: [], edges: [edgeSum(toLinkSource(queue), STOCK), edgeSum(queue, STOCK)] });
  expect(orders).toMatchObject({ Name: queue.name, Type: queue.type });
  expect(orders?.Edges).toHaveLength(2);
  expect(orders?.Edges?.[0]).toMatchObject({
    EdgeType: 'link',
    SummaryStatistics: {},
    ResponseTimeHistogram: [],
    ReceivedEventAgeHistogram: [{ Value: 0.3, Count: 5 }],
  });
  expect(orders?.Edges?.[1]).not.toHaveProperty('EdgeType');
});

test('a queue that only passes messages on sends no segments', () => {
  const queue: ServiceKey = { name: 'orders', type: 'Messaging::Kafka', accountId: null };
  const services = printed({ nodes: [], edges: [edgeSum(toLinkSource(queue), SHOP)] });
  expect(services.find(({ Name }) => Name === 'orders')).toMatchObject({ State: 'unknown', Type: 'Messaging::Kafka' });
});

test('the end is after the start', () => {
  const [shop] = printed({ nodes: [nodeSum(SHOP, { startUs: timeUs(5e6), endUs: timeUs(5e6) })], edges: [] });
  expect(shop?.EndTime).toBeGreaterThan(shop?.StartTime ?? 0);
});

test('reference ids do not depend on the order of the sums', () => {
  const sums: GraphSums = {
    nodes: [nodeSum(STOCK), nodeSum(SHOP)],
    edges: [edgeSum(SHOP, STOCK), edgeSum(CLIENT, SHOP)],
  };
  const reversed = { nodes: sums.nodes.toReversed(), edges: sums.edges.toReversed() };
  expect(printed(reversed)).toEqual(printed(sums));
});

function printed(sums: GraphSums): readonly Service[] {
  return JSON.parse(JSON.stringify(toServices(sums)));
}

const SUM = {
  startUs: timeUs(1e6),
  endUs: timeUs(4e6),
  counts: { ok: 1, error: 1, throttle: 2, fault: 1, pending: 9 },
  totalDurationUs: 1_500_000,
  histogram: toHistogram(new Map([[300_000, 5]])),
};

function nodeSum(service: ServiceKey, fields: Partial<NodeSum> = {}): NodeSum {
  return { ...SUM, service, state: 'active', root: false, ...fields };
}

function edgeSum(source: ServiceKey, target: ServiceKey, aliases: readonly string[] = []): EdgeSum {
  return { ...SUM, source, target, aliases };
}
