import type { MapGraph, MapNode } from './graph.ts';

export const WAYS = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' } as const;
export type Way = (typeof WAYS)[keyof typeof WAYS];

/** What stands aside counts more than what is far: a walk goes along rows and columns. */
const ASIDE_COST = 2.5;

/**
 * Where an arrow key leads: sideways to the nearest neighbour that an edge leads to, else, and up and down always, to
 * the nearest node on that side. Null at the rim.
 */
export function walk(graph: MapGraph, key: string, way: Way): MapNode | null {
  const from = graph.nodes.find((node) => node.key === key);
  if (from === undefined) return firstNode(graph);
  if (way === 'left' || way === 'right') {
    const ends = new Set(
      graph.edges.flatMap((edge) =>
        edge.from.key === key ? [edge.to.key] : edge.to.key === key ? [edge.from.key] : [],
      ),
    );
    const joined = nearest(
      from,
      graph.nodes.filter((node) => ends.has(node.key)),
      way,
    );
    if (joined !== null) return joined;
  }
  return nearest(from, graph.nodes, way);
}

/** Where a walk begins: the leftmost, of these the highest. */
export function firstNode({ nodes }: MapGraph): MapNode | null {
  return nodes.reduce<MapNode | null>(
    (first, node) =>
      first === null ||
      node.position.x < first.position.x ||
      (node.position.x === first.position.x && node.position.y < first.position.y)
        ? node
        : first,
    null,
  );
}

function nearest(from: MapNode, nodes: readonly MapNode[], way: Way): MapNode | null {
  let best: MapNode | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    const [dx, dy] = [node.position.x - from.position.x, node.position.y - from.position.y];
    const ahead = { left: -dx, right: dx, up: -dy, down: dy }[way];
    const aside = Math.abs(way === 'left' || way === 'right' ? dy : dx);
    if (node === from || ahead <= 0) continue;
    const cost = ahead + aside * ASIDE_COST;
    if (cost >= least) continue;
    least = cost;
    best = node;
  }
  return best;
}
