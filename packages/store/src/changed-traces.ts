import type { TraceId } from '@fluoroscope/model';
import type { ChangedTrace, TraceRow } from './trace-store.ts';

/** The row that each trace is left with, for a store that does not wait with it. */
export async function readChangedRows(changed: readonly ChangedTrace[]): Promise<readonly TraceRow[]> {
  return Promise.all(lastOfEach(changed).map(async (one) => readChangedRow(one)));
}

/** A promise only of a trace that `mustRead`. */
export function readChangedRow(changed: ChangedTrace): TraceRow | Promise<TraceRow> {
  return 'readRow' in changed ? changed.readRow() : changed;
}

/** The same trace, with a row that went through `change`. */
export function changeRow(changed: ChangedTrace, change: (row: TraceRow) => TraceRow): ChangedTrace {
  if (!('readRow' in changed)) return change(changed);
  return {
    traceId: changed.traceId,
    get entityCount() {
      return changed.entityCount;
    },
    get mustRead() {
      return changed.mustRead;
    },
    get isLikelyWhole() {
      return changed.isLikelyWhole;
    },
    readRow() {
      const row = changed.readRow();
      return row instanceof Promise ? row.then(change) : change(row);
    },
  };
}

export function lastOfEach(changed: readonly ChangedTrace[]): readonly ChangedTrace[] {
  const ids = new Set<TraceId>();
  for (const { traceId } of changed) ids.add(traceId);
  return ids.size === changed.length ? changed : [...new Map(changed.map((one) => [one.traceId, one])).values()];
}
