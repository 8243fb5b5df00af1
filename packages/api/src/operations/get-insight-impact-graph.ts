import { z } from 'zod';
import type { InsightImpactGraphService } from '../insight-shapes.ts';
import { INSIGHT_TOKEN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text, timestamp } from './schema.ts';
import { insightId } from './named-schemas.ts';

export interface GetInsightImpactGraphInput {
  readonly InsightId: string;
  readonly StartTime: number;
  readonly EndTime: number;
  readonly NextToken?: string | undefined;
}

export interface GetInsightImpactGraphOutput {
  readonly InsightId?: string;
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly ServiceGraphStartTime?: number;
  readonly ServiceGraphEndTime?: number;
  readonly Services?: readonly InsightImpactGraphService[];
  readonly NextToken?: string;
}

export const getInsightImpactGraph: Operation<'get-insight-impact-graph', GetInsightImpactGraphInput> = {
  name: 'get-insight-impact-graph',
  path: '/InsightImpactGraph',
  input: z.object({
    InsightId: insightId,
    StartTime: timestamp,
    EndTime: timestamp,
    NextToken: optional(text(INSIGHT_TOKEN_CHARS_MAX, 1)),
  }),
};
