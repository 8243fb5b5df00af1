import type { Column, Spot } from './columns.ts';
import type { MapNode } from './map-graph.ts';
import { LAYER_DISTANCE, ROW_DISTANCE, ROW_GRID } from './spacing.ts';

/** Up to so many rows a column is a column, whatever stands beside it. */
const ROWS_MIN = 12;
/** Width by height of the part of a screen that shows the map. */
const SCREEN_SHAPE = 1.7;
/** Within a layer no edge needs room for its figures, only names do; between wrapped layers edges fan out. */
const SUB_COLUMN_DISTANCE = 2;
const WRAPPED_LAYER_DISTANCE = 3.2;

/**
 * Into how many columns side by side each layer is broken, so that the whole has the shape of a screen: one each
 * where it has that already, or is low. Bends do not count.
 */
export function wrapCounts(columns: readonly Column[]): readonly number[] {
  const sizes = columns.map((column) => nodesOf(column).length);
  const broken = (rows: number): number[] => sizes.map((size) => Math.max(1, Math.ceil(size / rows)));
  let rows = Math.max(ROWS_MIN, ...sizes);
  while (rows > ROWS_MIN && widthOf(broken(rows)) < SCREEN_SHAPE * rows * ROW_DISTANCE) rows -= 1;
  return broken(rows);
}

function widthOf(counts: readonly number[]): number {
  return leftsOf(counts).at(-1) ?? 0;
}

/** Where each layer begins, and where the last one ends. Unbroken layers stand as far apart as on any map. */
export function leftsOf(counts: readonly number[]): readonly number[] {
  const lefts = [0];
  for (const [at, count] of counts.entries()) {
    const isWide = count > 1 || (counts[at + 1] ?? 1) > 1;
    const gap = isWide ? WRAPPED_LAYER_DISTANCE : LAYER_DISTANCE;
    lefts.push((lefts[at] ?? 0) + (count - 1) * SUB_COLUMN_DISTANCE + gap);
  }
  return lefts;
}

export interface Standing {
  readonly node: MapNode;
  readonly x: number;
  readonly y: number;
}

/**
 * The nodes of a layer, from its left edge, in so many columns. Neighbours in order share a row: those that call
 * most stand right, so that their edges meet fewest nodes. Heights are kept as far as there is room.
 */
export function breakLayer(column: Column, count: number, left: number): readonly Standing[] {
  const spots = nodesOf(column);
  const nextRows: number[] = [];
  const standing: Standing[] = [];
  for (let first = 0; first < spots.length; first += count) {
    const group = spots.slice(first, first + count).sort((a, b) => a.right.length - b.right.length);
    for (const [at, { node, height }] of group.entries()) {
      const row = Math.max(Math.round(height / ROW_GRID), nextRows[at] ?? Number.NEGATIVE_INFINITY);
      nextRows[at] = row + Math.round(ROW_DISTANCE / ROW_GRID);
      standing.push({ node, x: left + at * SUB_COLUMN_DISTANCE, y: row * ROW_GRID });
    }
  }
  return standing;
}

type NodeSpot = Spot & { readonly node: MapNode };

function nodesOf(column: Column): NodeSpot[] {
  return column.filter((spot): spot is NodeSpot => spot.node !== null);
}
