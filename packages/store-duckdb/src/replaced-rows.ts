import { BIGINT, LIST, UBIGINT, type DuckDBConnection, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import type { TraceId } from '@fluoroscope/model';
import type { Head } from './head.ts';
import { hashId } from './slices/bloom.ts';
import type { Catalog } from './slices/catalog.ts';
import { fillQuery } from './source-sql.ts';
import { readQuery } from './sql-files.ts';
import { traceIdHi, traceIdLo } from './trace-key.ts';
import { bindList } from './values.ts';

/**
 * In the running transaction: takes out the rows of these traces that are in this head, and says of those that older
 * sources may have that they are stale.
 */
export async function replaceRows(
  connection: DuckDBConnection,
  { head, catalog }: { readonly head: Head; readonly catalog: Catalog },
  rows: readonly { readonly traceId: TraceId }[],
): Promise<void> {
  const here: TraceId[] = [];
  const older: TraceId[] = [];
  for (const { traceId } of rows) {
    // What older sources have was dealt with when this head got its first row of the trace.
    const hash = hashId(traceId);
    if (head.mayHold(hash) && head.hasRow(traceId)) here.push(traceId);
    else if (catalog.mayKnowBefore(head, traceId, hash)) older.push(traceId);
  }
  if (here.length > 0) await connection.run(fillQuery('delete-traces', { head: head.prefix }), ...bindIds(here));
  if (older.length === 0) return;
  const [lists, types] = bindIds(older);
  await connection.run(fillQuery('insert-replaced', { head: head.prefix }), lists, types);
  await connection.run(readQuery('insert-superseded'), [...lists, BigInt(head.orderNo)], [...types, BIGINT]);
}

function bindIds(ids: readonly TraceId[]): [DuckDBValue[], DuckDBType[]] {
  return [
    [bindList(ids.map(traceIdHi)), bindList(ids.map(traceIdLo))],
    [LIST(UBIGINT), LIST(UBIGINT)],
  ];
}
