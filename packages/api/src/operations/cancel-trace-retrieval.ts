import { z } from 'zod';
import { RETRIEVAL_TOKEN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { text } from './schema.ts';

export interface CancelTraceRetrievalInput {
  readonly RetrievalToken: string;
}

/** No members. */
// oxlint-disable-next-line typescript/no-empty-object-type -- X-Ray's own shape
export interface CancelTraceRetrievalOutput {}

export const cancelTraceRetrieval: Operation<'cancel-trace-retrieval', CancelTraceRetrievalInput> = {
  name: 'cancel-trace-retrieval',
  path: '/CancelTraceRetrieval',
  input: z.object({ RetrievalToken: text(RETRIEVAL_TOKEN_CHARS_MAX) }),
};
