import { OUTLINE_FLAGS } from '@fluoroscope/api/outline';
import type { SpanTable } from './span-table.ts';

/** Lines of a table in reading order: parents before children, siblings by start. */
export interface PlannedTree {
  /** Row → line. */
  readonly lines: Uint32Array;
  /** Row of the parent; −1 for a root. */
  readonly parent: Int32Array;
  /** The row behind the last one below. */
  readonly end: Uint32Array;
  readonly depth: Uint16Array;
  readonly childCount: Uint32Array;
}

const DEPTH_MAX = 65_535;

/** An entity hangs below the one its `parent_id` names; a cycle of parents is opened at its earliest member that can be. */
export function planTree(table: SpanTable): PlannedTree {
  const parents = findParents(table);
  openCycles(table, parents);
  const { first, children } = childrenOf(table, parents);
  const { count } = table;
  const lines = new Uint32Array(count);
  const parent = new Int32Array(count);
  const depth = new Uint16Array(count);
  const childCount = new Uint32Array(count);
  const rowOf = new Int32Array(count).fill(-1);
  const stack: number[] = [];
  // The roots are the children of the line behind the last.
  for (let at = (first[count + 1] ?? 0) - 1; at >= (first[count] ?? 0); at -= 1) stack.push(children[at] ?? 0);
  let row = 0;
  for (let line = stack.pop(); line !== undefined; line = stack.pop()) {
    lines[row] = line;
    rowOf[line] = row;
    const above = parents[line] ?? -1;
    const parentRow = above < 0 ? -1 : (rowOf[above] ?? -1);
    parent[row] = parentRow;
    depth[row] = parentRow < 0 ? 0 : Math.min(DEPTH_MAX, (depth[parentRow] ?? 0) + 1);
    const [from, to] = [first[line] ?? 0, first[line + 1] ?? 0];
    childCount[row] = to - from;
    for (let at = to - 1; at >= from; at -= 1) stack.push(children[at] ?? 0);
    row += 1;
  }
  return { lines, parent, end: endsOf(parent), depth, childCount };
}

function findParents({ count, columns, find }: SpanTable): Int32Array {
  const parents = new Int32Array(count).fill(-1);
  for (let line = 0; line < count; line += 1) {
    if (((columns.flags[line] ?? 0) & OUTLINE_FLAGS.hasParent) === 0) continue;
    parents[line] = find(columns.parentHigh[line] ?? 0, columns.parentLow[line] ?? 0);
  }
  return parents;
}

function openCycles(table: SpanTable, parents: Int32Array): void {
  // 0: not met; n: met on the n-th walk.
  const met = new Int32Array(parents.length);
  for (let from = 0, walk = 1; from < parents.length; from += 1, walk += 1) {
    let line = from;
    while (line >= 0 && met[line] === 0) {
      met[line] = walk;
      line = parents[line] ?? -1;
    }
    if (line >= 0 && met[line] === walk) parents[earliestOf(table, parents, line)] = -1;
  }
}

/** A subsegment inside a document keeps its parent, which is certain. */
function earliestOf({ columns }: SpanTable, parents: Int32Array, from: number): number {
  let earliest = -1;
  let line = from;
  do {
    const isCertain = ((columns.flags[line] ?? 0) & OUTLINE_FLAGS.embedded) !== 0;
    const isEarlier = earliest < 0 || (columns.startUs[line] ?? 0) < (columns.startUs[earliest] ?? 0);
    if (!isCertain && isEarlier) earliest = line;
    line = parents[line] ?? from;
  } while (line !== from);
  return earliest < 0 ? from : earliest;
}

interface Children {
  /** Line → where its children begin; one more for the roots. */
  readonly first: Uint32Array;
  readonly children: Uint32Array;
}

function childrenOf(table: SpanTable, parents: Int32Array): Children {
  const { count } = table;
  const owner = (line: number): number => {
    const parent = parents[line] ?? -1;
    return parent < 0 ? count : parent;
  };
  const first = new Uint32Array(count + 2);
  for (let line = 0; line < count; line += 1) first[owner(line) + 1] = (first[owner(line) + 1] ?? 0) + 1;
  for (let at = 1; at < first.length; at += 1) first[at] = (first[at] ?? 0) + (first[at - 1] ?? 0);
  const next = first.slice();
  const children = new Uint32Array(count);
  for (let line = 0; line < count; line += 1) {
    const at = next[owner(line)] ?? 0;
    children[at] = line;
    next[owner(line)] = at + 1;
  }
  for (let line = 0; line <= count; line += 1) sortByStart(table, children.subarray(first[line], first[line + 1]));
  return { first, children };
}

/** By start, the longer one first; mostly they are in order already. */
function sortByStart({ columns: { startUs, lengthUs } }: SpanTable, lines: Uint32Array): void {
  const compare = (a: number, b: number): number =>
    (startUs[a] ?? 0) - (startUs[b] ?? 0) || (lengthUs[b] ?? 0) - (lengthUs[a] ?? 0) || a - b;
  for (let at = 1; at < lines.length; at += 1) {
    if (compare(lines[at - 1] ?? 0, lines[at] ?? 0) > 0) {
      lines.sort(compare);
      return;
    }
  }
}

function endsOf(parent: Int32Array): Uint32Array {
  const end = new Uint32Array(parent.length);
  for (let row = parent.length - 1; row >= 0; row -= 1) {
    end[row] = Math.max(end[row] ?? 0, row + 1);
    const above = parent[row] ?? -1;
    if (above >= 0) end[above] = Math.max(end[above] ?? 0, end[row] ?? 0);
  }
  return end;
}
