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
  const placed = new Map<string, Position>(Object.entries(kept));
  const fresh = nodes.filter((node) => !placed.has(node.key));
  if (fresh.length === 0) return {};

  placeIslands(findIslands(nodes, placed), placed);
  const waiting = new Set(fresh.filter((node) => !placed.has(node.key)));
  for (let node = nextOf(waiting, placed); node !== undefined; node = nextOf(waiting, placed)) {
    waiting.delete(node);
    placed.set(node.key, placeBeside(node, nodes, placed));
  }
  return Object.fromEntries(fresh.map(({ key }) => [key, placed.get(key) ?? { x: 0, y: 0 }]));
}

/** Nodes that no chain of edges connects to a placed one. */
function findIslands(nodes: readonly MapNode[], placed: ReadonlyMap<string, Position>): readonly MapNode[] {
  const reached = new Set(nodes.filter((node) => placed.has(node.key)));
  for (const node of reached) for (const next of [...node.callers, ...node.callees]) reached.add(next);
  return nodes.filter((node) => !reached.has(node));
}

function placeIslands(islands: readonly MapNode[], placed: Map<string, Position>): void {
  if (islands.length === 0) return;
  const laidOut = layoutNodes(islands);
  let shift = 0;
  if (placed.size > 0) {
    const lowest = Math.max(...Array.from(placed.values(), ({ y }) => y));
    const highest = Math.min(...Array.from(laidOut.values(), ({ y }) => y));
    shift = lowest + ROW_DISTANCE - highest;
  }
  for (const [key, { x, y }] of laidOut) placed.set(key, roundPosition({ x, y: y + shift }));
}

/** Of the nodes beside a placed one: those with a caller there first, then by layer, then by key. */
function nextOf(waiting: ReadonlySet<MapNode>, placed: ReadonlyMap<string, Position>): MapNode | undefined {
  let best: MapNode | undefined;
  let bestHasCaller = false;
  for (const node of waiting) {
    const hasCaller = node.callers.some((caller) => placed.has(caller.key));
    if (!hasCaller && !node.callees.some((callee) => placed.has(callee.key))) continue;
    const isBetter = best === undefined || (hasCaller === bestHasCaller ? node.layer < best.layer : hasCaller);
    if (!isBetter) continue;
    best = node;
    bestHasCaller = hasCaller;
  }
  return best;
}

function placeBeside(node: MapNode, nodes: readonly MapNode[], placed: ReadonlyMap<string, Position>): Position {
  // A caller further right closes a cycle; it must not push the node away from the others.
  const forward = positionsOf(
    node.callers.filter((caller) => caller.layer < node.layer),
    placed,
  );
  const callers = forward.length > 0 ? forward : positionsOf(node.callers, placed);
  const callees = positionsOf(node.callees, placed);
  const beside =
    callers.length > 0
      ? Math.max(...callers.map((caller) => caller.x)) + LAYER_DISTANCE
      : Math.min(...callees.map((callee) => callee.x)) - LAYER_DISTANCE;
  const neighbours = callers.length > 0 ? callers : callees;
  const wanted = neighbours.reduce((sum, { y }) => sum + y, 0) / neighbours.length;
  const taken = [...placed.values()];
  const x = findColumn(beside, wanted, callers.length > 0 ? 1 : -1, taken);
  const around = { nodes: taken, lines: linesOf(nodes, placed), neighbours: [...callers, ...callees] };
  return roundPosition({ x, y: findRow(x, wanted, around) });
}

function linesOf(nodes: readonly MapNode[], placed: ReadonlyMap<string, Position>): readonly Line[] {
  return nodes.flatMap((node) => {
    const from = placed.get(node.key);
    return from === undefined ? [] : positionsOf(node.callees, placed).map((to): Line => [from, to]);
  });
}

function positionsOf(nodes: readonly MapNode[], placed: ReadonlyMap<string, Position>): Position[] {
  return nodes.flatMap(({ key }) => placed.get(key) ?? []);
}
