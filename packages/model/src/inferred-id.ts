import { parseSegmentId, type SegmentId } from './segment-id.ts';
import type { TraceId } from './trace-id.ts';

const ROUNDS = 4;

/**
 * The id of the segment made up for a call. A Feistel network over the call's 64 bits, keyed by the trace
 * id: a permutation, so that two calls of a trace never share an inferred segment's id.
 */
export function inferSegmentId(traceId: TraceId, callId: SegmentId): SegmentId {
  const key = hash32(traceId);
  let left = Number.parseInt(callId.slice(0, 8), 16);
  let right = Number.parseInt(callId.slice(8), 16);
  // The one call whose image is the all-zero id takes that image's image.
  for (;;) {
    for (let round = 1; round <= ROUNDS; round += 1) {
      [left, right] = [right, (left ^ mix32(right ^ Math.imul(key, round))) >>> 0];
    }
    const id = parseSegmentId(hex8(left) + hex8(right));
    if (id.ok) return id.value;
  }
}

/** FNV-1a. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The finalizer of MurmurHash3. */
function mix32(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
