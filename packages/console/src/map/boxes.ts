import { type Point, RING_RADIUS_PX } from './geometry.ts';

/** What a node covers: its ring, and its name and type below. */
const HALF_WIDTH_PX = RING_RADIUS_PX + 12;
const ABOVE_PX = RING_RADIUS_PX + 2;
const BELOW_PX = RING_RADIUS_PX + 41;

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Boxes that an edge must pass at one height, because they overlap sideways. */
interface BoxGroup {
  readonly left: number;
  readonly right: number;
  readonly boxes: readonly Box[];
}

export function nodeBox({ x, y }: Point): Box {
  return { left: x - HALF_WIDTH_PX, right: x + HALF_WIDTH_PX, top: y - ABOVE_PX, bottom: y + BELOW_PX };
}

/** Of the nodes wholly between the two ends, left to right. */
export function boxesAround(points: readonly Point[], from: Point, to: Point): readonly BoxGroup[] {
  const boxes = points
    .map(nodeBox)
    .filter(({ left, right }) => left > from.x + HALF_WIDTH_PX && right < to.x - HALF_WIDTH_PX)
    .sort((a, b) => a.left - b.left || a.top - b.top);
  const groups: { left: number; right: number; boxes: Box[] }[] = [];
  for (const box of boxes) {
    const last = groups.at(-1);
    if (last === undefined || box.left > last.right) groups.push({ left: box.left, right: box.right, boxes: [box] });
    else {
      last.boxes.push(box);
      last.right = Math.max(last.right, box.right);
    }
  }
  return groups;
}
