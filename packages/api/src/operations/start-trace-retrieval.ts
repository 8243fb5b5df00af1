import { z } from 'zod';
import { RETRIEVAL_TRACE_IDS_MAX, TRACE_ID_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { text, listOf, timestamp } from './schema.ts';

/** Both ends of the range belong to it. */
export interface StartTraceRetrievalInput {
  readonly TraceIds: readonly string[];
  readonly StartTime: number;
  readonly EndTime: number;
}

export interface StartTraceRetrievalOutput {
  readonly RetrievalToken?: string;
}

export const startTraceRetrieval: Operation<'start-trace-retrieval', StartTraceRetrievalInput> = {
  name: 'start-trace-retrieval',
  path: '/StartTraceRetrieval',
  input: z.object({
    TraceIds: listOf(text(TRACE_ID_CHARS_MAX, 1), RETRIEVAL_TRACE_IDS_MAX),
    StartTime: timestamp,
    EndTime: timestamp,
  }),
};
