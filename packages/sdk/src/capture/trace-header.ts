import type { SegmentLike } from '../context/context.ts';
import { Segment } from '../document/segment.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { processTraceData } from '../trace-data.ts';

export const TRACE_HEADER = 'X-Amzn-Trace-Id';

export function segmentAbove(parent: SegmentLike): Segment | undefined {
  return parent instanceof Segment ? parent : parent.segment;
}

/** What the other side is told: undefined when it is told nothing. */
export function traceHeaderOf(parent: SegmentLike, subsegment: Subsegment): string | undefined {
  const segment = segmentAbove(parent);
  if (segment === undefined || parent.noOp === true) return undefined;
  return `Root=${segment.trace_id};Parent=${subsegment.id};Sampled=${subsegment.notTraced === true ? '0' : '1'}`;
}

/**
 * Whoever has put a header in, such as a traced AWS client, has a subsegment for the call. A header of another trace, or the one
 * that our own caller sent, was only copied: it does not lead to where the call is made.
 */
export function isOwnHeader(header: string, parent: SegmentLike): boolean {
  const segment = segmentAbove(parent);
  if (segment === undefined) return true;
  const { root, parent: caller } = processTraceData(header);
  return root === segment.trace_id && caller !== undefined && caller !== segment.parent_id;
}

/** A new subsegment for a call to `name`, as much sampled as its parent. */
export function openCall(parent: SegmentLike, name: string): Subsegment {
  const subsegment =
    parent.notTraced === true ? parent.addNewSubsegmentWithoutSampling(name) : parent.addNewSubsegment(name);
  subsegment.namespace = 'remote';
  return subsegment;
}
