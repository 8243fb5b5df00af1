import { timeUs, UNRESOLVED_CLIENT_TYPE, type ServiceKey } from '@fluoroscope/model';
import { toHistogram, type EdgeSum, type NodeSum, type OutcomeCounts } from '@fluoroscope/store';
import { expect, test } from 'vitest';
import { settledSums } from './settled-sums.ts';

const NOW = timeUs(1_000_000_000_000);
const SHOP: ServiceKey = { name: 'shop', type: null, accountId: null };
const HOST: ServiceKey = { name: 'stock.example', type: 'remote', accountId: null };
const TABLE: ServiceKey = { name: 'carts', type: 'AWS::DynamoDB::Table', accountId: null };
const LATE: ServiceKey = { name: 'shop', type: UNRESOLVED_CLIENT_TYPE, accountId: null };
const CLIENT: ServiceKey = { name: 'shop', type: 'client', accountId: null };

test.each([
  ['a remote node of this moment', HOST, 0.1, 0.05, 1, false],
  ['one that a slow call has just ended at', HOST, 3, 0.05, 1, false],
  ['one that has stood for a moment', HOST, 0.9, 0.7, 1, true],
  ['one with steady traffic', HOST, 60, 0.01, 40, true],
  ['a table of this moment', TABLE, 0.1, 0.05, 1, true],
])('%s', (_name, service, startedAgo, endedAgo, count, isShown) => {
  const figures = sum(startedAgo, endedAgo, count);
  const node: NodeSum = { ...figures, service, state: 'inferred', root: false };
  const edge: EdgeSum = { ...figures, source: SHOP, target: service, aliases: [] };
  const settled = settledSums({ nodes: [node], edges: [edge] }, NOW);
  expect([settled.nodes.length, settled.edges.length]).toEqual(isShown ? [1, 1] : [0, 0]);
});

test.each([
  ['the client of a root shows at once', CLIENT, 0.1, 1, true],
  ['that of a segment whose parent is late does not', LATE, 0.1, 1, false],
  ['nor under traffic', LATE, 5, 20, false],
  ['until the parent has been missing for a while', LATE, 11, 20, true],
])('%s', (_name, source, startedAgo, count, isShown) => {
  const edge: EdgeSum = { ...sum(startedAgo, 0.05, count), source, target: SHOP, aliases: [] };
  expect(settledSums({ nodes: [], edges: [edge] }, NOW).edges.length).toBe(isShown ? 1 : 0);
});

function sum(startedAgo: number, endedAgo: number, count: number) {
  const counts: OutcomeCounts = { ok: count, error: 0, throttle: 0, fault: 0, pending: 0 };
  const startUs = timeUs(NOW - startedAgo * 1e6);
  const endUs = timeUs(NOW - endedAgo * 1e6);
  return { startUs, endUs, counts, totalDurationUs: 1, histogram: toHistogram(new Map()) };
}
