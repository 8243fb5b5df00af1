import { z } from 'zod';
import type { RetrievalStatus, TraceFormat, RetrievedTrace } from '../retrieval-shapes.ts';
import { NEXT_TOKEN_CHARS_MAX, RETRIEVAL_TOKEN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

export interface ListRetrievedTracesInput {
  readonly RetrievalToken: string;
  readonly TraceFormat?: TraceFormat | undefined;
  readonly NextToken?: string | undefined;
}

/** Traces are empty until the status is COMPLETE; at most 5, with at most 100 spans each. */
export interface ListRetrievedTracesOutput {
  readonly RetrievalStatus?: RetrievalStatus;
  readonly TraceFormat?: TraceFormat;
  readonly Traces?: readonly RetrievedTrace[];
  readonly NextToken?: string;
}

export const listRetrievedTraces: Operation<'list-retrieved-traces', ListRetrievedTracesInput> = {
  name: 'list-retrieved-traces',
  path: '/ListRetrievedTraces',
  input: z.object({
    RetrievalToken: text(RETRIEVAL_TOKEN_CHARS_MAX),
    TraceFormat: optional(z.enum(['XRAY', 'OTEL'])),
    NextToken: optional(text(NEXT_TOKEN_CHARS_MAX)),
  }),
};
