import { LIST, UBIGINT, type DuckDBConnection } from '@duckdb/node-api';
import { timeUs, type TraceId } from '@fluoroscope/model';
import type { StoredDocument } from '@fluoroscope/store';
import { readQuery } from '../sql-files.ts';
import { segmentIdOf, traceIdHi, traceIdLo, traceIdOf } from '../trace-key.ts';
import { bindList, toBigInt, toNumber, toText } from '../values.ts';

/** Of distinct ids; grouped in their order. */
export async function readDocumentsById(
  connection: DuckDBConnection,
  ids: readonly TraceId[],
): Promise<readonly StoredDocument[]> {
  const result = await connection.runAndReadAll(
    readQuery('documents-by-trace'),
    [bindList(ids.map(traceIdHi)), bindList(ids.map(traceIdLo))],
    [LIST(UBIGINT), LIST(UBIGINT)],
  );
  const byTrace = new Map<TraceId, StoredDocument[]>(ids.map((id) => [id, []]));
  for (const [hi, lo, segmentId, startUs, receivedUs, text] of result.getRows()) {
    const traceId = traceIdOf(toBigInt(hi), toBigInt(lo));
    byTrace.get(traceId)?.push({
      traceId,
      id: segmentIdOf(toBigInt(segmentId)),
      startUs: timeUs(toNumber(startUs)),
      receivedUs: timeUs(toNumber(receivedUs)),
      text: toText(text),
    });
  }
  return [...byTrace.values()].flat();
}
