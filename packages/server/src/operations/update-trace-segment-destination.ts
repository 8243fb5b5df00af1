import { ApiError } from '@fluoroscope/api';
import type { TransactionSearch } from '../control/transaction-search.ts';
import type { Handler } from './handler.ts';

export interface UpdateTraceSegmentDestinationOptions {
  readonly search: Pick<TransactionSearch, 'destination' | 'setDestination'>;
}

/** Without a destination it answers the present one. */
export function createUpdateTraceSegmentDestination({
  search,
}: UpdateTraceSegmentDestinationOptions): Handler<'update-trace-segment-destination'> {
  return async ({ Destination, CloudWatchLogsConfiguration }) => {
    if (CloudWatchLogsConfiguration?.SpansLogGroupKmsKeyId !== undefined) {
      throw new ApiError(
        'InvalidRequestException',
        'CloudWatchLogsConfiguration.SpansLogGroupKmsKeyId: there is no log group here that a key could encrypt',
      );
    }
    const destination = Destination ?? search.destination();
    return { Destination: await search.setDestination(destination), Status: 'ACTIVE' };
  };
}
