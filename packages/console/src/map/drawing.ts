import { type Curve, edgeCurve, type Point, toPixels } from './geometry.ts';
import type { MapEdge, MapGraph } from './graph.ts';
import { type LabelPlace, placeLabels, STRONG_LABEL_PX } from './labels.ts';
import { routeEdges } from './route.ts';
import type { Shares } from './shares.ts';
import { radiusOf } from './sizes.ts';

export interface EdgeDrawing {
  readonly curve: Curve;
  readonly widthPx: number;
  readonly label: LabelPlace;
}

/** Where an edge runs does not depend on its traffic; how thick it is does. */
const WIDTH_PX_MIN = 1.3;
const WIDTH_PX_SPAN = 3.2;
/** The arrow's size is that of a common edge, for the sake of the label's place only. */
const PLAN_WIDTH_PX = 2;

/** Where edges run and their figures stand: decided for all of them together, by edge key. */
export interface EdgePlan {
  readonly routes: ReturnType<typeof routeEdges>;
  readonly labels: ReadonlyMap<string, LabelPlace>;
}

/** All that a plan depends on; new figures alone do not change it. */
export function planKey(graph: MapGraph): string {
  const nodes = graph.nodes.map(({ key, position }) => [key, position.x, position.y]);
  return JSON.stringify([nodes, graph.edges.map(({ key }) => key)]);
}

/** `quick`: for a part of a large map, that is planned anew whenever it moves: straight on, and no room looked for. */
export function planEdges(graph: MapGraph, quick = false): EdgePlan {
  if (quick) return { routes: new Map(), labels: new Map() };
  const points = new Map<string, Point>(graph.nodes.map((node) => [node.key, toPixels(node.position)]));
  const ends = graph.edges.flatMap((edge) => {
    const [from, to] = [points.get(edge.from.key), points.get(edge.to.key)];
    return from === undefined || to === undefined ? [] : [{ key: edge.key, from, to }];
  });
  const all = [...points.values()];
  const routes = routeEdges(all, ends);
  const labels = placeLabels(
    all,
    ends.map(({ key, from, to }) => ({ key, points: edgeCurve(from, to, PLAN_WIDTH_PX, routes.get(key)).points })),
  );
  return { routes, labels };
}

export type EdgeWeight = 'traffic' | 'errors';

/**
 * Draws an edge of the graph, once: of a large map only those in view. Thickness is measured by the whole graph, so
 * that it does not change with the view.
 */
export function edgeDrawer(
  graph: MapGraph,
  { routes, labels }: EdgePlan,
  weigh: EdgeWeight = 'traffic',
  radii: ReadonlyMap<string, number> = new Map(),
): (edge: MapEdge) => EdgeDrawing {
  const weightOf = ({ total, ok }: Shares): number => (weigh === 'traffic' ? total : Math.max(0, total - ok));
  const most = graph.edges.reduce((max, { shares }) => Math.max(max, weightOf(shares)), 1);
  const drawn = new WeakMap<MapEdge, EdgeDrawing>();
  function draw({ key, from, to, shares }: MapEdge): EdgeDrawing {
    const widthPx = WIDTH_PX_MIN + WIDTH_PX_SPAN * Math.sqrt(weightOf(shares) / most);
    const start = { ...toPixels(from.position), radiusPx: radiusOf(from, radii) };
    const end = { ...toPixels(to.position), radiusPx: radiusOf(to, radii) };
    const curve = edgeCurve(start, end, widthPx, routes.get(key));
    return { curve, widthPx, label: labels.get(key) ?? { x: start.x, y: start.y, free: false } };
  }
  return (edge) => {
    const drawing = drawn.get(edge) ?? draw(edge);
    drawn.set(edge, drawing);
    return drawing;
  };
}

/** Where the larger labels of a few edges stand, that all others have given way to. */
export function placeStrongLabels(
  graph: MapGraph,
  draw: (edge: MapEdge) => EdgeDrawing,
  keys: ReadonlySet<string> | null,
): ReadonlyMap<string, LabelPlace> {
  if (keys === null) return new Map();
  const edges = graph.edges
    .filter(({ key }) => keys.has(key))
    .map((edge) => ({ key: edge.key, points: draw(edge).curve.points }));
  return placeLabels(
    graph.nodes.map((node) => toPixels(node.position)),
    edges,
    STRONG_LABEL_PX,
  );
}
