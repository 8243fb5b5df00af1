import type { MapNode } from './map-graph.ts';

/** Beyond so many bends an answer would take too long, and nobody could follow the edges anyway. */
const BEND_COUNT_MAX = 5_000;

/** A node, or a bend: where an edge that skips layers crosses one of them. Neighbours are one layer away. */
export interface Spot {
  readonly node: MapNode | null;
  readonly layer: number;
  readonly left: Spot[];
  readonly right: Spot[];
  /** Place in its column, from 0. */
  place: number;
  height: number;
}

export type Column = Spot[];

/** A column for each layer that has nodes, left to right. Edges back to an earlier layer pull at nothing. */
export function makeColumns(nodes: readonly MapNode[]): Column[] {
  const layers = [...new Set(nodes.map((node) => node.layer))].sort((a, b) => a - b);
  const columnAt = new Map(layers.map((layer, at) => [layer, at]));
  const columns: Column[] = layers.map(() => []);
  const spots = new Map<MapNode, Spot>();
  const add = (node: MapNode | null, layer: number): Spot => {
    const spot: Spot = { node, layer, left: [], right: [], place: 0, height: 0 };
    columns[layer]?.push(spot);
    return spot;
  };
  for (const node of nodes) spots.set(node, add(node, columnAt.get(node.layer) ?? 0));

  let bendCount = 0;
  for (const [source, from] of spots) {
    for (const target of source.callees) {
      const to = spots.get(target);
      if (to === undefined || to.layer <= from.layer) continue;
      bendCount += to.layer - from.layer - 1;
      let last = from;
      const end = bendCount > BEND_COUNT_MAX ? from.layer : to.layer;
      for (let layer = from.layer + 1; layer < end; layer += 1) {
        const bend = add(null, layer);
        join(last, bend);
        last = bend;
      }
      join(last, to);
    }
  }
  for (const column of columns) {
    centreBends(column);
    notePlaces(column);
  }
  return columns;
}

/** Where order makes no difference, what is crossed straight through the middle looks best. */
function centreBends(column: Column): void {
  const nodes = column.filter(({ node }) => node !== null);
  const bends = column.filter(({ node }) => node === null);
  const half = Math.ceil(nodes.length / 2);
  column.splice(0, column.length, ...nodes.slice(0, half), ...bends, ...nodes.slice(half));
}

export function notePlaces(column: Column): void {
  for (const [at, spot] of column.entries()) spot.place = at;
}

function join(left: Spot, right: Spot): void {
  left.right.push(right);
  right.left.push(left);
}
