// Hot path: once per record, in plain 32-bit arithmetic. record-batch.bench.ts

const MIX = 0x5bd1e995;
const SEED = 0x9747b28c;

/** As Kafka's own clients place keys, so that producers in other languages agree: murmur2, without its sign. */
export function partitionOf(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fffffff) % partitionCount;
}

export function murmur2(bytes: Uint8Array): number {
  const length = bytes.byteLength;
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let word = byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
    word = Math.imul(word, MIX);
    word = Math.imul(word ^ (word >>> 24), MIX);
    hash = Math.imul(hash, MIX) ^ word;
  }
  if (at < length) {
    for (let left = length - at - 1; left >= 0; left--) hash ^= byte(bytes, at + left) << (8 * left);
    hash = Math.imul(hash, MIX);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return hash ^ (hash >>> 15);
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
