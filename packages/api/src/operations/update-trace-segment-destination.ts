import { z } from 'zod';
import type { TraceSegmentDestination, TraceSegmentDestinationStatus } from '../control-shapes.ts';
import type { Operation } from './operation.ts';
import { optional } from './schema.ts';

export interface UpdateTraceSegmentDestinationInput {
  readonly Destination?: TraceSegmentDestination | undefined;
  readonly CloudWatchLogsConfiguration?: CloudWatchLogsConfiguration | undefined;
}

export interface UpdateTraceSegmentDestinationOutput {
  readonly Destination?: TraceSegmentDestination;
  readonly Status?: TraceSegmentDestinationStatus;
}

/** In newer clients only. */
export interface CloudWatchLogsConfiguration {
  readonly SpansLogGroupKmsKeyId?: string | undefined;
}

const cloudWatchLogs: z.ZodType<CloudWatchLogsConfiguration> = z.object({
  SpansLogGroupKmsKeyId: optional(z.string()),
});

export const updateTraceSegmentDestination: Operation<
  'update-trace-segment-destination',
  UpdateTraceSegmentDestinationInput
> = {
  name: 'update-trace-segment-destination',
  path: '/UpdateTraceSegmentDestination',
  input: z.object({
    Destination: optional(z.enum(['XRay', 'CloudWatchLogs'])),
    CloudWatchLogsConfiguration: optional(cloudWatchLogs),
  }),
};
