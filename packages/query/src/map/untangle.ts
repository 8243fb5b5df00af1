import { notePlaces, type Column, type Spot } from './columns.ts';

/** Each pass goes there and back; orders of service maps settle within a few. */
const PASS_COUNT = 8;
/** Graphs up to this size are worth the search that follows: on larger ones it would be felt. */
const SEARCHED_SPOTS_MAX = 200;
/** Passes lead to the nearest good order only; others are found from other beginnings. */
const START_COUNT = 16;

/** Puts every column into the order with the fewest crossings that was met. */
export function untangle(columns: readonly Column[]): void {
  const small = columns.reduce((sum, column) => sum + column.length, 0) <= SEARCHED_SPOTS_MAX;
  const first = columns.map((column) => [...column]);
  let best = first;
  let fewest = countCrossings(columns);
  for (let start = 0; start < (small ? START_COUNT : 1) && fewest > 0; start += 1) {
    for (const [at, column] of columns.entries()) putIn(column, shuffled(first[at] ?? [], start));
    for (let pass = 0; pass < PASS_COUNT && fewest > 0; pass += 1) {
      for (const column of columns) sortColumn(column, (spot) => spot.left);
      for (const column of columns.toReversed()) sortColumn(column, (spot) => spot.right);
      if (small) for (const column of columns) swapNeighbours(column);
      const count = countCrossings(columns);
      if (count >= fewest) continue;
      fewest = count;
      best = columns.map((column) => [...column]);
    }
  }
  for (const [at, column] of columns.entries()) putIn(column, best[at] ?? []);
}

function putIn(column: Column, order: readonly Spot[]): void {
  column.splice(0, column.length, ...order);
  notePlaces(column);
}

/** As they are, backwards, then in orders that only look random: the same ones for everybody. */
function shuffled(column: Column, start: number): Column {
  if (start === 0) return [...column];
  if (start === 1) return column.toReversed();
  const spots = [...column];
  let state = start;
  for (let at = spots.length - 1; at > 0; at -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (at + 1));
    const [a, b] = [spots[at], spots[other]];
    if (a !== undefined && b !== undefined) [spots[at], spots[other]] = [b, a];
  }
  return spots;
}

/** By the mean place of the neighbours, in parts of their column; a spot without any keeps its own. */
function sortColumn(column: Column, neighboursOf: (spot: Spot) => readonly Spot[]): void {
  const wanted = new Map(column.map((spot) => [spot, meanPlace(neighboursOf(spot)) ?? spot.place]));
  column.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
  notePlaces(column);
}

function swapNeighbours(column: Column): void {
  for (let at = 1; at < column.length; at += 1) {
    const [upper, lower] = [column[at - 1], column[at]];
    if (upper === undefined || lower === undefined || crossingsOf(upper, lower) <= crossingsOf(lower, upper)) continue;
    [column[at - 1], column[at]] = [lower, upper];
    lower.place = at - 1;
    upper.place = at;
  }
}

/** Between the edges of two spots of one column, the first of which is the upper. */
function crossingsOf(upper: Spot, lower: Spot): number {
  return inversions(upper.left, lower.left) + inversions(upper.right, lower.right);
}

function inversions(above: readonly Spot[], below: readonly Spot[]): number {
  let count = 0;
  for (const a of above) for (const b of below) if (a.place > b.place) count += 1;
  return count;
}

function countCrossings(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + crossingsRight(column), 0);
}

/** Pairs of edges that end the other way round than they begin; counted in a tree of partial sums. */
function crossingsRight(column: Column): number {
  const ends = column.flatMap((spot) => spot.right.map(({ place }) => place).sort((a, b) => a - b));
  const size = ends.reduce((most, place) => Math.max(most, place + 1), 0);
  const tree = new Int32Array(size + 1);
  let count = 0;
  for (const [before, place] of ends.entries()) {
    count += before;
    for (let at = place + 1; at > 0; at -= at & -at) count -= tree[at] ?? 0;
    for (let at = place + 1; at <= size; at += at & -at) tree[at] = (tree[at] ?? 0) + 1;
  }
  return count;
}

function meanPlace(spots: readonly Spot[]): number | undefined {
  if (spots.length === 0) return undefined;
  return spots.reduce((sum, { place }) => sum + place, 0) / spots.length;
}
