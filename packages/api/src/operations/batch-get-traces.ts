import { z } from 'zod';
import { BATCH_TRACE_IDS_MAX, NEXT_TOKEN_CHARS_MAX, TRACE_ID_CHARS_MAX } from '../limits.ts';
import type { Trace } from '../shapes.ts';
import type { Operation } from './operation.ts';
import { listOf, optional, text } from './schema.ts';

export interface BatchGetTracesInput {
  readonly TraceIds: readonly string[];
  readonly NextToken?: string | undefined;
}

export interface BatchGetTracesOutput {
  readonly Traces?: readonly Trace[];
  /** Asked for and not known; also ids that are none. */
  readonly UnprocessedTraceIds?: readonly string[];
  readonly NextToken?: string;
}

export const batchGetTraces: Operation<'batch-get-traces', BatchGetTracesInput> = {
  name: 'batch-get-traces',
  path: '/Traces',
  input: z.object({
    TraceIds: listOf(text(TRACE_ID_CHARS_MAX, 1), BATCH_TRACE_IDS_MAX, 1),
    NextToken: optional(text(NEXT_TOKEN_CHARS_MAX)),
  }),
};
