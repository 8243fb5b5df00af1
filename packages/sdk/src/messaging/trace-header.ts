import type { SegmentLike } from '../context/context.ts';
import { Segment } from '../document/segment.ts';

/** What goes to the other side, as text. `sender` is the call's subsegment, or the segment when the call is not sampled. */
export function printTraceHeader(sender: SegmentLike): string | undefined {
  const root = sender instanceof Segment ? sender : sender.segment;
  if (root === undefined || sender.noOp === true) return undefined;
  let text = `Root=${root.trace_id};Parent=${sender.id};Sampled=${sender.notTraced === true ? '0' : '1'}`;
  for (const [key, value] of Object.entries(root.additionalTraceData ?? {})) text += `;${key}=${String(value)}`;
  return text;
}
