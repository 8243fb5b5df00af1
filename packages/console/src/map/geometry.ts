import type { Position } from '@fluoroscope/api';

/** Pixels per map unit at zoom 1. */
export const UNIT_PX = 92;
export const RING_RADIUS_PX = 38;
const GAP_PX = 4;
const ARROW_PX = 9;
/** How far a curve keeps the direction of its ends, at most. */
const REACH_PX_MAX = 144;
const PIECE_POINTS = 12;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A ring that an edge begins or ends at; without a radius of the usual size. */
export interface RingAt extends Point {
  readonly radiusPx?: number;
}

export interface Curve {
  readonly path: string;
  readonly arrow: string;
  /** Along the line, from end to end; for what has to find room beside it. */
  readonly points: readonly Point[];
}

const LEFT: Point = { x: -1, y: 0 };
const RIGHT: Point = { x: 1, y: 0 };

/** A level stretch that the line has to take, between nodes that are in its way. */
export interface Pass {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

export function toPixels(position: Position): Point {
  return { x: (position.x + 0.5) * UNIT_PX, y: (position.y + 0.5) * UNIT_PX };
}

export function toUnits(point: Point): Position {
  return { x: round(point.x / UNIT_PX - 0.5), y: round(point.y / UNIT_PX - 0.5) };
}

/** From ring to ring. Leaves and arrives level when there is room, so that parallel calls fan out. */
export function edgeCurve(from: RingAt, to: RingAt, widthPx: number, passes: readonly Pass[] = []): Curve {
  if (from.x === to.x && from.y === to.y) return loopCurve(from, widthPx);
  const [first, last] = [passes[0], passes.at(-1)];
  if (first !== undefined && last !== undefined) {
    const away = leaning(from, { x: first.left, y: first.y });
    const back = leaning(to, { x: last.right, y: last.y });
    return ringToRing(from, to, away, back, widthPx, passes);
  }
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const [dx, dy] = [(to.x - from.x) / distance, (to.y - from.y) / distance];
  if (to.x - from.x > RING_RADIUS_PX * 2.4)
    return ringToRing(from, to, leaning(from, to), leaning(to, from), widthPx, []);
  const bend = { x: dx - dy, y: dy + dx };
  const back = { x: -dx - dy, y: -dy + dx };
  return ringToRing(from, to, unit(bend), unit(back), widthPx, [], distance * 0.22);
}

/** Nearly level, but a little towards the other end. */
function leaning(from: Point, to: Point): Point {
  return unit({ x: to.x - from.x, y: (to.y - from.y) * 0.45 });
}

function ringToRing(
  from: RingAt,
  to: RingAt,
  away: Point,
  back: Point,
  widthPx: number,
  passes: readonly Pass[],
  reachPx?: number,
): Curve {
  const start = along(from, away, (from.radiusPx ?? RING_RADIUS_PX) + GAP_PX);
  const tip = along(to, back, (to.radiusPx ?? RING_RADIUS_PX) + GAP_PX);
  const end = along(tip, back, ARROW_PX * 0.8);
  const stops = [
    { ...start, arrive: away, leave: away },
    ...passes.flatMap(({ left, right, y }) => [
      { x: left, y, arrive: LEFT, leave: RIGHT },
      { x: right, y, arrive: LEFT, leave: RIGHT },
    ]),
    { ...end, arrive: back, leave: back },
  ];
  let path = `M${at(start)}`;
  const points: Point[] = [start];
  for (const [index, stop] of stops.entries()) {
    const before = stops[index - 1];
    if (before === undefined) continue;
    const reach = reachPx ?? Math.min(Math.abs(stop.x - before.x) * 0.45, REACH_PX_MAX);
    const [c1, c2] = [along(before, before.leave, reach), along(stop, stop.arrive, reach)];
    path += ` C${at(c1)} ${at(c2)} ${at(stop)}`;
    for (let step = 1; step <= PIECE_POINTS; step += 1) points.push(bezier(before, c1, c2, stop, step / PIECE_POINTS));
  }
  return { path, arrow: arrowHead(tip, back, widthPx), points };
}

function loopCurve(center: RingAt, widthPx: number): Curve {
  return ringToRing(center, center, unit({ x: -0.5, y: -1 }), unit({ x: 0.5, y: -1 }), widthPx, [], 46);
}

/** `back` points away from the node that the arrow touches. */
function arrowHead(tip: Point, back: Point, widthPx: number): string {
  const half = 3.4 + widthPx * 0.6;
  const base = along(tip, back, ARROW_PX + widthPx * 0.6);
  const left = { x: base.x - back.y * half, y: base.y + back.x * half };
  const right = { x: base.x + back.y * half, y: base.y - back.x * half };
  return `M${at(tip)} L${at(left)} L${at(right)} Z`;
}

function bezier(a: Point, b: Point, c: Point, d: Point, t: number): Point {
  const u = 1 - t;
  const [p, q, r, s] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
  return { x: p * a.x + q * b.x + r * c.x + s * d.x, y: p * a.y + q * b.y + r * c.y + s * d.y };
}

function along(from: Point, direction: Point, length: number): Point {
  return { x: from.x + direction.x * length, y: from.y + direction.y * length };
}

function unit(vector: Point): Point {
  const length = Math.hypot(vector.x, vector.y) || 1;
  return { x: vector.x / length, y: vector.y / length };
}

function at(point: Point): string {
  return `${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
