import { Bytes } from './bytes.ts';
import type { Column } from './column.ts';

/** What stands in a block, by name; each column has as many values as there are rows. */
export type Columns = Readonly<Record<string, Column<unknown>>>;

/**
 * block = count of columns VarUInt; count of rows VarUInt; *column        ; see ./column.ts
 *
 * One block is one insert and, having one partition, one part: it is stored as a whole or not at all. The bytes
 * are valid for good.
 */
export function takeBlock(columns: Columns): Buffer {
  const entries = Object.entries(columns);
  const rowCount = entries[0]?.[1].count ?? 0;
  const bytes = new Bytes();
  bytes.writeVarUint(entries.length);
  bytes.writeVarUint(rowCount);
  for (const [name, column] of entries) {
    if (column.count !== rowCount) throw new Error(`column ${name} has ${column.count} values for ${rowCount} rows`);
    bytes.writeText(name);
    bytes.writeText(column.type);
    if (rowCount > 0) {
      column.writePrefix(bytes);
      column.writeData(bytes);
    }
  }
  return bytes.view();
}

/** Before the first row of a block: of one that failed half way nothing may be left. */
export function clearColumns(columns: Columns): void {
  for (const column of Object.values(columns)) column.clear();
}
