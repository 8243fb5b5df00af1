import type { TraceRow } from '@fluoroscope/store';
import { openDocument, sealDocument } from './document-text.ts';
import type { Opener } from './opener.ts';
import type { Sealer } from './sealer.ts';

// Root causes have the messages of exceptions. Their shape is sealed as if it were a document of the trace; a plain one is a list.

export function sealCauses(row: TraceRow, sealer: Sealer): TraceRow {
  if (row.causes === null) return row;
  const { text: shape } = sealDocument({ ...placeOf(row), text: row.causes.shape }, sealer);
  return { ...row, causes: { ...row.causes, shape } };
}

/** Without causes where they cannot be opened: then they are not known. */
export function openCauses(row: TraceRow, opener: Opener): TraceRow {
  if (row.causes === null || row.causes.shape.startsWith('[')) return row;
  const opened = openDocument({ ...placeOf(row), text: row.causes.shape }, opener);
  return { ...row, causes: opened.ok ? { ...row.causes, shape: opened.value.text } : null };
}

function placeOf({ traceId, updatedUs }: TraceRow): {
  readonly traceId: TraceRow['traceId'];
  readonly receivedUs: TraceRow['updatedUs'];
} {
  return { traceId, receivedUs: updatedUs };
}
