import type { SamplingBook } from '@fluoroscope/query';
import type { Handler } from './handler.ts';
import { refuseNextToken } from './next-token.ts';

export interface GetSamplingRulesOptions {
  readonly sampling: Pick<SamplingBook, 'rules'>;
}

/** All on one page: SDK pollers ask for no other. */
export function createGetSamplingRules({ sampling }: GetSamplingRulesOptions): Handler<'get-sampling-rules'> {
  return async ({ NextToken }) => {
    refuseNextToken(NextToken);
    return { SamplingRuleRecords: sampling.rules() };
  };
}
