import { RING_RADIUS_PX } from './geometry.ts';
import type { MapEdge, MapGraph, MapNode } from './graph.ts';
import type { Shares } from './shares.ts';

/** What makes a node large. */
export const NODE_SIZINGS = ['none', 'traffic', 'errors'] as const;
export type NodeSizing = (typeof NODE_SIZINGS)[number];

/** Small enough to tell sizes apart, with figures that can still be read. */
const RADIUS_PX_MIN = 32;
/** The largest ring still fits between neighbours: no node moves because of its size. */
const RADIUS_PX_MAX = 48;

/** By node key, its ring's radius; area grows with what is counted. A node that is not in it has the usual size. */
export function nodeRadii({ nodes, edges }: MapGraph, sizing: NodeSizing): ReadonlyMap<string, number> {
  if (sizing === 'none') return new Map();
  const weightOf = ({ total, ok }: Shares): number => (sizing === 'traffic' ? total : Math.max(0, total - ok));
  const asked = sentByClients(edges, weightOf);
  const weights = nodes.map(({ key, shares }) => [key, asked.get(key) ?? weightOf(shares)] as const);
  const most = weights.reduce((max, [, weight]) => Math.max(max, weight), 1);
  const [least, span] = [RADIUS_PX_MIN ** 2, RADIUS_PX_MAX ** 2 - RADIUS_PX_MIN ** 2];
  return new Map(weights.map(([key, weight]) => [key, Math.round(Math.sqrt(least + (span * weight) / most))]));
}

/** Clients have no figures of their own: theirs are those of what they called. */
function sentByClients(edges: readonly MapEdge[], weightOf: (shares: Shares) => number): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { from, shares } of edges) {
    if (from.kind === 'client') sums.set(from.key, (sums.get(from.key) ?? 0) + weightOf(shares));
  }
  return sums;
}

export function radiusOf({ key }: Pick<MapNode, 'key'>, radii: ReadonlyMap<string, number>): number {
  return radii.get(key) ?? RING_RADIUS_PX;
}
