import type { Position, Positions, Service } from '@fluoroscope/api';
import { readMapGraph, type MapNode } from './map-graph.ts';
import { LAYER_DISTANCE, roundPosition, ROW_DISTANCE } from './spacing.ts';
import { spread } from './spread.ts';

/** Each pass goes there and back; orders and heights of service maps settle within a few. */
const ORDER_PASS_COUNT = 8;
const HEIGHT_PASS_COUNT = 6;

/**
 * A layered layout from nothing: clients left, every node right of its callers, order within a layer by
 * barycenters against crossings, heights drawn towards the neighbours. A function of the graph only.
 */
export function layoutMap(services: readonly Service[]): Positions {
  return Object.fromEntries(layoutNodes(readMapGraph(services)));
}

/** By node key. Neighbours outside `nodes` do not count. */
export function layoutNodes(nodes: readonly MapNode[]): ReadonlyMap<string, Position> {
  const layers = orderLayers(nodes);
  const heights = new Map<MapNode, number>();
  for (const layer of layers) for (const [at, node] of layer.entries()) heights.set(node, centred(at, layer));
  for (let pass = 0; pass < HEIGHT_PASS_COUNT; pass += 1) {
    for (const layer of layers) alignLayer(layer, (node) => node.callers, heights);
    for (const layer of layers.toReversed()) alignLayer(layer, bothSides, heights);
  }
  return new Map(
    nodes.map((node) => {
      const position = { x: node.layer * LAYER_DISTANCE, y: heights.get(node) ?? 0 };
      return [node.key, roundPosition(position)];
    }),
  );
}

function orderLayers(nodes: readonly MapNode[]): MapNode[][] {
  const byLayer = new Map<number, MapNode[]>();
  for (const node of nodes) byLayer.set(node.layer, [...(byLayer.get(node.layer) ?? []), node]);
  const layers = [...byLayer.entries()].sort(([a], [b]) => a - b).map(([, layer]) => layer);

  const places = new Map<MapNode, number>();
  for (const layer of layers) notePlaces(layer, places);
  for (let pass = 0; pass < ORDER_PASS_COUNT; pass += 1) {
    for (const layer of layers) sortLayer(layer, (node) => node.callers, places);
    for (const layer of layers.toReversed()) sortLayer(layer, (node) => node.callees, places);
  }
  for (const layer of layers) sortLayer(layer, (node) => node.callers, places);
  return layers;
}

/** By the mean place of the neighbours; a node without any keeps its own. */
function sortLayer(
  layer: MapNode[],
  neighboursOf: (node: MapNode) => readonly MapNode[],
  places: Map<MapNode, number>,
) {
  const wanted = new Map(layer.map((node) => [node, meanOf(neighboursOf(node), places) ?? places.get(node) ?? 0]));
  layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
  notePlaces(layer, places);
}

/** Heights towards the neighbours' mean, the order and the distance within the layer kept. */
function alignLayer(
  layer: readonly MapNode[],
  neighboursOf: (node: MapNode) => readonly MapNode[],
  heights: Map<MapNode, number>,
): void {
  const wanted = layer.map((node) => meanOf(neighboursOf(node), heights) ?? heights.get(node) ?? 0);
  for (const [at, height] of spread(wanted, ROW_DISTANCE).entries()) {
    const node = layer[at];
    if (node !== undefined) heights.set(node, height);
  }
}

function bothSides(node: MapNode): readonly MapNode[] {
  return [...node.callers, ...node.callees];
}

function notePlaces(layer: readonly MapNode[], places: Map<MapNode, number>): void {
  for (const [at, node] of layer.entries()) places.set(node, centred(at, layer));
}

function centred(at: number, layer: readonly MapNode[]): number {
  return (at - (layer.length - 1) / 2) * ROW_DISTANCE;
}

function meanOf(nodes: readonly MapNode[], values: ReadonlyMap<MapNode, number>): number | undefined {
  let sum = 0;
  let count = 0;
  for (const node of nodes) {
    const value = values.get(node);
    if (value === undefined) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}
