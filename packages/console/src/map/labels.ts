import { type Box, nodeBox } from './boxes.ts';
import type { Point } from './geometry.ts';

/** Room for two short lines, or three, whatever the figures are: a label must not jump when they change. */
export const LABEL_PX = { width: 62, height: 28 } as const;
export const STRONG_LABEL_PX = { width: 92, height: 44 } as const;
/** Parts of the way at which a label may stand; past the middle the calls of one service have fanned out. */
const PLACES = [0.54, 0.48, 0.6, 0.42, 0.66, 0.36, 0.72, 0.3, 0.78, 0.24, 0.84, 0.18] as const;
/** More labels than this could not be read, and finding places for them would be felt. */
const EDGES_MAX = 200;

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface LabelledEdge {
  readonly key: string;
  readonly points: readonly Point[];
}

export interface LabelPlace extends Point {
  /** Touches neither a node nor another label, and no other edge. */
  readonly free: boolean;
}

/** By edge key, the middle of its label; depends on where nodes and edges are, and on nothing else. */
export function placeLabels(
  nodes: readonly Point[],
  edges: readonly LabelledEdge[],
  size: Size = LABEL_PX,
): ReadonlyMap<string, LabelPlace> {
  const places = new Map<string, LabelPlace>();
  const crowded = edges.length > EDGES_MAX;
  const taken: Box[] = crowded ? [] : nodes.map(nodeBox);
  const lines = edges
    .map(({ key, points }): Line => ({ key, points, lengthPx: lengthOf(points), bounds: boundsOf(points) }))
    .sort((a, b) => a.lengthPx - b.lengthPx || (a.key < b.key ? -1 : 1));
  for (const line of lines) {
    const place = crowded ? null : findPlace(line, taken, lines, size);
    places.set(line.key, { ...(place ?? pointAlong(line, PLACES[0])), free: place !== null });
    if (place !== null) taken.push(boxAt(place, size));
  }
  return places;
}

interface Line extends LabelledEdge {
  readonly lengthPx: number;
  readonly bounds: Box;
}

/** The first that is clear of nodes, labels and other edges. */
function findPlace(line: Line, taken: readonly Box[], lines: readonly Line[], size: Size): Point | null {
  for (const part of PLACES) {
    const place = pointAlong(line, part);
    const box = boxAt(place, size);
    if (taken.some((other) => overlap(box, other))) continue;
    if (!lines.some((other) => other !== line && runsThrough(other, box))) return place;
  }
  return null;
}

function runsThrough({ bounds, points }: Line, box: Box): boolean {
  return overlap(bounds, box) && points.some((point) => inside(box, point));
}

/** Never empty, so that a level line overlaps too. */
function boundsOf(points: readonly Point[]): Box {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return {
    left: Math.min(...xs) - 1,
    right: Math.max(...xs) + 1,
    top: Math.min(...ys) - 1,
    bottom: Math.max(...ys) + 1,
  };
}

function boxAt({ x, y }: Point, size: Size): Box {
  const [width, height] = [size.width / 2, size.height / 2];
  return { left: x - width, right: x + width, top: y - height, bottom: y + height };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function inside(box: Box, { x, y }: Point): boolean {
  return x > box.left && x < box.right && y > box.top && y < box.bottom;
}

function lengthOf(points: readonly Point[]): number {
  return points.reduce((sum, point, at) => sum + distance(points[at - 1] ?? point, point), 0);
}

function pointAlong({ points, lengthPx }: Line, part: number): Point {
  let left = lengthPx * part;
  let before = points[0] ?? { x: 0, y: 0 };
  for (const point of points) {
    const step = distance(before, point);
    if (step >= left && step > 0) {
      const share = left / step;
      return { x: before.x + (point.x - before.x) * share, y: before.y + (point.y - before.y) * share };
    }
    left -= step;
    before = point;
  }
  return before;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}
