import type { TraceRow } from '@fluoroscope/store';
import type { TraceRetrieval } from '../control/trace-retrievals.ts';
import type { StoreReader } from '../storage/storage.ts';

/** The traces of a retrieval that are stored and began in its range, in the order asked for. */
export async function readRetrievedRows(
  store: Pick<StoreReader, 'readTraceRows'>,
  { traceIds, startUs, endUs }: TraceRetrieval,
): Promise<readonly TraceRow[]> {
  if (traceIds.length === 0) return [];
  const rows = new Map((await store.readTraceRows(traceIds)).map((row) => [row.traceId, row]));
  return traceIds.flatMap((id) => {
    const row = rows.get(id);
    return row !== undefined && row.startUs >= startUs && row.startUs <= endUs ? [row] : [];
  });
}
