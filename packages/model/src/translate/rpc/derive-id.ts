import { parseSegmentId, type SegmentId } from '../../segment-id.ts';
import type { TraceId } from '../../trace-id.ts';

/**
 * What is made of a span that has no id of its own for it: the server's half of a shared span, a service around a call, one
 * that a call was for.
 */
export type DerivedPart = 'server-half' | 'service' | 'peer';

/** The same wherever it is computed: FNV-1a from two seeds over trace, span and part. */
export function deriveId(traceId: TraceId, id: SegmentId, part: DerivedPart): SegmentId {
  for (let round = 0; ; round += 1) {
    const text = `${traceId}${id}${part}${round}`;
    const derived = parseSegmentId(hash(text, 0x811c9dc5) + hash(text, 0x1b873593));
    // All zeros is no id.
    if (derived.ok) return derived.value;
  }
}

function hash(text: string, seed: number): string {
  let value = seed;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
