import type { SegmentLike } from '../context/context.ts';
import { openCall } from '../data/call.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { writeTrace } from '../grpc/trace-carriers.ts';
import { Segment } from '../document/segment.ts';
import { describeDestination } from './receive.ts';

/** A message or a batch on its way to one queue or topic. */
export interface Sending {
  /** None when it is not sampled. */
  readonly subsegment: Subsegment | undefined;
  /** For the message's headers; empty when nothing is to be passed on. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export function openSending(parent: SegmentLike | undefined, system: string, destination: string): Sending {
  if (parent === undefined) return { subsegment: undefined, headers: [] };
  const subsegment = openCall(destination === '' ? system : destination, parent);
  if (subsegment !== undefined) describeDestination(subsegment, system, destination);
  return { subsegment, headers: printHeaders(subsegment ?? parent) };
}

/** Both dialects, so that receivers with OpenTelemetry are in the same trace. */
function printHeaders(sender: SegmentLike): Sending['headers'] {
  const root = sender instanceof Segment ? sender : sender.segment;
  if (root === undefined || sender.noOp === true || root.trace_id === '') return [];
  const headers = new Map<string, string>();
  const metadata = { get: () => [], set: (key: string, value: string) => void headers.set(key, value) };
  writeTrace(metadata, root.trace_id, sender.id, sender.notTraced !== true);
  return [...headers];
}
