import { readAcceptedDocument, type TraceId } from '@fluoroscope/model';
import type { StoredDocument, TraceRow } from '@fluoroscope/store';
import type { ServiceRefs } from './service-ref.ts';
import { readDocument, TraceState } from './trace-state.ts';

export interface LoadTracesOptions {
  readonly readDocuments: (ids: readonly TraceId[]) => Promise<readonly StoredDocument[]>;
  readonly readTraceRows: (ids: readonly TraceId[]) => Promise<readonly TraceRow[]>;
  readonly linkedEntitiesMax: number;
  readonly serviceRefs: ServiceRefs;
}

/**
 * Traces of the store as they were when last written, by one read of rows and one of documents, whatever the number
 * of ids. The documents of a trace too large to be linked are not read.
 */
export async function loadTraces(
  wanted: ReadonlySet<TraceId>,
  { readDocuments, readTraceRows, linkedEntitiesMax, serviceRefs }: LoadTracesOptions,
): Promise<ReadonlyMap<TraceId, TraceState>> {
  const loaded = new Map<TraceId, TraceState>();
  if (wanted.size === 0) return loaded;
  const linked = new Set(wanted);
  for (const row of await readTraceRows([...wanted])) {
    const { traceId, revision, entityCount } = row;
    const isLinked = entityCount < linkedEntitiesMax;
    loaded.set(traceId, isLinked ? new TraceState(traceId, revision, linkedEntitiesMax) : TraceState.apart(row));
    if (!isLinked) linked.delete(traceId);
  }
  if (linked.size === 0) return loaded;

  const stored = await readDocuments([...linked]);
  for (const [at, { traceId, text, receivedUs }] of stored.entries()) {
    const state = loaded.get(traceId) ?? new TraceState(traceId, 0, linkedEntitiesMax);
    loaded.set(traceId, state);
    // Before everything that this process has met.
    const arrival = at - stored.length;
    state.merge(readDocument({ document: readAcceptedDocument(text), text, receivedUs }, arrival, serviceRefs));
  }
  for (const state of loaded.values()) state.settle();
  return loaded;
}
