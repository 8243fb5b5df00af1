import type { TraceRetrievals } from '../control/trace-retrievals.ts';
import type { Handler } from './handler.ts';

export interface CancelTraceRetrievalOptions {
  readonly retrievals: Pick<TraceRetrievals, 'cancel'>;
}

/** A retrieval is complete at once; cancelled, it answers nothing more. */
export function createCancelTraceRetrieval({
  retrievals,
}: CancelTraceRetrievalOptions): Handler<'cancel-trace-retrieval'> {
  return async ({ RetrievalToken }) => {
    await retrievals.cancel(RetrievalToken);
    return {};
  };
}
