import { type Curve, edgeCurve, type Point, toPixels } from './geometry.ts';
import type { MapGraph } from './graph.ts';
import { type LabelPlace, placeLabels, STRONG_LABEL_PX } from './labels.ts';
import { routeEdges } from './route.ts';

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

export function planEdges(graph: MapGraph): EdgePlan {
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

export function drawEdges(graph: MapGraph, { routes, labels }: EdgePlan): ReadonlyMap<string, EdgeDrawing> {
  const most = Math.max(1, ...graph.edges.map(({ shares }) => shares.total));
  return new Map(
    graph.edges.map(({ key, from, to, shares }) => {
      const widthPx = WIDTH_PX_MIN + WIDTH_PX_SPAN * Math.sqrt(shares.total / most);
      const start = toPixels(from.position);
      const curve = edgeCurve(start, toPixels(to.position), widthPx, routes.get(key));
      return [key, { curve, widthPx, label: labels.get(key) ?? { ...start, free: false } }];
    }),
  );
}

/** Where the larger labels of a few edges stand, that all others have given way to. */
export function placeStrongLabels(
  graph: MapGraph,
  drawings: ReadonlyMap<string, EdgeDrawing>,
  keys: ReadonlySet<string> | null,
): ReadonlyMap<string, LabelPlace> {
  const edges = [...(keys ?? [])].flatMap((key) => {
    const points = drawings.get(key)?.curve.points;
    return points === undefined ? [] : [{ key, points }];
  });
  return placeLabels(
    graph.nodes.map((node) => toPixels(node.position)),
    edges,
    STRONG_LABEL_PX,
  );
}
