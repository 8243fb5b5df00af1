import { z } from 'zod';
import type { TraceSegmentDestination, TraceSegmentDestinationStatus } from '../control-shapes.ts';
import type { Operation } from './operation.ts';

/** No members. */
// oxlint-disable-next-line typescript/no-empty-object-type -- X-Ray's own shape
export interface GetTraceSegmentDestinationInput {}

export interface GetTraceSegmentDestinationOutput {
  readonly Destination?: TraceSegmentDestination;
  readonly Status?: TraceSegmentDestinationStatus;
}

export const getTraceSegmentDestination: Operation<'get-trace-segment-destination', GetTraceSegmentDestinationInput> = {
  name: 'get-trace-segment-destination',
  path: '/GetTraceSegmentDestination',
  input: z.object({}),
};
