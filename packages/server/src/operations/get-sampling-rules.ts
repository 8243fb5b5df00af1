import type { SamplingBook } from '@fluoroscope/query';
import type { Handler } from './handler.ts';

export interface GetSamplingRulesOptions {
  readonly sampling: Pick<SamplingBook, 'rules'>;
}

/** All on one page: SDK pollers ask for no other, so whatever token comes is not looked at. */
export function createGetSamplingRules({ sampling }: GetSamplingRulesOptions): Handler<'get-sampling-rules'> {
  return async () => ({ SamplingRuleRecords: sampling.rules() });
}
