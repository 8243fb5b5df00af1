import type { TransactionSearch } from '../control/transaction-search.ts';
import type { Handler } from './handler.ts';

export interface GetIndexingRulesOptions {
  readonly search: Pick<TransactionSearch, 'indexingRules'>;
}

export function createGetIndexingRules({ search }: GetIndexingRulesOptions): Handler<'get-indexing-rules'> {
  return async () => ({ IndexingRules: search.indexingRules() });
}
