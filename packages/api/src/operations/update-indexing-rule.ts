import { z } from 'zod';
import type { IndexingRule, IndexingRuleValueUpdate } from '../control-shapes.ts';
import { NAME_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

export interface UpdateIndexingRuleInput {
  readonly Name: string;
  readonly Rule: IndexingRuleValueUpdate;
}

export interface UpdateIndexingRuleOutput {
  readonly IndexingRule?: IndexingRule;
}

const ruleValue: z.ZodType<IndexingRuleValueUpdate> = z.object({
  Probabilistic: optional(z.object({ DesiredSamplingPercentage: z.number() })),
});

export const updateIndexingRule: Operation<'update-indexing-rule', UpdateIndexingRuleInput> = {
  name: 'update-indexing-rule',
  path: '/UpdateIndexingRule',
  input: z.object({ Name: text(NAME_CHARS_MAX), Rule: ruleValue }),
};
