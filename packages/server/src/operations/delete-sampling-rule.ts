import type { KeptSamplingRules } from '../control/sampling-rules.ts';
import type { Handler } from './handler.ts';

export interface DeleteSamplingRuleOptions {
  readonly rules: Pick<KeptSamplingRules, 'remove'>;
}

export function createDeleteSamplingRule({ rules }: DeleteSamplingRuleOptions): Handler<'delete-sampling-rule'> {
  return async (input) => ({ SamplingRuleRecord: await rules.remove(input) });
}
