import { VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import { timeUs, type TimeUs } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import type { Extent, Source } from '../source.ts';
import { fillQuery } from '../source-sql.ts';
import { toBytes, toNumber, toNumberOrNull, toText } from '../values.ts';
import { bloomFilterOf, hashId, type IdHash } from './bloom.ts';
import { printSliceName, type OrderRange } from './slice-name.ts';

/** A sealed file, attached for reading. */
export interface Slice extends Source, OrderRange {
  readonly kind: 'slice';
  /** In the store's folder. */
  readonly fileName: string;
  /** Under which the engine has attached it. */
  readonly databaseName: string;
  readonly sizeBytes: number;
  readonly traceCount: number;
  readonly documentCount: number;
  readonly factCount: number;
  /** Null without documents. */
  readonly firstReceivedUs: TimeUs | null;
  readonly lastReceivedUs: TimeUs | null;
  /** Highest sequence of each origin, in it and all before it. */
  readonly progress: ReadonlyMap<string, number>;
  mayHold(hash: IdHash): boolean;
}

/** Of the layout of a slice: sql/schema/slice.sql and slice-about.sql. One more with each change that older versions cannot read. */
export const SLICE_FORMAT = 1;

export function databaseNameOf({ firstOrder, lastOrder }: OrderRange): string {
  return `slice_${firstOrder}_${lastOrder}`;
}

/** Reads what is needed of an attached slice. */
export async function readSlice(connection: DuckDBConnection, range: OrderRange, sizeBytes: number): Promise<Slice> {
  const fileName = printSliceName(range);
  const databaseName = databaseNameOf(range);
  const prefix = `${databaseName}.main`;
  // By itself: in a slice of another format all else may be different.
  const [versions] = (await connection.runAndReadAll(`SELECT format FROM ${prefix}.about`)).getRows();
  const format = toNumber(versions?.[0]);
  if (format !== SLICE_FORMAT) {
    throw new StoreError('unknown-version', `${fileName} has format ${format}, this version reads ${SLICE_FORMAT}`);
  }
  const result = await connection.runAndReadAll(fillQuery('slice-about', { from: prefix }));
  const [first, last, traceCount, documentCount, factCount, ...columns] = result.getRows()[0] ?? [];
  if (toNumber(first) !== range.firstOrder || toNumber(last) !== range.lastOrder) {
    throw new StoreError(
      'corrupt',
      `${fileName} says that it is ${printSliceName(rangeOf(toNumber(first), toNumber(last)))}`,
    );
  }
  const filter = bloomFilterOf(toBytes(columns.at(-1)));
  const times = columns.slice(0, -1).map((value) => {
    const us = toNumberOrNull(value);
    return us === null ? null : timeUs(us);
  });
  return {
    kind: 'slice',
    hasFindings: await readHasFindings(connection, prefix),
    firstOrder: range.firstOrder,
    lastOrder: range.lastOrder,
    fileName,
    databaseName,
    prefix,
    sizeBytes,
    orderNo: range.lastOrder,
    traceCount: toNumber(traceCount),
    documentCount: toNumber(documentCount),
    factCount: toNumber(factCount),
    extent: extentOf(times),
    firstReceivedUs: times[4] ?? null,
    lastReceivedUs: times[5] ?? null,
    progress: await readSliceProgress(connection, prefix),
    mayKnow: (id) => filter.mayHold(hashId(id)),
    mayHold: (hash) => filter.mayHold(hash),
  };
}

async function readHasFindings(connection: DuckDBConnection, prefix: string): Promise<boolean> {
  const none = await connection.runAndReadAll(`SELECT * FROM ${prefix}.traces LIMIT 0`);
  return none.columnNames().includes('outcomes');
}

async function readSliceProgress(connection: DuckDBConnection, prefix: string): Promise<ReadonlyMap<string, number>> {
  const result = await connection.runAndReadAll(`SELECT origin, sequence FROM ${prefix}.progress`);
  return new Map(result.getRows().map(([origin, sequence]) => [toText(origin), toNumber(sequence)]));
}

function extentOf([firstStartUs, lastStartUs, firstEndUs, lastEndUs]: readonly (TimeUs | null)[]): Extent | null {
  if (firstStartUs == null || lastStartUs == null || firstEndUs == null || lastEndUs == null) return null;
  return { firstStartUs, lastStartUs, firstEndUs, lastEndUs };
}

function rangeOf(firstOrder: number, lastOrder: number): OrderRange {
  return { firstOrder, lastOrder };
}

/** The tables that a slice has; what it should have, those know who read them. */
export async function readTableNames(connection: DuckDBConnection, slice: Slice): Promise<readonly string[]> {
  const sql = 'SELECT table_name FROM duckdb_tables() WHERE database_name = $1 ORDER BY table_name';
  const result = await connection.runAndReadAll(sql, [slice.databaseName], [VARCHAR]);
  return result.getRows().map(([name]) => toText(name));
}
