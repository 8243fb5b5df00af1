import { z } from 'zod';
import { NEXT_TOKEN_CHARS_MAX } from '../limits.ts';
import type { TraceSummary } from '../shapes.ts';
import type { Operation } from './operation.ts';
import { optional, text, timestamp } from './schema.ts';

export interface GetTraceSummariesInput {
  readonly StartTime: number;
  readonly EndTime: number;
  readonly TimeRangeType?: TimeRangeType | undefined;
  readonly Sampling?: boolean | undefined;
  readonly SamplingStrategy?: SamplingStrategy | undefined;
  readonly FilterExpression?: string | undefined;
  readonly NextToken?: string | undefined;
}

/** The range holds a trace by its start, by any activity, or by its end (XRAY-SPEC §7.4). */
export type TimeRangeType = 'TraceId' | 'Event' | 'Service';

export interface SamplingStrategy {
  readonly Name?: 'PartialScan' | 'FixedRate' | undefined;
  readonly Value?: number | undefined;
}

export interface GetTraceSummariesOutput {
  readonly TraceSummaries?: readonly TraceSummary[];
  readonly ApproximateTime?: number;
  readonly TracesProcessedCount?: number;
  readonly NextToken?: string;
}

const samplingStrategy: z.ZodType<SamplingStrategy> = z.object({
  Name: optional(z.enum(['PartialScan', 'FixedRate'])),
  Value: optional(z.number()),
});

export const getTraceSummaries: Operation<'get-trace-summaries', GetTraceSummariesInput> = {
  name: 'get-trace-summaries',
  path: '/TraceSummaries',
  input: z.object({
    StartTime: timestamp,
    EndTime: timestamp,
    TimeRangeType: optional(z.enum(['TraceId', 'Event', 'Service'])),
    Sampling: optional(z.boolean()),
    SamplingStrategy: optional(samplingStrategy),
    // Its length is the filter language's to judge, which points at the spot.
    FilterExpression: optional(z.string()),
    NextToken: optional(text(NEXT_TOKEN_CHARS_MAX)),
  }),
};
