// npx tsx --conditions=source packages/query/src/map/place-nodes.bench.ts
import assert from 'node:assert/strict';
import type { Service } from '@fluoroscope/api';
import { layoutMap } from './layout-map.ts';
import { placeNodes } from './place-nodes.ts';

/** Goals (P19), in ms: first layout of so many nodes, one new node among them. */
const GOALS = [
  { nodeCount: 100, layoutMs: 200 },
  { nodeCount: 500, layoutMs: 700 },
  { nodeCount: 2_000, layoutMs: 5_000 },
] as const;
const NEW_NODE_MS = 10;
/** Edges for each node. */
const DENSITY = 2;
const ROUNDS = 5;

for (const { nodeCount, layoutMs } of GOALS) {
  const services = drawGraph(nodeCount);
  const whole = layoutMap(services);
  const { [Object.keys(whole)[Math.floor(nodeCount * 0.6)] ?? '']: _left, ...kept } = whole;
  assert.equal(Object.keys(placeNodes(kept, services)).length, 1);
  assert.deepEqual(placeNodes({}, services), whole);
  measure(`${nodeCount} nodes laid out`, layoutMs, () => layoutMap(services));
  measure(`one new node among ${nodeCount}`, NEW_NODE_MS, () => placeNodes(kept, services));
}

/** Each node has one caller before it; the other edges go anywhere, back as well. Numbers from a fixed generator. */
function drawGraph(nodeCount: number): readonly Service[] {
  let state = 1;
  function next(below: number): number {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  }
  const edges: [number, number][] = [];
  for (let target = 1; target < nodeCount; target += 1) edges.push([next(Math.min(target, 40)), target]);
  while (edges.length < nodeCount * DENSITY) edges.push([next(nodeCount), next(nodeCount)]);
  return Array.from({ length: nodeCount }, (_, at): Service => {
    const targets = edges.filter(([source]) => source === at);
    return {
      ReferenceId: at,
      Name: `service-${at}`,
      Type: at === 0 ? 'client' : 'remote',
      Edges: targets.map(([, target]) => ({ ReferenceId: target })),
    };
  });
}

/** The best run: others share the machine. */
function measure(name: string, goalMs: number, work: () => unknown): void {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedMs = performance.now();
    work();
    bestMs = Math.min(bestMs, performance.now() - startedMs);
  }
  process.stdout.write(`${name}: ${bestMs.toFixed(1)} ms (goal ${goalMs})\n`);
}
