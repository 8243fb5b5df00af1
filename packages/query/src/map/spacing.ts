import type { Position } from '@fluoroscope/api';

/** In map units, where a node is 1 × 1: room for a name below a node, and for rate and latency on an edge. */
export const LAYER_DISTANCE = 2.4;
export const ROW_DISTANCE = 1.6;
/** Nodes stand on rows so far apart, so that what is nearly level is level. Divides ROW_DISTANCE. */
export const ROW_GRID = 0.8;

/** Hundredths: the same text on every machine, whatever its last bits of a mean are. */
export function roundPosition({ x, y }: Position): Position {
  return { x: roundUnit(x), y: roundUnit(y) };
}

function roundUnit(value: number): number {
  const rounded = Math.round(value * 100) / 100;
  return rounded === 0 ? 0 : rounded;
}
