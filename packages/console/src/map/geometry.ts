import type { Position } from '@fluoroscope/api';

/** Pixels per map unit at zoom 1. */
export const UNIT_PX = 92;
export const RING_RADIUS_PX = 38;
const GAP_PX = 4;
const ARROW_PX = 9;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Curve {
  readonly path: string;
  readonly arrow: string;
  readonly middle: Point;
}

export function toPixels(position: Position): Point {
  return { x: (position.x + 0.5) * UNIT_PX, y: (position.y + 0.5) * UNIT_PX };
}

export function toUnits(point: Point): Position {
  return { x: round(point.x / UNIT_PX - 0.5), y: round(point.y / UNIT_PX - 0.5) };
}

/** From ring to ring. Leaves and arrives level when there is room, so that parallel calls fan out. */
export function edgeCurve(from: Point, to: Point, widthPx: number): Curve {
  if (from.x === to.x && from.y === to.y) return loopCurve(from, widthPx);
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const distance = Math.hypot(dx, dy);
  const forward = dx > RING_RADIUS_PX * 2.4;
  const bend = forward ? Math.min(dx * 0.5, 180) : distance * 0.28;
  const lean = forward ? { x: 1, y: 0 } : { x: dx / distance - dy / distance, y: dy / distance + dx / distance };
  const away = unit(forward ? { x: dx, y: dy * 0.45 } : lean);
  const back = forward
    ? unit({ x: -dx, y: -dy * 0.45 })
    : unit({ x: -dx / distance - dy / distance, y: -dy / distance + dx / distance });
  const radius = RING_RADIUS_PX + GAP_PX;
  const start = along(from, away, radius);
  const tip = along(to, back, radius);
  const end = along(tip, back, ARROW_PX * 0.8);
  const c1 = along(start, away, bend * 0.8);
  const c2 = along(end, back, bend * 0.8);
  return {
    path: `M${at(start)} C${at(c1)} ${at(c2)} ${at(end)}`,
    arrow: arrowHead(tip, back, widthPx),
    middle: bezierMiddle(start, c1, c2, end),
  };
}

function loopCurve(center: Point, widthPx: number): Curve {
  const away = unit({ x: -0.5, y: -1 });
  const back = unit({ x: 0.5, y: -1 });
  const start = along(center, away, RING_RADIUS_PX + GAP_PX);
  const tip = along(center, back, RING_RADIUS_PX + GAP_PX);
  const end = along(tip, back, ARROW_PX * 0.8);
  const c1 = along(start, away, 46);
  const c2 = along(end, back, 46);
  return {
    path: `M${at(start)} C${at(c1)} ${at(c2)} ${at(end)}`,
    arrow: arrowHead(tip, back, widthPx),
    middle: bezierMiddle(start, c1, c2, end),
  };
}

/** `back` points away from the node that the arrow touches. */
function arrowHead(tip: Point, back: Point, widthPx: number): string {
  const half = 3.4 + widthPx * 0.6;
  const base = along(tip, back, ARROW_PX + widthPx * 0.6);
  const left = { x: base.x - back.y * half, y: base.y + back.x * half };
  const right = { x: base.x + back.y * half, y: base.y - back.x * half };
  return `M${at(tip)} L${at(left)} L${at(right)} Z`;
}

/** Bernstein weights at 0.6: past the middle, the calls of one service have fanned out. */
const LABEL_WEIGHTS = [0.064, 0.288, 0.432, 0.216] as const;

function bezierMiddle(a: Point, b: Point, c: Point, d: Point): Point {
  const [p, q, r, s] = LABEL_WEIGHTS;
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
