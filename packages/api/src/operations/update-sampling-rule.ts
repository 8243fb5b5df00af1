import { z } from 'zod';
import type { SamplingRuleRecord, SamplingRuleUpdate } from '../sampling-shapes.ts';
import type { Operation } from './operation.ts';
import { samplingRuleUpdate } from './sampling-rule-schema.ts';

export interface UpdateSamplingRuleInput {
  readonly SamplingRuleUpdate: SamplingRuleUpdate;
}

export interface UpdateSamplingRuleOutput {
  readonly SamplingRuleRecord?: SamplingRuleRecord;
}

export const updateSamplingRule: Operation<'update-sampling-rule', UpdateSamplingRuleInput> = {
  name: 'update-sampling-rule',
  path: '/UpdateSamplingRule',
  input: z.object({ SamplingRuleUpdate: samplingRuleUpdate }),
};
