import { BIGINT, LIST, UBIGINT, type DuckDBConnection } from '@duckdb/node-api';
import type { TraceId } from '@fluoroscope/model';
import type { TraceRow } from '@fluoroscope/store';
import type { KnownRows } from './known-rows.ts';
import { readQuery } from './sql-files.ts';
import { traceIdHi, traceIdLo } from './trace-key.ts';
import { bindList } from './values.ts';

const ANY_START = { fromUs: -(2n ** 62n), toUs: 2n ** 62n };

/** Takes out the stored rows of these traces, in the running transaction, looking only where they can be. */
export async function deleteReplacedRows(
  connection: DuckDBConnection,
  known: KnownRows,
  rows: readonly TraceRow[],
): Promise<void> {
  const placed: TraceId[] = [];
  const unplaced: TraceId[] = [];
  let fromUs = Infinity;
  let toUs = -Infinity;
  for (const { traceId } of rows) {
    const startUs = known.find(traceId);
    if (startUs === 'new') continue;
    if (startUs === 'unknown') {
      unplaced.push(traceId);
      continue;
    }
    placed.push(traceId);
    fromUs = Math.min(fromUs, startUs);
    toUs = Math.max(toUs, startUs);
  }
  if (placed.length > 0) await deleteBetween(connection, placed, { fromUs: BigInt(fromUs), toUs: BigInt(toUs) });
  if (unplaced.length > 0) await deleteBetween(connection, unplaced, ANY_START);
}

async function deleteBetween(
  connection: DuckDBConnection,
  ids: readonly TraceId[],
  { fromUs, toUs }: typeof ANY_START,
): Promise<void> {
  await connection.run(
    readQuery('delete-traces'),
    [bindList(ids.map(traceIdHi)), bindList(ids.map(traceIdLo)), fromUs, toUs],
    [LIST(UBIGINT), LIST(UBIGINT), BIGINT, BIGINT],
  );
}
