import type { Position, Positions, Service } from '@fluoroscope/api';
import { type Column, makeColumns, type Spot } from './columns.ts';
import { readMapGraph, type MapNode } from './map-graph.ts';
import { LAYER_DISTANCE, roundPosition, ROW_DISTANCE, ROW_GRID } from './spacing.ts';
import { spread } from './spread.ts';
import { untangle } from './untangle.ts';
import { breakLayer, leftsOf, wrapCounts } from './wrap.ts';

/** Each pass goes there and back. */
const HEIGHT_PASS_COUNT = 12;
/** What an edge needs of a column that it only crosses. */
const BEND_DISTANCE = 0.4;
/** Edges that cross columns pull straight harder than neighbours pull together. */
const PULL = { nodes: 1, nodeToBend: 3, bends: 8 } as const;

/**
 * A layered layout from nothing: clients left, every node right of its callers, order within a layer against
 * crossings, heights drawn towards the neighbours and then to common rows. Edges that skip layers have their own
 * place in each, so that they can pass between the nodes; where layers are so long that they are broken into several
 * columns, only their order. A function of the graph only.
 */
export function layoutMap(services: readonly Service<unknown>[]): Positions {
  return Object.fromEntries(layoutNodes(readMapGraph(services)));
}

/** By node key. Neighbours outside `nodes` do not count. */
export function layoutNodes(nodes: readonly MapNode[]): ReadonlyMap<string, Position> {
  const columns = makeColumns(nodes);
  untangle(columns);
  const counts = wrapCounts(columns);
  const isWrapped = counts.some((count) => count > 1);
  const distances = counts.map((count) => (isWrapped ? wrappedDistance(count) : distanceOf));
  const settleAt = (at: number, neighboursOf: (spot: Spot) => readonly Spot[]): void =>
    settle(columns[at] ?? [], neighboursOf, distances[at] ?? distanceOf);
  const rightwards = [...columns.keys()];
  const leftwards = rightwards.toReversed();
  for (const at of rightwards) {
    const column = columns[at] ?? [];
    const middle = (column.length - 1) / 2;
    for (const spot of column) spot.height = isWrapped ? 0 : (spot.place - middle) * ROW_DISTANCE;
    settleAt(at, () => []);
  }
  for (let pass = 0; pass < HEIGHT_PASS_COUNT; pass += 1) {
    for (const at of rightwards) settleAt(at, (spot) => spot.left);
    for (const at of leftwards) settleAt(at, (spot) => spot.right);
  }
  for (const at of rightwards) settleAt(at, bothSides);
  for (const at of leftwards) settleAt(at, bothSides);
  return isWrapped ? standWrapped(columns, counts) : standInRows(columns);
}

function standInRows(columns: readonly Column[]): ReadonlyMap<string, Position> {
  const offset = rowOffset(columns);
  const positions = new Map<string, Position>();
  for (const { node, height } of columns.flat()) {
    if (node === null) continue;
    const y = Math.round((height - offset) / ROW_GRID) * ROW_GRID;
    positions.set(node.key, roundPosition({ x: node.layer * LAYER_DISTANCE, y }));
  }
  return positions;
}

function standWrapped(columns: readonly Column[], counts: readonly number[]): ReadonlyMap<string, Position> {
  const lefts = leftsOf(counts);
  const positions = new Map<string, Position>();
  for (const [at, column] of columns.entries()) {
    for (const { node, x, y } of breakLayer(column, counts[at] ?? 1, lefts[at] ?? 0)) {
      positions.set(node.key, roundPosition({ x, y }));
    }
  }
  return positions;
}

/** Heights towards the neighbours' mean, the order and the distances within the column kept. */
function settle(
  column: Column,
  neighboursOf: (spot: Spot) => readonly Spot[],
  distanceTo: (before: Spot, spot: Spot) => number,
): void {
  const wishes = column.map((spot, at) => {
    const before = column[at - 1];
    let sum = 0;
    let weight = 0;
    for (const neighbour of neighboursOf(spot)) {
      const pull = pullOf(spot, neighbour);
      sum += neighbour.height * pull;
      weight += pull;
    }
    const height = weight === 0 ? spot.height : sum / weight;
    return { height, weight: Math.max(1, weight), distance: before === undefined ? 0 : distanceTo(before, spot) };
  });
  for (const [at, height] of spread(wishes).entries()) {
    const spot = column[at];
    if (spot !== undefined) spot.height = height;
  }
}

function pullOf(a: Spot, b: Spot): number {
  if (a.node !== null && b.node !== null) return PULL.nodes;
  return a.node === null && b.node === null ? PULL.bends : PULL.nodeToBend;
}

function distanceOf(a: Spot, b: Spot): number {
  if (a.node !== null && b.node !== null) return ROW_DISTANCE;
  return a.node === null && b.node === null ? BEND_DISTANCE : (ROW_DISTANCE + BEND_DISTANCE) / 2;
}

/** So many nodes to a row, and bends between them wherever they fall: there would be no end of room for these. */
function wrappedDistance(count: number): (a: Spot, b: Spot) => number {
  const half = ROW_DISTANCE / count / 2;
  return (a, b) => (a.node === null ? 0 : half) + (b.node === null ? 0 : half);
}

function bothSides(spot: Spot): readonly Spot[] {
  return [...spot.left, ...spot.right];
}

/** The shift that brings the nodes nearest to common rows; of equal ones, the first node's. */
function rowOffset(columns: readonly Column[]): number {
  const heights = columns.flat().flatMap(({ node, height }) => (node === null ? [] : [height]));
  let best = { offset: 0, away: Number.POSITIVE_INFINITY };
  for (const candidate of heights.slice(0, OFFSETS_TRIED_MAX)) {
    const offset = candidate - Math.round(candidate / ROW_GRID) * ROW_GRID;
    let away = 0;
    for (const height of heights) {
      const rows = (height - offset) / ROW_GRID;
      away += Math.abs(rows - Math.round(rows));
    }
    if (away < best.away - 1e-9) best = { offset, away };
  }
  return best.offset;
}

/** Keeps the search for rows linear in the number of nodes. */
const OFFSETS_TRIED_MAX = 32;
