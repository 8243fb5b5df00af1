import { type Box, boxesAround } from './boxes.ts';
import type { Pass, Point } from './geometry.ts';

/** Between an edge and the boxes that it passes. */
const CLEAR_PX = 9;
/** Between edges that pass through one gap. */
const LANE_PX = 11;
/** A detour costs its way; sharing a lane costs as much as so many pixels more. */
const SHARED_LANE_PX = 60;
/** Heights weighed for each stretch, the nearest ones: every pair of neighbours is compared. */
const LANES_MAX = 14;
/** Past so many nodes an edge is drawn straight: routes are made again at each drag. */
const NODES_MAX = 200;

export interface RoutedEdge {
  readonly key: string;
  readonly from: Point;
  readonly to: Point;
}

/**
 * For each edge that goes right past nodes: where it passes, left to right, so that it runs behind none. Other
 * edges have no entry. A function of the points and their order only.
 */
export function routeEdges(
  points: readonly Point[],
  edges: readonly RoutedEdge[],
): ReadonlyMap<string, readonly Pass[]> {
  const routes = new Map<string, readonly Pass[]>();
  if (points.length > NODES_MAX) return routes;
  const taken: Pass[] = [];
  // Long edges are the hardest to place.
  const order = edges.toSorted((a, b) => b.to.x - b.from.x - (a.to.x - a.from.x) || (a.key < b.key ? -1 : 1));
  for (const { key, from, to } of order) {
    const route = routeBetween(points, from, to, taken);
    if (route.length === 0) continue;
    routes.set(key, route);
    taken.push(...route);
  }
  return untwist(routes, edges);
}

/** Edges that share a gap lie in it in the order in which they go on: else they would cross twice. */
function untwist(
  routes: ReadonlyMap<string, readonly Pass[]>,
  edges: readonly RoutedEdge[],
): ReadonlyMap<string, readonly Pass[]> {
  const stretches = edges.flatMap(({ key, from, to }) => {
    const passes = routes.get(key) ?? [];
    return passes.map((pass, at) => {
      const [before, after] = [passes[at - 1]?.y ?? from.y, passes[at + 1]?.y ?? to.y];
      return { key, at, pass, slope: after + before / 1000 };
    });
  });
  const lanes = new Map(routes);
  for (const gap of gapsOf(stretches)) {
    const heights = gap.map(({ pass }) => pass.y).sort((a, b) => a - b);
    const order = gap.toSorted((a, b) => a.slope - b.slope || (a.key < b.key ? -1 : 1));
    for (const [index, { key, at, pass }] of order.entries()) {
      const passes = lanes.get(key) ?? [];
      lanes.set(key, passes.with(at, { ...pass, y: heights[index] ?? pass.y }));
    }
  }
  return lanes;
}

/** Stretches that lie lane by lane, with no node between them. */
function gapsOf<S extends { readonly pass: Pass }>(stretches: readonly S[]): readonly (readonly S[])[] {
  const gaps: S[][] = [];
  for (const stretch of stretches.toSorted((a, b) => a.pass.left - b.pass.left || a.pass.y - b.pass.y)) {
    const last = gaps.at(-1);
    const beside = last?.at(-1)?.pass;
    const near = beside !== undefined && sameColumn(beside, stretch.pass) && stretch.pass.y - beside.y < 2 * LANE_PX;
    if (near) last?.push(stretch);
    else gaps.push([stretch]);
  }
  return gaps;
}

/** Only then may two stretches swap heights and still meet no box. */
function sameColumn(a: Pass, b: Pass): boolean {
  return a.left === b.left && a.right === b.right;
}

function routeBetween(points: readonly Point[], from: Point, to: Point, taken: readonly Pass[]): readonly Pass[] {
  const between = points.filter((point) => point !== from && point !== to);
  const groups = boxesAround(between, from, to);
  // Only what the straight line would touch forces a detour; the rest must merely stay clear of it.
  const line = (x: number): number => from.y + ((x - from.x) / (to.x - from.x)) * (to.y - from.y);
  if (!groups.some(({ boxes }) => boxes.some((box) => touches(box, line)))) return [];
  const choices = groups.map(({ left, right, boxes }) => {
    const lanes = lanesIn(
      boxes,
      taken.filter((pass) => pass.left < right && pass.right > left),
      line((left + right) / 2),
    );
    return lanes.map((lane) => ({ left, right, y: lane.y, cost: lane.cost }));
  });
  return cheapest(choices, from, to);
}

function touches({ left, right, top, bottom }: Box, line: (x: number) => number): boolean {
  const [a, b] = [line(left), line(right)];
  return Math.max(a, b) > top - CLEAR_PX && Math.min(a, b) < bottom + CLEAR_PX;
}

interface Lane {
  readonly y: number;
  readonly cost: number;
}

/** Heights at which a level stretch meets no box: the wanted one, and those just above and below each box. */
function lanesIn(boxes: readonly Box[], taken: readonly Pass[], wanted: number): readonly Lane[] {
  const edges = boxes.flatMap(({ top, bottom }) => [top - CLEAR_PX, bottom + CLEAR_PX]);
  const steps = taken.flatMap(({ y }) => [y - LANE_PX, y + LANE_PX]);
  const free = [wanted, ...edges, ...steps].filter((y) =>
    boxes.every(({ top, bottom }) => y <= top - CLEAR_PX + 0.01 || y >= bottom + CLEAR_PX - 0.01),
  );
  const near = [...new Set(free)].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted)).slice(0, LANES_MAX);
  return near.map((y) => ({
    y,
    cost: taken.filter((pass) => Math.abs(pass.y - y) < LANE_PX - 0.01).length * SHARED_LANE_PX,
  }));
}

/** One choice from each group, such that the way from end to end is the shortest. */
function cheapest(
  choices: readonly (readonly (Pass & { readonly cost: number })[])[],
  from: Point,
  to: Point,
): readonly Pass[] {
  let paths: { readonly at: Point; readonly cost: number; readonly passes: readonly Pass[] }[] = [
    { at: from, cost: 0, passes: [] },
  ];
  for (const group of choices) {
    paths = group.map((pass) => {
      let best = { at: from, cost: Number.POSITIVE_INFINITY, passes: [] as readonly Pass[] };
      for (const path of paths) {
        const cost = path.cost + climb(path.at, { x: pass.left, y: pass.y }) + pass.cost;
        if (cost >= best.cost) continue;
        const { left, right, y } = pass;
        best = { at: { x: right, y }, cost, passes: [...path.passes, { left, right, y }] };
      }
      return best;
    });
  }
  const ends = paths.map((path) => ({ path, cost: path.cost + climb(path.at, to) }));
  return ends.toSorted((a, b) => a.cost - b.cost)[0]?.path.passes ?? [];
}

/** Two gentle climbs look better than a steep one. */
function climb(a: Point, b: Point): number {
  const rise = Math.abs(b.y - a.y);
  return rise + (rise * rise) / 400;
}
