import type { DuckDBConnection } from '@duckdb/node-api';
import { fillQuery } from '../source-sql.ts';
import type { Snapshot } from '../source.ts';
import { toNumber } from '../values.ts';
import { readStaleRows } from './stale-rows.ts';

export interface StoredCounts {
  /** Rows that stand. */
  readonly traceCount: number;
  readonly documentCount: number;
}

export async function countAll(connection: DuckDBConnection, snapshot: Snapshot): Promise<StoredCounts> {
  let traceCount = 0;
  let documentCount = 0;
  for (const source of snapshot.sources) {
    const result = await connection.runAndReadAll(fillQuery('read/counts', { from: source.prefix }));
    const [rows, documents] = result.getRows()[0] ?? [];
    traceCount += toNumber(rows);
    documentCount += toNumber(documents);
    const stale = await readStaleRows(connection, source, snapshot);
    if (stale === null) continue;
    const where = `${stale.column} IN (${stale.sql})`;
    const counted = await connection.runAndReadAll(fillQuery('read/count-in', { from: source.prefix, where }));
    traceCount -= toNumber(counted.getRows()[0]?.[0]);
  }
  return { traceCount, documentCount };
}
