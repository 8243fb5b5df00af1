import { missContext, setInvocationSource } from '../context/context.ts';
import type { Segment } from '../document/segment.ts';
import { getLogger } from '../logger.ts';
import { isRecord } from '../objects.ts';
import { SegmentUtils } from '../segment-utils.ts';
import { FacadeSegment } from './facade-segment.ts';
import { LambdaUtils } from './lambda-utils.ts';

/** Invocations whose segments are kept: as many as one environment runs at a time, and then some. */
const INVOCATIONS_MAX = 64;

const facades = new Map<string, FacadeSegment>();

/** For a process that AWS Lambda runs: invocations are segments, each subsegment leaves when it is finished. */
export function enableLambda(): void {
  SegmentUtils.setStreamingThreshold(0);
  setInvocationSource(segmentOfInvocation);
}

/**
 * The segment of the invocation that runs now. Its header is in the runtime's store, which knows invocations apart that run at the
 * same time, or else in the environment. Subsegments stay with the segment that they were made under.
 */
export function segmentOfInvocation(): Segment | undefined {
  const header = readInvokeStore() ?? process.env['_X_AMZN_TRACE_ID'];
  if (!header) {
    missContext(
      'Missing AWS Lambda trace data for X-Ray. ' +
        'Ensure Active Tracing is enabled and no subsegments are created outside the function handler.',
    );
    return new FacadeSegment();
  }
  const known = facades.get(header);
  if (known !== undefined) return known;
  const facade = new FacadeSegment();
  if (LambdaUtils.populateTraceData(facade, header)) {
    const oldest = facades.keys().next();
    if (facades.size >= INVOCATIONS_MAX && oldest.done !== true) facades.delete(oldest.value);
    facades.set(header, facade);
  }
  return facade;
}

function readInvokeStore(): string | undefined {
  const lambda: unknown = Reflect.get(globalThis, 'awslambda');
  const store = isRecord(lambda) ? lambda['InvokeStore'] : undefined;
  if ((typeof store !== 'object' && typeof store !== 'function') || store === null) return undefined;
  try {
    const read: unknown = Reflect.get(store, 'getXRayTraceId');
    const header: unknown = typeof read === 'function' ? Reflect.apply(read, store, []) : undefined;
    return typeof header === 'string' && header !== '' ? header : undefined;
  } catch (error) {
    getLogger().debug('The invoke store could not be read:', error);
    return undefined;
  }
}
