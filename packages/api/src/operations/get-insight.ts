import { z } from 'zod';
import type { Insight } from '../insight-shapes.ts';
import type { Operation } from './operation.ts';
import { insightId } from './named-schemas.ts';

export interface GetInsightInput {
  readonly InsightId: string;
}

export interface GetInsightOutput {
  readonly Insight?: Insight;
}

export const getInsight: Operation<'get-insight', GetInsightInput> = {
  name: 'get-insight',
  path: '/Insight',
  input: z.object({ InsightId: insightId }),
};
