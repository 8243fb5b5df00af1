import type { StoreStats } from '@fluoroscope/store';
import { timeUs, type TimeUs } from '@fluoroscope/model';
import type { Connection } from '../connection.ts';
import { dayStartUs } from '../encode/days.ts';
import { EXACT_COUNT_ROWS_MAX } from '../limits.ts';
import { readSlices } from '../retention.ts';
import { readQuery } from '../sql-files.ts';
import { toNumber } from './values.ts';

export async function readStoreStats(connection: Connection, retainedFromUs: TimeUs | null): Promise<StoreStats> {
  const [slices, rowCount] = await Promise.all([
    readSlices(connection),
    count(connection, readQuery('count-trace-rows')),
  ]);
  return {
    traceCount:
      rowCount > EXACT_COUNT_ROWS_MAX ? rowCount : await count(connection, 'SELECT count() FROM traces FINAL'),
    documentCount: await count(connection, 'SELECT count() FROM documents'),
    sizeBytes: slices.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    retainedFromUs,
    days: slices.map(({ day, documentCount, sizeBytes }) => ({
      startUs: timeUs(dayStartUs(day)),
      documentCount,
      sizeBytes,
    })),
  };
}

async function count(connection: Connection, sql: string): Promise<number> {
  const [row] = await connection.query(sql);
  return toNumber(row?.[0]);
}
