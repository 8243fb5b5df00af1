import type { TraceId } from '@fluoroscope/model';
import { traceIdWord } from './trace-key.ts';

/** 16 MiB of bits: one false "known" in a hundred at 13 million traces, each costing a read or two. */
const FILTER_BITS_LOG2 = 27;
const HASH_COUNT = 4;

/** A Bloom filter: may say yes wrongly, never no. */
export interface TraceFilter {
  add(id: TraceId): void;
  /** By the third and fourth word of an id. */
  addWords(high: number, low: number): void;
  mayHave(id: TraceId): boolean;
}

export function createTraceFilter(): TraceFilter {
  const bits = new Int32Array(2 ** (FILTER_BITS_LOG2 - 5));

  function addWords(high: number, low: number): void {
    for (let hash = 0; hash < HASH_COUNT; hash += 1) {
      const bit = bitOf(high, low, hash);
      bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  return {
    add: (id) => addWords(traceIdWord(id, 2), traceIdWord(id, 3)),
    addWords,
    mayHave(id) {
      const high = traceIdWord(id, 2);
      const low = traceIdWord(id, 3);
      for (let hash = 0; hash < HASH_COUNT; hash += 1) {
        const bit = bitOf(high, low, hash);
        if (((bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
      }
      return true;
    },
  };
}

/** The low half of an id is random already; two words of it make any number of hashes. */
function bitOf(high: number, low: number, hash: number): number {
  return (Math.imul(high ^ (high >>> 15), 0x2c1b3c6d) + Math.imul(hash, low | 1)) >>> (32 - FILTER_BITS_LOG2);
}
