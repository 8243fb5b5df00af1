import { z } from 'zod';
import type { InsightEvent } from '../insight-shapes.ts';
import { INSIGHT_EVENTS_PAGE_MAX, INSIGHT_TOKEN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text, integer } from './schema.ts';
import { insightId } from './named-schemas.ts';

export interface GetInsightEventsInput {
  readonly InsightId: string;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface GetInsightEventsOutput {
  readonly InsightEvents?: readonly InsightEvent[];
  readonly NextToken?: string;
}

export const getInsightEvents: Operation<'get-insight-events', GetInsightEventsInput> = {
  name: 'get-insight-events',
  path: '/InsightEvents',
  input: z.object({
    InsightId: insightId,
    MaxResults: optional(integer(1, INSIGHT_EVENTS_PAGE_MAX)),
    NextToken: optional(text(INSIGHT_TOKEN_CHARS_MAX, 1)),
  }),
};
