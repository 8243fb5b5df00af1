import { stat } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { StoreStats } from '@fluoroscope/store';
import { readQuery } from '../sql-files.ts';
import { toNumber } from '../values.ts';

export async function readSequence(connection: DuckDBConnection): Promise<number> {
  const [row] = (await connection.runAndReadAll(readQuery('sequence'))).getRows();
  return toNumber(row?.[0]);
}

export async function readStats(connection: DuckDBConnection, file: string): Promise<StoreStats> {
  const [row] = (await connection.runAndReadAll(readQuery('stats'))).getRows();
  const sizes = await Promise.all([file, `${file}.wal`].map(sizeOf));
  return {
    traceCount: toNumber(row?.[0]),
    documentCount: toNumber(row?.[1]),
    sizeBytes: sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0),
  };
}

/**
 * The log is there only between checkpoints. Only `stat`, never opened: closing any descriptor of the file
 * would drop the engine's lock on it, since such locks belong to the process.
 */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
