import { z } from 'zod';
import type { SamplingRuleRecord } from '../sampling-shapes.ts';
import { NAME_CHARS_MAX, RULE_ARN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

/** By name or ARN. */
export interface DeleteSamplingRuleInput {
  readonly RuleName?: string | undefined;
  readonly RuleARN?: string | undefined;
}

export interface DeleteSamplingRuleOutput {
  /** The one that was deleted. */
  readonly SamplingRuleRecord?: SamplingRuleRecord;
}

export const deleteSamplingRule: Operation<'delete-sampling-rule', DeleteSamplingRuleInput> = {
  name: 'delete-sampling-rule',
  path: '/DeleteSamplingRule',
  input: z.object({ RuleName: optional(text(NAME_CHARS_MAX)), RuleARN: optional(text(RULE_ARN_CHARS_MAX)) }),
};
