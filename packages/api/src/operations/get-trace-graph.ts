import { z } from 'zod';
import { NEXT_TOKEN_CHARS_MAX, TRACE_GRAPH_IDS_MAX, TRACE_ID_CHARS_MAX } from '../limits.ts';
import type { Service } from '../shapes.ts';
import type { Operation } from './operation.ts';
import { listOf, optional, text } from './schema.ts';

export interface GetTraceGraphInput {
  readonly TraceIds: readonly string[];
  readonly NextToken?: string | undefined;
}

export interface GetTraceGraphOutput {
  readonly Services?: readonly Service[];
  readonly NextToken?: string;
}

export const getTraceGraph: Operation<'get-trace-graph', GetTraceGraphInput> = {
  name: 'get-trace-graph',
  path: '/TraceGraph',
  input: z.object({
    TraceIds: listOf(text(TRACE_ID_CHARS_MAX, 1), TRACE_GRAPH_IDS_MAX),
    NextToken: optional(text(NEXT_TOKEN_CHARS_MAX)),
  }),
};
