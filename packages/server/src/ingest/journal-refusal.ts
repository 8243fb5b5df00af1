import { ApiError } from '@fluoroscope/api';
import type { JournalError } from '@fluoroscope/journal';
import { RETRY_AFTER_SECONDS } from '../limits.ts';

/** What a caller is told that is not let in: more comes than the store takes. Nothing of its call was read. */
export function behindRefusal(retryAfterSeconds: number): ApiError {
  const text = 'More comes than the store can take at the moment. Send the segments again.';
  return new ApiError('ThrottledException', text, { retryAfterSeconds });
}

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
