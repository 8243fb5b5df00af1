import type { TransactionSearch } from '../control/transaction-search.ts';
import type { Handler } from './handler.ts';
import { refuseNextToken } from './next-token.ts';

export interface GetIndexingRulesOptions {
  readonly search: Pick<TransactionSearch, 'indexingRules'>;
}

export function createGetIndexingRules({ search }: GetIndexingRulesOptions): Handler<'get-indexing-rules'> {
  return async ({ NextToken }) => {
    refuseNextToken(NextToken);
    return { IndexingRules: search.indexingRules() };
  };
}
