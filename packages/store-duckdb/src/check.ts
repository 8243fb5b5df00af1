import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf, toSliceError } from './engine-error.ts';
import { detach } from './engine.ts';
import { fillQuery } from './source-sql.ts';
import { findGap } from './slices/recover.ts';
import { printSliceName, type OrderRange } from './slices/slice-name.ts';
import { databaseNameOf, readTableNames, type Slice } from './slices/slice.ts';
import { attachSlice, eachId } from './slices/write-slice.ts';
import { withStoppedStore, type StoppedStoreOptions } from './stopped-store.ts';
import { toNumber, toText } from './values.ts';

export interface StoreProblem {
  /** In the store's folder; null for what concerns the folder. */
  readonly file: string | null;
  readonly problem: string;
}

/** Reads everything that is stored, and says what does not hold together. Nothing is changed. */
export async function checkStore(options: StoppedStoreOptions): Promise<readonly StoreProblem[]> {
  return withStoppedStore(options, async ({ connection, dir, ranges, retained }) => {
    const problems: StoreProblem[] = [];
    const gap = findGap(ranges, retained.droppedThroughOrder);
    if (gap !== null) problems.push({ file: null, problem: gap });
    for (const range of ranges) {
      const file = printSliceName(range);
      for (const problem of await checkFile(connection, dir, range)) problems.push({ file, problem });
    }
    return problems;
  });
}

async function checkFile(connection: DuckDBConnection, dir: string, range: OrderRange): Promise<readonly string[]> {
  try {
    const slice = await attachSlice(connection, dir, range);
    const unreadable = await readAll(connection, slice);
    // Of a table that cannot be read nothing more can be said.
    if (unreadable.length > 0) return unreadable;
    return [...(await runChecks(connection, slice)), ...(await checkFilter(connection, slice))];
  } catch (error) {
    return [toSliceError(printSliceName(range), error).message];
  } finally {
    await detach(connection, databaseNameOf(range)).catch(() => {});
  }
}

/** Every column of every row: the engine compares each block with its checksum. */
async function readAll(connection: DuckDBConnection, slice: Slice): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const table of await readTableNames(connection, slice)) {
    try {
      await connection.run(`SELECT bit_xor(hash(whole)) FROM ${slice.prefix}.${table} AS whole`);
    } catch (error) {
      problems.push(`${table} cannot be read: ${messageOf(error)}`);
    }
  }
  return problems;
}

/** Each row of the query is one check: what would be wrong, and in how many rows it is. */
async function runChecks(connection: DuckDBConnection, { prefix }: Slice): Promise<readonly string[]> {
  const result = await connection.runAndReadAll(fillQuery('check/slice', { from: prefix }));
  const rows = result
    .getRows()
    .map(([problem, rowCount]) => ({ problem: toText(problem), rowCount: toNumber(rowCount) }));
  return rows.filter(({ rowCount }) => rowCount > 0).map(({ problem, rowCount }) => `${problem} (${rowCount})`);
}

async function checkFilter(connection: DuckDBConnection, slice: Slice): Promise<readonly string[]> {
  let missingCount = 0;
  await eachId(connection, `${slice.prefix}.ids`, (hash) => {
    if (!slice.mayHold(hash)) missingCount += 1;
  });
  return missingCount === 0 ? [] : [`traces that the filter does not know (${missingCount})`];
}
