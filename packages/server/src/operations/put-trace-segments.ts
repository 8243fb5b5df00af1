import type { UnprocessedTraceSegment } from '@fluoroscope/api';
import { JournalError } from '@fluoroscope/journal';
import type { Ingest } from '../ingest.ts';
import { journalRefusal } from '../ingest/journal-refusal.ts';
import type { Refusal } from '../ingest/parse-batch.ts';
import type { Handler } from './handler.ts';

export function createPutTraceSegments({
  ingest,
}: {
  readonly ingest: Pick<Ingest, 'put'>;
}): Handler<'put-trace-segments'> {
  return async ({ TraceSegmentDocuments }) => {
    try {
      const refusals = await ingest.put(TraceSegmentDocuments);
      return { UnprocessedTraceSegments: namedFirst(refusals).map(toUnprocessed) };
    } catch (error) {
      throw error instanceof JournalError ? journalRefusal(error) : error;
    }
  };
}

/** AWS's daemon reports a batch's refusals one by one, and stops at the first without an id. */
function namedFirst(refusals: readonly Refusal[]): readonly Refusal[] {
  return refusals.toSorted((a, b) => Number(a.id === null) - Number(b.id === null));
}

function toUnprocessed({ id, code, message }: Refusal): UnprocessedTraceSegment {
  return { ...(id !== null && { Id: id }), ErrorCode: code, Message: message };
}
