import { readAcceptedDocument, type TraceId } from '@fluoroscope/model';
import { StoreError, type StoredDocument, type TraceRow } from '@fluoroscope/store';
import type { ServiceRefs } from './service-ref.ts';
import { readDocument, TraceState, type TraceRules } from './trace-state.ts';

export interface LoadTracesOptions {
  readonly readDocuments: (ids: readonly TraceId[]) => Promise<readonly StoredDocument[]>;
  readonly readTraceRows: (ids: readonly TraceId[]) => Promise<readonly TraceRow[]>;
  readonly rules: TraceRules;
  readonly serviceRefs: ServiceRefs;
}

/**
 * Traces of the store as they were when last written, by one read of rows and one of documents, whatever the number
 * of ids. The documents of a trace too large to be linked are not read; one whose documents are encrypted and cannot be opened
 * goes on from its row in the same way.
 */
export async function loadTraces(
  wanted: ReadonlySet<TraceId>,
  { readDocuments, readTraceRows, rules, serviceRefs }: LoadTracesOptions,
): Promise<ReadonlyMap<TraceId, TraceState>> {
  const loaded = new Map<TraceId, TraceState>();
  if (wanted.size === 0) return loaded;
  const linked = new Set(wanted);
  const rows = new Map<TraceId, TraceRow>();
  for (const row of await readTraceRows([...wanted])) {
    rows.set(row.traceId, row);
    const { traceId, revision, entityCount } = row;
    const isLinked = entityCount < rules.linkedEntitiesMax;
    loaded.set(traceId, isLinked ? new TraceState(traceId, revision, rules) : TraceState.apart(row, rules));
    if (!isLinked) linked.delete(traceId);
  }
  if (linked.size === 0) return loaded;

  const stored = await readReadable([...linked], readDocuments, (id) => {
    const row = rows.get(id);
    if (row !== undefined) loaded.set(id, TraceState.apart(row, rules));
  });
  for (const [at, { traceId, text, receivedUs }] of stored.entries()) {
    const state = loaded.get(traceId) ?? new TraceState(traceId, 0, rules);
    loaded.set(traceId, state);
    // Before everything that this process has met.
    const arrival = at - stored.length;
    state.merge(readDocument({ document: readAcceptedDocument(text), text, receivedUs }, arrival, serviceRefs));
  }
  for (const state of loaded.values()) state.settle();
  return loaded;
}

/** The row that follows from a trace's documents; null without any. Its own is not read: who asks for it may be the store. */
export async function readBackRow(id: TraceId, revision: number, options: LoadTracesOptions): Promise<TraceRow | null> {
  const loaded = await loadTraces(new Set([id]), { ...options, readTraceRows: async () => [] });
  const row = await loaded.get(id)?.readRow();
  return row === undefined ? null : { ...row, revision };
}

/** By one read; one by one where a trace cannot be opened. */
async function readReadable(
  ids: readonly TraceId[],
  readDocuments: LoadTracesOptions['readDocuments'],
  isSealed: (id: TraceId) => void,
): Promise<readonly StoredDocument[]> {
  try {
    return await readDocuments(ids);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'sealed') throw error;
    const [id] = ids;
    if (ids.length === 1 && id !== undefined) {
      isSealed(id);
      return [];
    }
  }
  const found: StoredDocument[] = [];
  for (const id of ids) found.push(...(await readReadable([id], readDocuments, isSealed)));
  return found;
}
