import { z } from 'zod';
import type { Tag } from '../control-shapes.ts';
import type { SamplingRule, SamplingRuleRecord } from '../sampling-shapes.ts';
import type { Operation } from './operation.ts';
import { samplingRule } from './sampling-rule-schema.ts';
import { optional } from './schema.ts';
import { tags } from './named-schemas.ts';

export interface CreateSamplingRuleInput {
  readonly SamplingRule: SamplingRule;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface CreateSamplingRuleOutput {
  readonly SamplingRuleRecord?: SamplingRuleRecord;
}

export const createSamplingRule: Operation<'create-sampling-rule', CreateSamplingRuleInput> = {
  name: 'create-sampling-rule',
  path: '/CreateSamplingRule',
  input: z.object({ SamplingRule: samplingRule, Tags: optional(tags) }),
};
