import type { KeptSamplingRules } from '../control/sampling-rules.ts';
import type { Handler } from './handler.ts';

export interface UpdateSamplingRuleOptions {
  readonly rules: Pick<KeptSamplingRules, 'update'>;
}

export function createUpdateSamplingRule({ rules }: UpdateSamplingRuleOptions): Handler<'update-sampling-rule'> {
  return async ({ SamplingRuleUpdate }) => ({ SamplingRuleRecord: await rules.update(SamplingRuleUpdate) });
}
