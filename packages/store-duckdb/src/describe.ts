import type { DuckDBConnection } from '@duckdb/node-api';
import type { TimeUs } from '@fluoroscope/model';
import { toSliceError } from './engine-error.ts';
import { detach } from './engine.ts';
import { fillQuery } from './source-sql.ts';
import { printSliceName, type OrderRange } from './slices/slice-name.ts';
import { databaseNameOf, readTableNames, type Slice } from './slices/slice.ts';
import { attachSlice } from './slices/write-slice.ts';
import { withStoppedStore, type StoppedStoreOptions } from './stopped-store.ts';
import { toNumber, toText } from './values.ts';

export interface StoreDescription {
  readonly retainedFromUs: TimeUs | null;
  /** Oldest first. */
  readonly slices: readonly SliceDescription[];
}

export interface SliceDescription {
  readonly file: string;
  /** Which of the store's slices, as first written, it holds. */
  readonly firstOrder: number;
  readonly lastOrder: number;
  /** Of its documents; null without any. */
  readonly firstReceivedUs: TimeUs | null;
  readonly lastReceivedUs: TimeUs | null;
  readonly traceCount: number;
  readonly documentCount: number;
  readonly factCount: number;
  readonly sizeBytes: number;
  readonly tables: readonly TableDescription[];
}

export interface TableDescription {
  readonly name: string;
  readonly rowCount: number;
  /** Whole blocks of the file; one that several tables share counts in equal parts. */
  readonly sizeBytes: number;
}

export async function describeStore(options: StoppedStoreOptions): Promise<StoreDescription> {
  return withStoppedStore(options, async ({ connection, dir, ranges, retained }) => {
    const slices: SliceDescription[] = [];
    for (const range of ranges) slices.push(await describeSlice(connection, dir, range));
    return { retainedFromUs: retained.retainedFromUs, slices };
  });
}

async function describeSlice(connection: DuckDBConnection, dir: string, range: OrderRange): Promise<SliceDescription> {
  const file = printSliceName(range);
  try {
    const slice = await attachSlice(connection, dir, range);
    return {
      file,
      firstOrder: slice.firstOrder,
      lastOrder: slice.lastOrder,
      firstReceivedUs: slice.firstReceivedUs,
      lastReceivedUs: slice.lastReceivedUs,
      traceCount: slice.traceCount,
      documentCount: slice.documentCount,
      factCount: slice.factCount,
      sizeBytes: slice.sizeBytes,
      tables: await describeTables(connection, slice),
    };
  } catch (error) {
    throw toSliceError(file, error);
  } finally {
    await detach(connection, databaseNameOf(range)).catch(() => {});
  }
}

async function describeTables(connection: DuckDBConnection, slice: Slice): Promise<readonly TableDescription[]> {
  const { prefix: from, databaseName: database } = slice;
  const tables = await readTableNames(connection, slice);
  const blocks = tables.map((table) => fillQuery('describe/table-blocks', { from, table })).join('\nUNION ALL\n');
  const sql = fillQuery('describe/table-sizes', { blocks, database });
  const result = await connection.runAndReadAll(sql);
  return result.getRows().map(([name, rowCount, sizeBytes]) => ({
    name: toText(name),
    rowCount: toNumber(rowCount),
    sizeBytes: Math.round(toNumber(sizeBytes)),
  }));
}
