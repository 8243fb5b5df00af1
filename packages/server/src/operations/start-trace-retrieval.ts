import { ApiError } from '@fluoroscope/api';
import { timeUsFromSeconds } from '@fluoroscope/model';
import type { TraceRetrievals } from '../control/trace-retrievals.ts';
import type { Handler } from './handler.ts';
import { clampSeconds } from './time-range.ts';

export interface StartTraceRetrievalOptions {
  readonly retrievals: Pick<TraceRetrievals, 'start'>;
}

/** Both ends belong to the range, so it may be a moment. */
export function createStartTraceRetrieval({
  retrievals,
}: StartTraceRetrievalOptions): Handler<'start-trace-retrieval'> {
  return async ({ TraceIds, StartTime, EndTime }) => {
    if (StartTime > EndTime)
      throw new ApiError('InvalidRequestException', `StartTime (${StartTime}) must not be after EndTime (${EndTime})`);
    const startUs = timeUsFromSeconds(clampSeconds(StartTime));
    const endUs = timeUsFromSeconds(clampSeconds(EndTime));
    return { RetrievalToken: await retrievals.start(TraceIds, { startUs, endUs }) };
  };
}
