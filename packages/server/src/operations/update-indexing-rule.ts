import { ApiError } from '@fluoroscope/api';
import type { TransactionSearch } from '../control/transaction-search.ts';
import type { Handler } from './handler.ts';

export interface UpdateIndexingRuleOptions {
  readonly search: Pick<TransactionSearch, 'updateIndexingRule'>;
}

export function createUpdateIndexingRule({ search }: UpdateIndexingRuleOptions): Handler<'update-indexing-rule'> {
  return async ({ Name, Rule: { Probabilistic } }) => {
    if (Probabilistic === undefined)
      throw new ApiError('InvalidRequestException', 'Rule.Probabilistic must be given: there is no other kind of rule');
    return { IndexingRule: await search.updateIndexingRule(Name, Probabilistic.DesiredSamplingPercentage) };
  };
}
