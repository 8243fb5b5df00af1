import type { Position } from '@fluoroscope/api';

/** Distance of neighbours in map units; a node is 1 × 1 and its name stands below it. */
const COLUMN = 2.2;
const ROW = 1.4;
const SWEEPS = 4;

/**
 * Columns by longest way from a node that nobody calls (calls back to an earlier column are ignored),
 * rows by the mean row of the callers. For small graphs that the server keeps no places of.
 */
export function layered(
  keys: readonly string[],
  connections: readonly (readonly [string, string])[],
): Record<string, Position> {
  const columns = columnsOf(keys, connections);
  const byColumn = new Map<number, string[]>();
  for (const key of keys) {
    const column = columns.get(key) ?? 0;
    byColumn.set(column, [...(byColumn.get(column) ?? []), key]);
  }
  const rows = new Map<string, number>();
  for (const list of byColumn.values()) spread(list, rows);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const column of [...byColumn.keys()].sort((a, b) => a - b)) {
      const list = byColumn.get(column) ?? [];
      const wish = new Map(list.map((key) => [key, meanRow(key, connections, rows)]));
      list.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      spread(list, rows);
    }
  }
  return Object.fromEntries(keys.map((key) => [key, { x: (columns.get(key) ?? 0) * COLUMN, y: rows.get(key) ?? 0 }]));
}

function columnsOf(
  keys: readonly string[],
  connections: readonly (readonly [string, string])[],
): ReadonlyMap<string, number> {
  const out = new Map<string, string[]>(keys.map((key) => [key, []]));
  for (const [from, to] of connections) if (from !== to) out.get(from)?.push(to);
  const called = new Set(connections.filter(([from, to]) => from !== to).map(([, to]) => to));
  const columns = new Map<string, number>();
  const open = new Set<string>();

  function visit(key: string, column: number): void {
    if (open.has(key) || (columns.get(key) ?? -1) >= column) return;
    columns.set(key, column);
    open.add(key);
    for (const next of out.get(key) ?? []) visit(next, column + 1);
    open.delete(key);
  }
  for (const key of keys) if (!called.has(key)) visit(key, 0);
  for (const key of keys) if (!columns.has(key)) visit(key, 0);
  return columns;
}

function meanRow(
  key: string,
  connections: readonly (readonly [string, string])[],
  rows: ReadonlyMap<string, number>,
): number {
  const near = connections.filter(([from, to]) => to === key && from !== key).map(([from]) => rows.get(from) ?? 0);
  if (near.length === 0) return rows.get(key) ?? 0;
  return near.reduce((all, row) => all + row, 0) / near.length;
}

function spread(list: readonly string[], rows: Map<string, number>): void {
  list.forEach((key, index) => rows.set(key, (index - (list.length - 1) / 2) * ROW));
}
