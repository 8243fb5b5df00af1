import type { Position } from '@fluoroscope/api';
import { ROW_DISTANCE, ROW_GRID } from './spacing.ts';

/** Nodes nearer than this sideways share a column, where they need a row each. */
const COLUMN_WIDTH = 1.6;
/** Rows above and below the wanted one that are weighed against it. */
const ROWS_TRIED = 8;
/** An edge nearer than this to a node's middle runs behind it, or through its name. */
const CLEARANCE = 0.75;
/** What an edge behind a node is worth avoiding: a row further from the neighbours, but not two. */
const BEHIND_COST = 1.7;

/** Where the column of choice has no room nearer than this, others are looked at. */
const NEAR_UNITS = 4 * ROW_DISTANCE;
const COLUMN_STEP = 0.4;
const COLUMNS_TRIED = 30;

export type Line = readonly [Position, Position];

export interface Surroundings {
  readonly nodes: readonly Position[];
  /** The edges between them. */
  readonly lines: readonly Line[];
  /** What the new node will have edges to. */
  readonly neighbours: readonly Position[];
}

/**
 * The height at which the column has a row to spare, weighed: near the wanted one, on no edge that is there, and
 * such that no edge of its own runs behind another node. Of equals the nearest, of these the lower on the screen.
 */
export function findRow(x: number, wanted: number, { nodes, lines, neighbours }: Surroundings): number {
  const rows = rowsAt(x, nodes);
  const heights = heightsAt(x, lines);
  const between = nodesBetween(x, nodes, neighbours);
  let best = { y: nearestFree(wanted, rows), cost: Number.POSITIVE_INFINITY };
  for (let step = 0; step <= 2 * ROWS_TRIED; step += 1) {
    const y = step === 0 ? best.y : wanted + Math.ceil(step / 2) * (step % 2 === 1 ? ROW_GRID : -ROW_GRID);
    if (step > 0 && rows.some((row) => isTaken(y, row))) continue;
    const near = Math.abs(y - wanted);
    if (near >= best.cost) continue;
    const cost = near + BEHIND_COST * (countAt(y, heights) + countBehind({ x, y }, between, neighbours));
    if (cost < best.cost - 1e-9) best = { y, cost };
  }
  return best.y;
}

/** That column, or on a crowded map one further that way (1: right, -1: left), where there is room nearer by. */
export function findColumn(x: number, wanted: number, way: 1 | -1, nodes: readonly Position[]): number {
  const first = Math.abs(nearestFree(wanted, rowsAt(x, nodes)) - wanted);
  if (first <= NEAR_UNITS) return x;
  let best = { x, cost: first };
  const reach = first + COLUMN_WIDTH;
  const near = nodes.filter((node) => Math.abs(node.y - wanted) < reach && Math.abs(node.x - x) < reach);
  for (let step = 1; step < COLUMNS_TRIED && step * COLUMN_STEP < best.cost; step += 1) {
    const tried = x + way * step * COLUMN_STEP;
    const cost = Math.abs(nearestFree(wanted, rowsAt(tried, near)) - wanted) + step * COLUMN_STEP;
    if (cost < best.cost - 1e-9) best = { x: tried, cost };
  }
  return best.x;
}

/** Rows that a node there must keep clear of. */
function rowsAt(x: number, nodes: readonly Position[]): number[] {
  // Sums of steps are not quite exact.
  return nodes.filter((node) => Math.abs(node.x - x) < COLUMN_WIDTH - 1e-6).map(({ y }) => y);
}

/** Where lines pass that column: whatever stands at such a height has one behind it. */
function heightsAt(x: number, lines: readonly Line[]): readonly number[] {
  const heights: number[] = [];
  for (const [a, b] of lines) if (passes(x, a, b)) heights.push(heightAt(x, a, b));
  return heights;
}

/** The only ones that lines from that column to the neighbours can pass behind. */
function nodesBetween(x: number, nodes: readonly Position[], neighbours: readonly Position[]): readonly Position[] {
  const xs = [x, ...neighbours.map((neighbour) => neighbour.x)];
  const [left, right] = [Math.min(...xs) + CLEARANCE, Math.max(...xs) - CLEARANCE];
  return nodes.filter((node) => node.x > left && node.x < right);
}

function countAt(y: number, heights: readonly number[]): number {
  let count = 0;
  for (const height of heights) if (Math.abs(height - y) < CLEARANCE) count += 1;
  return count;
}

/** Nodes that lines from there would pass behind. */
function countBehind(from: Position, nodes: readonly Position[], neighbours: readonly Position[]): number {
  let count = 0;
  for (const to of neighbours) {
    for (const { x, y } of nodes)
      if (passes(x, from, to) && Math.abs(heightAt(x, from, to) - y) < CLEARANCE) count += 1;
  }
  return count;
}

/** Not at its very ends. */
function passes(x: number, a: Position, b: Position): boolean {
  return x > Math.min(a.x, b.x) + CLEARANCE && x < Math.max(a.x, b.x) - CLEARANCE;
}

function heightAt(x: number, a: Position, b: Position): number {
  const [left, right] = a.x < b.x ? [a, b] : [b, a];
  return left.y + ((x - left.x) / (right.x - left.x)) * (right.y - left.y);
}

function nearestFree(wanted: number, taken: readonly number[]): number {
  const rows = taken.toSorted((a, b) => a - b);
  let above = wanted;
  let below = wanted;
  for (const row of rows) if (isTaken(below, row)) below = row + ROW_DISTANCE;
  for (const row of rows.toReversed()) if (isTaken(above, row)) above = row - ROW_DISTANCE;
  return below - wanted <= wanted - above ? below : above;
}

/** Sums of rows are not quite exact. */
function isTaken(y: number, row: number): boolean {
  return Math.abs(y - row) < ROW_DISTANCE - 1e-6;
}
