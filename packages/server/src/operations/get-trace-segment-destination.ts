import type { TransactionSearch } from '../control/transaction-search.ts';
import type { Handler } from './handler.ts';

export interface GetTraceSegmentDestinationOptions {
  readonly search: Pick<TransactionSearch, 'destination'>;
}

export function createGetTraceSegmentDestination({
  search,
}: GetTraceSegmentDestinationOptions): Handler<'get-trace-segment-destination'> {
  return async () => ({ Destination: search.destination(), Status: 'ACTIVE' });
}
