import { newEntityId } from '../ids.ts';
import { getLogger } from '../logger.ts';
import { processTraceData } from '../trace-data.ts';
import { traceIdFor } from '../trace-id.ts';

/** What of a segment comes from an invocation's header. */
export interface InvocationFields {
  id: string;
  trace_id: string;
  notTraced: boolean | undefined;
  noOp: boolean | undefined;
  additionalTraceData: object | undefined;
}

export const LambdaUtils: {
  /** Root, Parent and Sampled are there. */
  validTraceData(header?: string): boolean;
  /** Whether the segment now stands for the invocation. A header with a Root alone (tracing is passed through) records nothing. */
  populateTraceData(segment: InvocationFields, header: string): boolean;
} = {
  validTraceData: (header) => {
    const { root, parent, sampled } = processTraceData(header);
    return Boolean(root && parent && sampled);
  },

  populateTraceData: (segment, header) => {
    const { root, parent, sampled, data } = processTraceData(header);
    const passThrough = Boolean(root && !parent && !sampled);
    const complete = Boolean(root && parent && sampled);
    if (!passThrough && !complete) getLogger().error('_X_AMZN_TRACE_ID is missing required information');
    segment.noOp = passThrough ? true : undefined;
    segment.trace_id = traceIdFor(root);
    segment.id = parent ?? newEntityId();
    segment.notTraced = sampled === '1' ? undefined : true;
    if (data !== undefined) segment.additionalTraceData = data;
    const rootIsId = root === undefined || segment.trace_id === root;
    if (!rootIsId) getLogger().error('_X_AMZN_TRACE_ID contains invalid trace ID');
    return (passThrough || complete) && rootIsId;
  },
};
