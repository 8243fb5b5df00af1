import { z } from 'zod';
import { TRACE_SEGMENT_DOCUMENTS_MAX } from '../limits.ts';
import type { UnprocessedTraceSegment } from '../shapes.ts';
import type { Operation } from './operation.ts';
import { listOf } from './schema.ts';

export interface PutTraceSegmentsInput {
  /** Each the JSON text of one document. */
  readonly TraceSegmentDocuments: readonly string[];
}

/** A document that is not listed here is on stable storage. */
export interface PutTraceSegmentsOutput {
  readonly UnprocessedTraceSegments?: readonly UnprocessedTraceSegment[];
}

export const putTraceSegments: Operation<'put-trace-segments', PutTraceSegmentsInput> = {
  name: 'put-trace-segments',
  path: '/TraceSegments',
  input: z.object({ TraceSegmentDocuments: listOf(z.string(), TRACE_SEGMENT_DOCUMENTS_MAX) }),
};
