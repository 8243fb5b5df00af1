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

const ZOOM_MIN = 0.08;
const ZOOM_MAX = 2.5;
/** Fitting never magnifies a small map into a poster. */
const FIT_ZOOM_MAX = 1.15;

/** Keeps the world point under `center` where it is. */
export function zoomAt(camera: Camera, center: Point, factor: number): Camera {
  const zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, camera.zoom * factor));
  const ratio = zoom / camera.zoom;
  return { zoom, x: center.x - (center.x - camera.x) * ratio, y: center.y - (center.y - camera.y) * ratio };
}

export function fit(box: Box, size: Size, marginPx: number, zoomMax: number = FIT_ZOOM_MAX): Camera {
  const width = Math.max(1, box.right - box.left);
  const height = Math.max(1, box.bottom - box.top);
  const room = { width: Math.max(1, size.width - 2 * marginPx), height: Math.max(1, size.height - 2 * marginPx) };
  const zoom = Math.min(zoomMax, Math.max(ZOOM_MIN, Math.min(room.width / width, room.height / height)));
  return {
    zoom,
    x: size.width / 2 - ((box.left + box.right) / 2) * zoom,
    y: size.height / 2 - ((box.top + box.bottom) / 2) * zoom,
  };
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
