import type { Position } from '@fluoroscope/api';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import ELK from 'elkjs/lib/elk-api.js';
import { UNIT_PX } from './geometry.ts';
import type { MapGraph } from './graph.ts';

/** Room for the name and type below a ring, so that rows do not run into each other. */
const NODE_PX = { width: 120, height: 136 };

/** Layered, left to right. Loaded only when asked for: the engine weighs more than the rest of the console. */
export async function relayout(graph: MapGraph): Promise<Record<string, Position>> {
  const elk = new ELK({ workerFactory: () => new Worker(workerUrl) });
  try {
    const laid = await elk.layout({
      id: 'map',
      layoutOptions: {
        'elk.algorithm': 'layered',
        'elk.direction': 'RIGHT',
        'elk.layered.spacing.nodeNodeBetweenLayers': '90',
        'elk.spacing.nodeNode': '24',
        'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
        'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      },
      children: graph.nodes.map((node) => ({ id: node.key, ...NODE_PX })),
      edges: graph.edges.map((edge) => ({ id: edge.key, sources: [edge.from.key], targets: [edge.to.key] })),
    });
    const placed = (laid.children ?? []).map(({ id, x = 0, y = 0 }) => [
      id,
      { x: round(x / UNIT_PX), y: round(y / UNIT_PX) },
    ]);
    return Object.fromEntries(placed);
  } finally {
    elk.terminateWorker();
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
