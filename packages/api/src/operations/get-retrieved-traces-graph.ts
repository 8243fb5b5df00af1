import { z } from 'zod';
import type { RetrievalStatus, RetrievedService } from '../retrieval-shapes.ts';
import { NEXT_TOKEN_CHARS_MAX, RETRIEVAL_TOKEN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

export interface GetRetrievedTracesGraphInput {
  readonly RetrievalToken: string;
  readonly NextToken?: string | undefined;
}

export interface GetRetrievedTracesGraphOutput {
  readonly RetrievalStatus?: RetrievalStatus;
  readonly Services?: readonly RetrievedService[];
  readonly NextToken?: string;
}

export const getRetrievedTracesGraph: Operation<'get-retrieved-traces-graph', GetRetrievedTracesGraphInput> = {
  name: 'get-retrieved-traces-graph',
  path: '/GetRetrievedTracesGraph',
  input: z.object({ RetrievalToken: text(RETRIEVAL_TOKEN_CHARS_MAX), NextToken: optional(text(NEXT_TOKEN_CHARS_MAX)) }),
};
