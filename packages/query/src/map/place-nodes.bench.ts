// npx tsx --conditions=source packages/query/src/map/place-nodes.bench.ts
import assert from 'node:assert/strict';
import type { Service } from '@fluoroscope/api';
import { layoutMap } from './layout-map.ts';
import { placeNodes } from './place-nodes.ts';

const NODES = 500;
const EDGES = 1_000;
const ROUNDS = 20;

// Each node has one caller before it; the other edges go anywhere, back as well. Numbers from a fixed generator.
let state = 1;
function next(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}
const edges: [number, number][] = [];
for (let target = 1; target < NODES; target += 1) edges.push([next(Math.min(target, 40)), target]);
while (edges.length < EDGES) edges.push([next(NODES), next(NODES)]);
const services = Array.from({ length: NODES }, (_, at): Service => {
  const targets = edges.filter(([source]) => source === at);
  return {
    ReferenceId: at,
    Name: `service-${at}`,
    Type: at === 0 ? 'client' : 'remote',
    Edges: targets.map(([, target]) => ({ ReferenceId: target })),
  };
});

const whole = layoutMap(services);
const { [Object.keys(whole)[300] ?? '']: _left, ...kept } = whole;
assert.equal(Object.keys(placeNodes(kept, services)).length, 1);
assert.deepEqual(placeNodes({}, services), whole);

measure('one new node among 500', () => placeNodes(kept, services));
measure('499 new nodes around one', () => placeNodes(Object.fromEntries(Object.entries(whole).slice(0, 1)), services));
measure('500 nodes laid out', () => layoutMap(services));

function measure(name: string, work: () => unknown): void {
  work();
  const startedMs = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) work();
  process.stdout.write(`${name}: ${((performance.now() - startedMs) / ROUNDS).toFixed(1)} ms\n`);
}
