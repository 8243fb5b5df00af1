import { ApiError } from '@fluoroscope/api';
import type { JournalError } from '@fluoroscope/journal';
import { RETRY_AFTER_SECONDS } from '../limits.ts';

/** What a sender that waits is told when the journal took nothing. */
export function journalRefusal(error: JournalError): ApiError {
  const options = { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS };
  return error.code === 'full'
    ? new ApiError(
        'ThrottledException',
        'The journal is full: the store has not caught up yet. Send the segments again.',
        options,
      )
    : new ApiError('ServiceUnavailable', 'the journal took nothing', options);
}
