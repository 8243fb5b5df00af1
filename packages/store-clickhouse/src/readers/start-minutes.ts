import type { TraceId } from '@fluoroscope/model';
import type { Connection } from '../connection.ts';
import { inChunks } from './in-chunks.ts';
import { readQuery } from '../sql-files.ts';
import { traceIdHex, traceIdOfHex } from '../trace-key.ts';
import { toNumber, toText } from './values.ts';

/** Where the rows of these traces stood before `beforeUs`; those that had none are missing. */
export async function readStartMinutes(
  connection: Connection,
  ids: readonly TraceId[],
  beforeUs: number,
): Promise<ReadonlyMap<TraceId, number>> {
  const sql = readQuery('start-minutes');
  const rows = await inChunks(ids, (chunk) => connection.query(sql, { ids: chunk.map(traceIdHex), before: beforeUs }));
  return new Map(rows.map(([id, minute]) => [traceIdOfHex(toText(id)), toNumber(minute)]));
}
