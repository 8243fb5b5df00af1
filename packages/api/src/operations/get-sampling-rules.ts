import { z } from 'zod';
import { NEXT_TOKEN_CHARS_MAX } from '../limits.ts';
import type { SamplingRuleRecord } from '../sampling-shapes.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

export interface GetSamplingRulesInput {
  readonly NextToken?: string | undefined;
}

/** All rules stand on page one, since SDK pollers ignore the token (XRAY-SPEC §4.4). */
export interface GetSamplingRulesOutput {
  readonly SamplingRuleRecords?: readonly SamplingRuleRecord[];
  readonly NextToken?: string;
}

export const getSamplingRules: Operation<'get-sampling-rules', GetSamplingRulesInput> = {
  name: 'get-sampling-rules',
  path: '/GetSamplingRules',
  input: z.object({ NextToken: optional(text(NEXT_TOKEN_CHARS_MAX)) }),
};
