import type { KeptSamplingRules } from '../control/sampling-rules.ts';
import type { Handler } from './handler.ts';

export interface CreateSamplingRuleOptions {
  readonly rules: Pick<KeptSamplingRules, 'create'>;
}

export function createCreateSamplingRule({ rules }: CreateSamplingRuleOptions): Handler<'create-sampling-rule'> {
  return async ({ SamplingRule, Tags = [] }) => ({ SamplingRuleRecord: await rules.create(SamplingRule, Tags) });
}
