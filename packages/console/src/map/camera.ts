import type { Point } from './geometry.ts';

/** Screen = world × zoom + (x, y). */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const ZOOM_MIN = 0.03;
const ZOOM_MAX = 2.5;
/** Fitting never magnifies a small map into a poster. */
const FIT_ZOOM_MAX = 1.15;

/** Keeps the world point under `center` where it is. */
export function zoomAt(camera: Camera, center: Point, factor: number): Camera {
  const zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, camera.zoom * factor));
  const ratio = zoom / camera.zoom;
  return { zoom, x: center.x - (center.x - camera.x) * ratio, y: center.y - (center.y - camera.y) * ratio };
}

export function fit(box: Box, size: Size, marginPx: number, free: Insets = NO_INSETS): Camera {
  const width = Math.max(1, box.right - box.left);
  const height = Math.max(1, box.bottom - box.top);
  const roomX = Math.max(1, size.width - free.right - 2 * marginPx);
  const roomY = Math.max(1, size.height - free.bottom - 2 * marginPx);
  const zoom = Math.min(FIT_ZOOM_MAX, Math.max(ZOOM_MIN, Math.min(roomX / width, roomY / height)));
  return {
    zoom,
    x: (size.width - free.right) / 2 - ((box.left + box.right) / 2) * zoom,
    y: (size.height - free.bottom) / 2 - ((box.top + box.bottom) / 2) * zoom,
  };
}

/** What is kept free of the map at two edges of the view, in pixels. */
export interface Insets {
  readonly right: number;
  readonly bottom: number;
}

const NO_INSETS: Insets = { right: 0, bottom: 0 };

/** Fits so that no part of the box is behind what lies over the map, above it or left of it, as large as can be. */
export function fitClear(box: Box, size: Size, marginPx: number, covers: readonly Box[]): Camera {
  const plain = fit(box, size, marginPx);
  const hidden = covers.filter((cover) => meets(onScreen(box, plain), cover));
  let choices: readonly Insets[] = [NO_INSETS];
  for (const { left, top } of hidden) {
    choices = choices.flatMap(({ right, bottom }) => [
      { right, bottom: Math.max(bottom, size.height - top - marginPx / 2) },
      { right: Math.max(right, size.width - left - marginPx / 2), bottom },
    ]);
  }
  const fitted = choices.map((free) => fit(box, size, marginPx, free));
  return fitted.reduce((best, next) => (next.zoom > best.zoom ? next : best));
}

function onScreen(box: Box, { x, y, zoom }: Camera): Box {
  return {
    left: x + box.left * zoom,
    right: x + box.right * zoom,
    top: y + box.top * zoom,
    bottom: y + box.bottom * zoom,
  };
}

function meets(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Two fingers: what was below their middle stays below it. */
export function pinch(camera: Camera, before: readonly [Point, Point], now: readonly [Point, Point]): Camera {
  const [from, to] = [middleOf(before), middleOf(now)];
  const moved = { ...camera, x: camera.x + to.x - from.x, y: camera.y + to.y - from.y };
  return zoomAt(moved, to, spanOf(now) / Math.max(1, spanOf(before)));
}

function middleOf([a, b]: readonly [Point, Point]): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function spanOf([a, b]: readonly [Point, Point]): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** A map too large for a small screen opens where its requests come in, at a size that can be read. */
export function readable(fitted: Camera, box: Box, size: Size, zoomLeast: number): Camera {
  if (fitted.zoom >= zoomLeast) return fitted;
  const height = (box.bottom - box.top) * zoomLeast;
  const y = height <= size.height ? size.height / 2 - ((box.top + box.bottom) / 2) * zoomLeast : -box.top * zoomLeast;
  return { zoom: zoomLeast, x: -box.left * zoomLeast, y };
}

/** Around ring centres, with room for the names below and beside them. */
export function boxAround(points: readonly Point[], padding: { x: number; top: number; bottom: number }): Box {
  if (points.length === 0) return { left: 0, top: 0, right: 1, bottom: 1 };
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  return {
    left: Math.min(...xs) - padding.x,
    right: Math.max(...xs) + padding.x,
    top: Math.min(...ys) - padding.top,
    bottom: Math.max(...ys) + padding.bottom,
  };
}
