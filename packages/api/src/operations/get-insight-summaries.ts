import { z } from 'zod';
import type { InsightState, InsightSummary } from '../insight-shapes.ts';
import { GROUP_ARN_CHARS_MAX, INSIGHTS_PAGE_MAX, INSIGHT_TOKEN_CHARS_MAX, NAME_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text, integer, listOf, timestamp } from './schema.ts';

/** Of one group, by name or ARN. */
export interface GetInsightSummariesInput {
  readonly States?: readonly InsightState[] | undefined;
  readonly GroupARN?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly StartTime: number;
  readonly EndTime: number;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface GetInsightSummariesOutput {
  readonly InsightSummaries?: readonly InsightSummary[];
  readonly NextToken?: string;
}

export const getInsightSummaries: Operation<'get-insight-summaries', GetInsightSummariesInput> = {
  name: 'get-insight-summaries',
  path: '/InsightSummaries',
  input: z.object({
    States: optional(listOf(z.enum(['ACTIVE', 'CLOSED']), 1)),
    GroupARN: optional(text(GROUP_ARN_CHARS_MAX, 1)),
    GroupName: optional(text(NAME_CHARS_MAX, 1)),
    StartTime: timestamp,
    EndTime: timestamp,
    MaxResults: optional(integer(1, INSIGHTS_PAGE_MAX)),
    NextToken: optional(text(INSIGHT_TOKEN_CHARS_MAX, 1)),
  }),
};
