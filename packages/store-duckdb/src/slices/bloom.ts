import type { TraceId } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import { traceIdWord } from '../trace-key.ts';

// filter = version block*
// version = UINT32LE            ; 1
// block  = 16 UINT32LE          ; 512 bits, as one cache line: a look costs one miss
//
// An id sets `PROBE_COUNT` bits of the one block that its first hash chooses.

const VERSION = 1;
const VERSION_BYTES = 4;
const BLOCK_WORDS = 16;
const BLOCK_BYTES = BLOCK_WORDS * 4;
const BLOCK_BITS = BLOCK_BYTES * 8;

/** 2.5 bytes an id: one false "may be here" in some 4,000, so that a hundred slices answer "new" for nearly every new trace. */
const BITS_PER_ID = 20;
const PROBE_COUNT = 10;

/** The ids of one source, as a set that is seldom wrongly thought to hold an id. */
export interface BloomFilter {
  add(hash: IdHash): void;
  mayHold(hash: IdHash): boolean;
  toBytes(): Uint8Array;
}

/** Hashes of one id, computed once for all filters. */
export interface IdHash {
  readonly block: number;
  readonly bits: number;
}

/** Ids are not trusted to be random: senders choose them. */
export function hashId(id: TraceId): IdHash {
  return hashWords(traceIdWord(id, 0), traceIdWord(id, 1), traceIdWord(id, 2), traceIdWord(id, 3));
}

export function hashWords(word0: number, word1: number, word2: number, word3: number): IdHash {
  const block = mix(word3 ^ mix(word2 ^ mix(word1 ^ mix(word0 ^ 0x9e3779b9))));
  return { block: block >>> 0, bits: mix(block ^ 0x85ebca77) };
}

export function createBloomFilter(idCount: number): BloomFilter {
  const blockCount = Math.max(1, Math.ceil((idCount * BITS_PER_ID) / BLOCK_BITS));
  return filterOver(new Uint32Array(blockCount * BLOCK_WORDS));
}

export function bloomFilterOf(bytes: Uint8Array): BloomFilter {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wordBytes = bytes.byteLength - VERSION_BYTES;
  if (wordBytes < BLOCK_BYTES || wordBytes % BLOCK_BYTES !== 0 || view.getUint32(0, true) !== VERSION) {
    throw new StoreError('corrupt', 'the filter of trace ids is damaged');
  }
  const words = new Uint32Array(wordBytes / 4);
  for (let at = 0; at < words.length; at += 1) words[at] = view.getUint32(VERSION_BYTES + at * 4, true);
  return filterOver(words);
}

function filterOver(words: Uint32Array): BloomFilter {
  const blockCount = words.length / BLOCK_WORDS;

  function firstWordOf({ block }: IdHash): number {
    return Math.floor((block / 2 ** 32) * blockCount) * BLOCK_WORDS;
  }

  return {
    add(hash) {
      const first = firstWordOf(hash);
      let bits = hash.bits;
      for (let probe = 0; probe < PROBE_COUNT; probe += 1) {
        const at = first + (bits >>> 28);
        words[at] = (words[at] ?? 0) | (1 << ((bits >>> 23) & 31));
        bits = nextBits(bits);
      }
    },
    mayHold(hash) {
      const first = firstWordOf(hash);
      let bits = hash.bits;
      for (let probe = 0; probe < PROBE_COUNT; probe += 1) {
        if (((words[first + (bits >>> 28)] ?? 0) & (1 << ((bits >>> 23) & 31))) === 0) return false;
        bits = nextBits(bits);
      }
      return true;
    },
    toBytes() {
      const bytes = new Uint8Array(VERSION_BYTES + words.length * 4);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, VERSION, true);
      for (let at = 0; at < words.length; at += 1) view.setUint32(VERSION_BYTES + at * 4, words[at] ?? 0, true);
      return bytes;
    },
  };
}

/** Of which the nine highest bits are used: word and bit within the block. */
function nextBits(bits: number): number {
  return (Math.imul(bits, 0x2c1b3c6d) + 0x297a2d39) | 0;
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
