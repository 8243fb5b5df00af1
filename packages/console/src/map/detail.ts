import type { Box, Camera, Size } from './camera.ts';
import { type Point, RING_RADIUS_PX, toPixels } from './geometry.ts';
import type { MapEdge, MapGraph, MapNode } from './graph.ts';
import { type SettledOutcome, worstOf } from './shares.ts';
import { radiusOf } from './sizes.ts';

/** Up to so many nodes a map is drawn in full, however small. */
const FULL_NODES_MAX = 150;
/** Below these zooms a large map is drawn without figures, and then as dots. */
const FULL_ZOOM_MIN = 0.6;
const PLAIN_ZOOM_MIN = 0.45;
/** What is in view changes in steps of this many pixels, so that a map can be moved without drawing it anew. */
const TILE_PX = 384;
/** How far a node reaches: its ring, its name. */
const REACH_PX = 90;
/** Of its ring's radius. */
const DOT_SHARE = 30 / RING_RADIUS_PX;

/** `full`: figures and single edges; `plain`: rings and names; `far`: dots. */
export type Detail = 'full' | 'plain' | 'far';

export function detailOf(nodeCount: number, zoom: number): Detail {
  if (!isLarge(nodeCount) || zoom >= FULL_ZOOM_MIN) return 'full';
  return zoom >= PLAIN_ZOOM_MIN ? 'plain' : 'far';
}

/** Drawn in parts, and step by step. */
export function isLarge(nodeCount: number): boolean {
  return nodeCount > FULL_NODES_MAX;
}

/** The part of the map that is worth drawing, a little more than is in view; null for all of it. */
export function tiledView(nodeCount: number, { x, y, zoom }: Camera, { width, height }: Size): Box | null {
  if (!isLarge(nodeCount)) return null;
  // The same tiles for zooms that hardly differ.
  const tile = TILE_PX / 2 ** Math.floor(Math.log2(zoom));
  return {
    left: (Math.floor(-x / zoom / tile) - 0.5) * tile,
    top: (Math.floor(-y / zoom / tile) - 0.5) * tile,
    right: (Math.ceil((width - x) / zoom / tile) + 0.5) * tile,
    bottom: (Math.ceil((height - y) / zoom / tile) + 0.5) * tile,
  };
}

/** What lies in the view, and `kept` wherever it is. Edges that only cross it are there, too. */
export function cullGraph(graph: MapGraph, view: Box | null, kept: ReadonlySet<string>): MapGraph {
  if (view === null) return graph;
  const inView = ({ key, position }: MapNode): boolean => kept.has(key) || isInside(toPixels(position), view);
  return {
    nodes: graph.nodes.filter(inView),
    edges: graph.edges.filter(({ from, to }) => crosses(toPixels(from.position), toPixels(to.position), view)),
  };
}

function isInside({ x, y }: Point, { left, right, top, bottom }: Box): boolean {
  return x > left - REACH_PX && x < right + REACH_PX && y > top - REACH_PX && y < bottom + REACH_PX;
}

/** Whether a box around both ends meets the view: now and then one too many. */
function crosses(a: Point, b: Point, { left, right, top, bottom }: Box): boolean {
  return (
    Math.max(a.x, b.x) > left && Math.min(a.x, b.x) < right && Math.max(a.y, b.y) > top && Math.min(a.y, b.y) < bottom
  );
}

/** A few paths for any number of edges: by whether all went well. */
export function edgeStrokes(graph: MapGraph): { readonly well: string; readonly trouble: string } {
  const paths = { well: '', trouble: '' };
  for (const { from, to, shares } of graph.edges) {
    const [a, b] = [toPixels(from.position), toPixels(to.position)];
    paths[worstOf(shares) === null ? 'well' : 'trouble'] +=
      `M${a.x.toFixed(0)} ${a.y.toFixed(0)}L${b.x.toFixed(0)} ${b.y.toFixed(0)}`;
  }
  return paths;
}

export type DotKind = SettledOutcome | 'quiet';

/** One path of discs for all nodes of a kind. */
export function nodeDots(
  graph: MapGraph,
  radii: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<DotKind, string> {
  const paths = new Map<DotKind, string>();
  for (const { key, position, shares } of graph.nodes) {
    const { x, y } = toPixels(position);
    const kind = shares.total === 0 ? 'quiet' : (worstOf(shares)?.outcome ?? 'ok');
    const r = Math.round(radiusOf({ key }, radii) * DOT_SHARE);
    const disc = `M${(x - r).toFixed(0)} ${y.toFixed(0)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
    paths.set(kind, (paths.get(kind) ?? '') + disc);
  }
  return paths;
}

/** The node that a point of the map lies on, nearly. */
export function nodeAt(graph: MapGraph, point: Point): MapNode | null {
  let best: MapNode | null = null;
  let least = REACH_PX;
  for (const node of graph.nodes) {
    const { x, y } = toPixels(node.position);
    const away = Math.hypot(x - point.x, y - point.y);
    if (away >= least) continue;
    least = away;
    best = node;
  }
  return best;
}

/** How far from a straight line it is still meant, on the screen. */
const EDGE_REACH_PX = 9;

/** Of edges drawn as straight strokes, the one nearest to a point of the map, if it is near on the screen. */
export function edgeAt(graph: MapGraph, point: Point, zoom: number): MapEdge | null {
  let best: MapEdge | null = null;
  let least = EDGE_REACH_PX / zoom;
  for (const edge of graph.edges) {
    const away = distanceTo(point, toPixels(edge.from.position), toPixels(edge.to.position));
    if (away >= least) continue;
    least = away;
    best = edge;
  }
  return best;
}

function distanceTo(point: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const share = ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1);
  const along = Math.min(1, Math.max(0, share));
  return Math.hypot(point.x - a.x - along * dx, point.y - a.y - along * dy);
}
