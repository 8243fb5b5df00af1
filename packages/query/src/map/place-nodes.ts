import type { Position, Positions, Service } from '@fluoroscope/api';
import { findColumn, findRow, type Line } from './free-row.ts';
import { layoutNodes } from './layout-map.ts';
import { readMapGraph, type MapNode } from './map-graph.ts';
import { LAYER_DISTANCE, roundPosition, ROW_DISTANCE } from './spacing.ts';

/**
 * Positions for the nodes that have none yet, and only for these; no two nodes on one spot. A function of what
 * is kept and of the graph: statistics and the order of `services` play no part.
 *
 * What nothing kept is connected to is laid out as a whole, below all that is kept. Any other new node stands one
 * layer right of its callers (or left of what it calls), as near to their height as there is room and edges leave free;
 * further that way where a crowded map has no room near it.
 */
export function placeNodes(kept: Positions, services: readonly Service<unknown>[]): Positions {
  const nodes = readMapGraph(services);
  const standing = standOn(kept, nodes);
  const fresh = nodes.filter((node) => !standing.at.has(node));
  if (fresh.length === 0) return {};

  placeIslands(findIslands(fresh, standing), standing);
  const waiting = new Set(fresh.filter((node) => !standing.at.has(node)));
  for (let node = nextOf(waiting, standing); node !== undefined; node = nextOf(waiting, standing)) {
    waiting.delete(node);
    put(standing, node, placeBeside(node, standing));
  }
  return Object.fromEntries(fresh.map((node) => [node.key, standing.at.get(node) ?? { x: 0, y: 0 }]));
}

/** What has a place so far. */
interface Standing {
  readonly at: Map<MapNode, Position>;
  /** All of them, and what is kept but is not of the graph. */
  readonly taken: Position[];
  /** The edges between them. */
  readonly lines: Line[];
}

function standOn(kept: Positions, nodes: readonly MapNode[]): Standing {
  const at = new Map<MapNode, Position>();
  for (const node of nodes) {
    const position = kept[node.key];
    if (position !== undefined) at.set(node, position);
  }
  const lines: Line[] = [];
  for (const [node, from] of at) {
    for (const callee of node.callees) {
      const to = at.get(callee);
      if (to !== undefined) lines.push([from, to]);
    }
  }
  return { at, taken: Object.values(kept), lines };
}

function put({ at, taken, lines }: Standing, node: MapNode, position: Position): void {
  at.set(node, position);
  taken.push(position);
  for (const other of positionsOf([...node.callers, ...node.callees], at)) lines.push([position, other]);
}

/** Nodes that no chain of edges connects to one that stands. */
function findIslands(fresh: readonly MapNode[], { at }: Standing): readonly MapNode[] {
  const isAt = (node: MapNode): boolean => at.has(node);
  const reached = new Set(fresh.filter((node) => node.callers.some(isAt) || node.callees.some(isAt)));
  for (const node of reached) for (const next of [...node.callers, ...node.callees]) if (!isAt(next)) reached.add(next);
  return fresh.filter((node) => !reached.has(node));
}

function placeIslands(islands: readonly MapNode[], standing: Standing): void {
  if (islands.length === 0) return;
  const laidOut = layoutNodes(islands);
  const below = standing.taken.length > 0;
  const lowest = standing.taken.reduce((most, { y }) => Math.max(most, y), Number.NEGATIVE_INFINITY);
  const highest = Math.min(...Array.from(laidOut.values(), ({ y }) => y));
  const shift = below ? lowest + ROW_DISTANCE - highest : 0;
  for (const node of islands) {
    const { x, y } = laidOut.get(node.key) ?? { x: 0, y: 0 };
    put(standing, node, roundPosition({ x, y: y + shift }));
  }
}

/** Of the nodes beside a placed one: those with a caller there first, then by layer, then by key. */
function nextOf(waiting: ReadonlySet<MapNode>, { at }: Standing): MapNode | undefined {
  let best: MapNode | undefined;
  let bestHasCaller = false;
  for (const node of waiting) {
    const hasCaller = node.callers.some((caller) => at.has(caller));
    if (!hasCaller && !node.callees.some((callee) => at.has(callee))) continue;
    const isBetter = best === undefined || (hasCaller === bestHasCaller ? node.layer < best.layer : hasCaller);
    if (!isBetter) continue;
    best = node;
    bestHasCaller = hasCaller;
  }
  return best;
}

function placeBeside(node: MapNode, { at, taken, lines }: Standing): Position {
  // A caller further right closes a cycle; it must not push the node away from the others.
  const forward = positionsOf(
    node.callers.filter((caller) => caller.layer < node.layer),
    at,
  );
  const callers = forward.length > 0 ? forward : positionsOf(node.callers, at);
  const callees = positionsOf(node.callees, at);
  const beside =
    callers.length > 0
      ? Math.max(...callers.map((caller) => caller.x)) + LAYER_DISTANCE
      : Math.min(...callees.map((callee) => callee.x)) - LAYER_DISTANCE;
  const neighbours = callers.length > 0 ? callers : callees;
  const wanted = neighbours.reduce((sum, { y }) => sum + y, 0) / neighbours.length;
  const x = findColumn(beside, wanted, callers.length > 0 ? 1 : -1, taken);
  return roundPosition({ x, y: findRow(x, wanted, { nodes: taken, lines, neighbours: [...callers, ...callees] }) });
}

function positionsOf(nodes: readonly MapNode[], at: ReadonlyMap<MapNode, Position>): Position[] {
  return nodes.flatMap((node) => at.get(node) ?? []);
}
