import type { TraceId } from '@fluoroscope/model';
import { RECENT_ROWS_MAX } from './limits.ts';
import { traceIdWord } from './trace-key.ts';

/** 16 MiB of bits: one false "stored" in a hundred at 13 million traces, each costing one look through the id column. */
const FILTER_BITS_LOG2 = 27;
const HASH_COUNT = 4;

/** What the writer knows about stored trace rows, so that replacing one need not search the table. */
export interface KnownRows {
  /** The start of the stored row; `new` when there is none for certain; `unknown` when there may be one. */
  find(id: TraceId): number | 'new' | 'unknown';
  add(id: TraceId, startUs: number): void;
  /** A stored row whose start does not matter now: found as `unknown`. */
  addOld(hashA: number, hashB: number): void;
  clear(): void;
}

export function createKnownRows(): KnownRows {
  const bits = new Int32Array(2 ** (FILTER_BITS_LOG2 - 5));
  // Two generations: when the newer is full the older is dropped whole. Deleting one by one leaves holes in a
  // Map that each look for its oldest entry would walk over.
  let newer = new Map<TraceId, number>();
  let older = new Map<TraceId, number>();

  function mark(hashA: number, hashB: number): void {
    for (let hash = 0; hash < HASH_COUNT; hash += 1) {
      const bit = bitOf(hashA, hashB, hash);
      bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  function mayBeStored(hashA: number, hashB: number): boolean {
    for (let hash = 0; hash < HASH_COUNT; hash += 1) {
      const bit = bitOf(hashA, hashB, hash);
      if (((bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  return {
    find(id) {
      return (
        newer.get(id) ?? older.get(id) ?? (mayBeStored(traceIdWord(id, 2), traceIdWord(id, 3)) ? 'unknown' : 'new')
      );
    },
    add(id, startUs) {
      mark(traceIdWord(id, 2), traceIdWord(id, 3));
      newer.set(id, startUs);
      if (newer.size < RECENT_ROWS_MAX / 2) return;
      older = newer;
      newer = new Map();
    },
    addOld: mark,
    clear() {
      bits.fill(0);
      newer.clear();
      older.clear();
    },
  };
}

/** The low half of an id is random already; two words of it make any number of hashes. */
function bitOf(hashA: number, hashB: number, hash: number): number {
  return (Math.imul(hashA ^ (hashA >>> 15), 0x2c1b3c6d) + Math.imul(hash, hashB | 1)) >>> (32 - FILTER_BITS_LOG2);
}
