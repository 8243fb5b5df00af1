import { ApiError, type UnprocessedTraceSegment } from '@fluoroscope/api';
import { JournalError } from '@fluoroscope/journal';
import type { Ingest } from '../ingest.ts';
import type { Refusal } from '../ingest/parse-batch.ts';
import { RETRY_AFTER_SECONDS } from '../limits.ts';
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
      throw error instanceof JournalError ? fromJournalError(error) : error;
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

function fromJournalError(error: JournalError): ApiError {
  const options = { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS };
  return error.code === 'full'
    ? new ApiError(
        'ThrottledException',
        'The journal is full: the store has not caught up yet. Send the segments again.',
        options,
      )
    : new ApiError('ServiceUnavailable', 'the journal took nothing', options);
}
