import { getNamespace, setSegment } from '../context/context.ts';
import { Segment } from '../document/segment.ts';
import type { JsonObject } from '@fluoroscope/model';
import { isRecord } from '../objects.ts';
import { readDocument } from './udp-receiver.ts';

/** A subsegment as it stands in the document, in words: `name`, `!` for a fault, `(preparation)`. */
export function printCalls(segment: Segment): readonly string[] {
  return callsOf(segment).map(({ name, fault, sql }) => {
    const preparation = isRecord(sql) && typeof sql['preparation'] === 'string' ? ` (${sql['preparation']})` : '';
    return `${typeof name === 'string' ? name : ''}${fault === true ? '!' : ''}${preparation}`;
  });
}

/** The subsegments as the server keeps them. */
export function callsOf(segment: Segment): readonly JsonObject[] {
  segment.end_time ??= segment.start_time;
  const { subsegments } = readDocument(segment.format());
  return Array.isArray(subsegments) ? subsegments : [];
}

/** Runs in a new segment. */
export async function inSegment(run: () => unknown, segment = new Segment('shop')): Promise<Segment> {
  await getNamespace().runAndReturn(async () => {
    setSegment(segment);
    await run();
  });
  return segment;
}
