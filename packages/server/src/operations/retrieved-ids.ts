import type { TraceId } from '@fluoroscope/model';
import type { TraceRetrieval } from '../control/trace-retrievals.ts';
import type { StoreReader } from '../storage/storage.ts';

/** The traces of a retrieval that are stored and began in its range, in the order asked for. */
export async function readRetrievedIds(
  store: Pick<StoreReader, 'readTraceRows'>,
  { traceIds, startUs, endUs }: TraceRetrieval,
): Promise<readonly TraceId[]> {
  if (traceIds.length === 0) return [];
  const rows = await store.readTraceRows(traceIds);
  const found = new Set(rows.filter((row) => row.startUs >= startUs && row.startUs <= endUs).map((row) => row.traceId));
  return traceIds.filter((id) => found.has(id));
}
