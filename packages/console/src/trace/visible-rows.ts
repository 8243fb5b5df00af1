import type { TracePlan } from './trace-plan.ts';

/** What is folded away: rows by number, and groups of rows alike that are open. */
export interface Folding {
  readonly closedRows: ReadonlySet<number>;
  readonly openGroups: ReadonlySet<number>;
}

export const NOTHING_FOLDED: Folding = { closedRows: new Set(), openGroups: new Set() };

/** Lines on the screen: `items[n]` is a row, or −1 − group for one that stands for many; `depth` how far it is moved right. */
export interface VisibleRows {
  readonly items: Int32Array;
  readonly depth: Uint16Array;
}

type Tree = Pick<TracePlan, 'count' | 'end' | 'depth' | 'alike'>;

interface Stretch {
  at: number;
  readonly to: number;
  readonly extraDepth: number;
  /** The row that the stretch begins with is told even though its group was told already. */
  readonly isMember: boolean;
}

/** Rows alike stand as one line where the first of them would; opened, the others follow it, whatever their start. */
export function listVisible(tree: Tree, { closedRows, openGroups }: Folding): VisibleRows {
  const { alike, end } = tree;
  const items = new Int32Array(tree.count + alike.first.length);
  const depth = new Uint16Array(items.length);
  let count = 0;
  const tell = (item: number, level: number): void => {
    items[count] = item;
    depth[count] = level;
    count += 1;
  };
  const stack: Stretch[] = [{ at: 0, to: tree.count, extraDepth: 0, isMember: false }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (top.at >= top.to) {
      stack.pop();
      continue;
    }
    const row = top.at;
    const behind = end[row] ?? top.to;
    const group = alike.group[row] ?? -1;
    const level = (tree.depth[row] ?? 0) + top.extraDepth;
    if (group >= 0 && !top.isMember) {
      top.at = behind;
      const [first = 0, last = 0] = [alike.first[group], alike.first[group + 1]];
      if (alike.members[first] !== row) continue;
      tell(-1 - group, level);
      if (!openGroups.has(group)) continue;
      for (let member = last - 1; member >= first; member -= 1) {
        const own = alike.members[member] ?? 0;
        stack.push({ at: own, to: end[own] ?? own + 1, extraDepth: top.extraDepth + 1, isMember: true });
      }
      continue;
    }
    tell(row, level);
    if (closedRows.has(row)) top.at = behind;
    else if (top.isMember) {
      stack.pop();
      stack.push({ at: row + 1, to: behind, extraDepth: top.extraDepth, isMember: false });
    } else top.at = row + 1;
  }
  return { items: items.slice(0, count), depth: depth.slice(0, count) };
}

/** The same folding with everything opened that hides this row. */
export function revealed(plan: Tree & Pick<TracePlan, 'parent'>, folding: Folding, row: number): Folding {
  const closedRows = new Set(folding.closedRows);
  const openGroups = new Set(folding.openGroups);
  for (let at = row; at >= 0; at = plan.parent[at] ?? -1) {
    if (at !== row) closedRows.delete(at);
    const group = plan.alike.group[at] ?? -1;
    if (group >= 0) openGroups.add(group);
  }
  return { closedRows, openGroups };
}

type Identified = Tree & Pick<TracePlan, 'idHigh' | 'idLow'>;

/** The same folding in a newer plan of the trace, where rows have other numbers: they are known by their ids. */
export function carriedOver(from: Identified, to: Identified, { closedRows, openGroups }: Folding): Folding {
  if (closedRows.size === 0 && openGroups.size === 0) return NOTHING_FOLDED;
  const closedIds = new Set([...closedRows].map((row) => keyOf(from, row)));
  const memberIds = new Set(
    [...openGroups].map((group) => keyOf(from, from.alike.members[from.alike.first[group] ?? 0] ?? 0)),
  );
  const next = { closedRows: new Set<number>(), openGroups: new Set<number>() };
  for (let row = 0; row < to.count; row += 1) {
    const key = keyOf(to, row);
    if (closedIds.has(key)) next.closedRows.add(row);
    const group = to.alike.group[row] ?? -1;
    if (group >= 0 && memberIds.has(key)) next.openGroups.add(group);
  }
  return next;
}

function keyOf({ idHigh, idLow }: Identified, row: number): string {
  return `${idHigh[row] ?? 0}.${idLow[row] ?? 0}`;
}

/** Only rows of fewer levels than this stay open; 0 opens all. */
export function foldedAtLevel(tree: Tree & Pick<TracePlan, 'childCount'>, level: number): Folding {
  const closedRows = new Set<number>();
  if (level === 0) return { closedRows, openGroups: new Set() };
  for (let row = 0; row < tree.count; row += 1) {
    if ((tree.depth[row] ?? 0) >= level - 1 && (tree.childCount[row] ?? 0) > 0) closedRows.add(row);
    if ((tree.depth[row] ?? 0) >= level - 1) row = (tree.end[row] ?? row + 1) - 1;
  }
  return { closedRows, openGroups: new Set() };
}
