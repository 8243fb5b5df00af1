import { z } from 'zod';
import type { SamplingStatisticSummary } from '../sampling-shapes.ts';
import { NEXT_TOKEN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

export interface GetSamplingStatisticSummariesInput {
  readonly NextToken?: string | undefined;
}

/** Of the last minutes, over all clients. */
export interface GetSamplingStatisticSummariesOutput {
  readonly SamplingStatisticSummaries?: readonly SamplingStatisticSummary[];
  readonly NextToken?: string;
}

export const getSamplingStatisticSummaries: Operation<
  'get-sampling-statistic-summaries',
  GetSamplingStatisticSummariesInput
> = {
  name: 'get-sampling-statistic-summaries',
  path: '/SamplingStatisticSummaries',
  input: z.object({ NextToken: optional(text(NEXT_TOKEN_CHARS_MAX)) }),
};
