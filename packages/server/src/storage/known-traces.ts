import type { TraceId } from '@fluoroscope/model';

/** 16 MiB: at ten bits a trace, one false "maybe" in a hundred at 13 million traces. */
const BITS_LOG2 = 27;
const WORD_COUNT = 2 ** (BITS_LOG2 - 5);
const HASH_COUNT = 4;

/**
 * Which traces the store may know: no false "no", few false "maybe". Spares a store read for each document
 * of a new trace. Until `filled` is called every answer is "maybe".
 */
export interface KnownTraces {
  add(id: TraceId): void;
  mayKnow(id: TraceId): boolean;
  filled(): void;
}

export function createKnownTraces(): KnownTraces {
  const words = new Int32Array(WORD_COUNT);
  let complete = false;

  // Hot path: ids are random enough that slices of their own hex digits serve as the hashes.
  function probe(id: TraceId, hash: number): number {
    const at = 11 + hash * 5;
    return (Number.parseInt(id.slice(at, at + 6), 16) * 33 + Number.parseInt(id.slice(2 + hash, 7 + hash), 16)) >>> 0;
  }

  function bitOf(id: TraceId, hash: number): number {
    return probe(id, hash) & (2 ** BITS_LOG2 - 1);
  }

  return {
    add(id) {
      for (let hash = 0; hash < HASH_COUNT; hash += 1) {
        const bit = bitOf(id, hash);
        words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31));
      }
    },
    mayKnow(id) {
      if (!complete) return true;
      for (let hash = 0; hash < HASH_COUNT; hash += 1) {
        const bit = bitOf(id, hash);
        if (((words[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
      }
      return true;
    },
    filled() {
      complete = true;
    },
  };
}
