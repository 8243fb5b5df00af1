import type { Trace } from '@fluoroscope/api';
import { mergeTrace, readAcceptedDocument, secondsFromUs, timeUsFromSeconds, type TraceId } from '@fluoroscope/model';
import type { StoredDocument } from '@fluoroscope/store';

/** Stored documents as BatchGetTraces prints them (XRAY-SPEC §7.1), traces in the order of their first document. */
export function toTraces(documents: readonly StoredDocument[]): readonly Trace[] {
  const byTrace = new Map<TraceId, StoredDocument[]>();
  for (const document of documents) {
    const siblings = byTrace.get(document.traceId);
    if (siblings === undefined) byTrace.set(document.traceId, [document]);
    else siblings.push(document);
  }
  return Array.from(byTrace, ([traceId, stored]) => toTrace(traceId, stored));
}

function toTrace(traceId: TraceId, stored: readonly StoredDocument[]): Trace {
  const { segments, startTime, endTime } = mergeTrace(stored.map(({ text }) => readAcceptedDocument(text)));
  return {
    Id: traceId,
    Duration: secondsFromUs(timeUsFromSeconds(endTime) - timeUsFromSeconds(startTime)),
    LimitExceeded: false,
    Segments: segments.map(({ id, document }) => ({ Id: id, Document: printDocument(document) })),
  };
}

/**
 * Whole seconds are written as floats, as X-Ray does: readers with static types take the first number they see
 * for the type. Inside a string the quotes of such a member are escaped, so that it cannot match.
 */
function printDocument(document: object): string {
  return JSON.stringify(document).replaceAll(/"(start_time|end_time)":(\d+)(?=[,}])/g, '"$1":$2.0');
}
