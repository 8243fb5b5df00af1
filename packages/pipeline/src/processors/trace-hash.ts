import type { TraceId } from '@fluoroscope/model';

/**
 * A number from 0 to 1, the same for a trace wherever it is asked: FNV-1a over the seed and the id's last 24 digits, and
 * Murmur's last step, which spreads it. The first 8 digits are left out: a trace-id processor may have changed them.
 */
export function traceShare(id: TraceId, seed: string): number {
  let hash = 0x811c9dc5;
  for (const text of [seed, id.slice(-24)]) {
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
