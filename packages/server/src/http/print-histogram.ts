import { bucketNumber, bucketOfNumber, secondsFromUs } from '@fluoroscope/model';
import type { WireHistogram } from '@fluoroscope/query';
import type { ByteWriter } from './byte-writer.ts';

// Hot path: a graph has some hundred thousand entries, and there are a few thousand buckets. Each bucket is printed once,
// its entries' bytes are copied.
//
//   entry = head count "}"
//   head  = `{"Value":` seconds `,"Count":`

export type PrintHistogram = (histogram: WireHistogram) => void;

/** Up to three hours; those beyond are printed each time. */
const HEADS_COUNT: number = 100 + 350 * 8;

/** Two numbers of at most 24 characters, and what is between them. */
const ENTRY_BYTES_MAX = 72;

/** Counts from here on are printed as any number is. */
const DIGITS_COUNT_MAX = 1e9;

const ZERO = 0x30;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const END = 0x7d;

/** A service has the same histogram twice: one that comes again at once is copied as a whole. */
export function createHistogramPrinter(writer: ByteWriter): PrintHistogram {
  let last: WireHistogram | null = null;
  let lastBytes: Uint8Array = new Uint8Array();
  return (histogram) => {
    if (histogram === last) {
      writer.copy(lastBytes);
      return;
    }
    const { bucketsUs, counts } = histogram.sums;
    last = histogram;
    lastBytes = writer.raw(bucketsUs.length * ENTRY_BYTES_MAX + 2, (memory, start) => {
      const words = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
      let end = start;
      let number = -1;
      memory[end++] = OPEN;
      for (let at = 0; at < bucketsUs.length; at += 1) {
        if (at > 0) memory[end++] = COMMA;
        const bucketUs = bucketsUs[at] ?? 0;
        number = numberOf(bucketUs, number + 1);
        end = number < 0 ? writeText(memory, end, printHead(bucketUs)) : writeHead(words, end, number);
        end = writeCount(memory, end, counts[at] ?? 0);
        memory[end++] = END;
      }
      memory[end++] = CLOSE;
      return end;
    });
  };
}

/** A head is copied in words, the last of which may reach beyond it: what comes behind is written over that. */
const HEAD_WORDS = 8;
const WORD_BYTES = 4;

interface Heads {
  /** That of bucket number `n` begins at word `n * HEAD_WORDS`. */
  readonly words: Uint32Array;
  readonly lengths: Uint8Array;
}

let heads: Heads | null = null;

function makeHeads(): Heads {
  const bytes = new Uint8Array(HEADS_COUNT * HEAD_WORDS * WORD_BYTES);
  const view = new DataView(bytes.buffer);
  const words = new Uint32Array(HEADS_COUNT * HEAD_WORDS);
  const lengths = new Uint8Array(HEADS_COUNT);
  for (let number = 0; number < HEADS_COUNT; number += 1) {
    const head = printHead(bucketOfNumber(number));
    if (head.length > HEAD_WORDS * WORD_BYTES) throw new Error(`${head} is longer than a head may be`);
    writeText(bytes, number * HEAD_WORDS * WORD_BYTES, head);
    lengths[number] = head.length;
  }
  for (let word = 0; word < words.length; word += 1) words[word] = view.getUint32(word * WORD_BYTES, true);
  return { words, lengths };
}

function printHead(bucketUs: number): string {
  return `{"Value":${JSON.stringify(secondsFromUs(bucketUs))},"Count":`;
}

/** −1 for what has no head. Buckets ascend, mostly without a gap: `likely` is tried first. */
function numberOf(bucketUs: number, likely: number): number {
  if (likely < HEADS_COUNT && bucketOfNumber(likely) === bucketUs) return likely;
  const number = bucketNumber(bucketUs);
  // What is no bucket has no number, or that of another.
  const isBucket = Number.isInteger(number) && number >= 0 && number < HEADS_COUNT;
  return isBucket && bucketOfNumber(number) === bucketUs ? number : -1;
}

function writeHead(view: DataView, start: number, number: number): number {
  const { words, lengths } = (heads ??= makeHeads());
  const length = lengths[number] ?? 0;
  const first = number * HEAD_WORDS;
  for (let word = 0; word * WORD_BYTES < length; word += 1)
    view.setUint32(start + word * WORD_BYTES, words[first + word] ?? 0, true);
  return start + length;
}

function writeCount(memory: Uint8Array, start: number, count: number): number {
  if (!Number.isInteger(count) || count < 0 || count >= DIGITS_COUNT_MAX)
    return writeText(memory, start, JSON.stringify(count));
  let end = start + 1;
  for (let least = 10; least <= count; least *= 10) end += 1;
  let rest = count;
  for (let at = end - 1; at >= start; at -= 1) {
    const tens = Math.floor(rest / 10);
    memory[at] = ZERO + rest - tens * 10;
    rest = tens;
  }
  return end;
}

/** Of ASCII. */
function writeText(memory: Uint8Array, start: number, text: string): number {
  for (let at = 0; at < text.length; at += 1) memory[start + at] = text.charCodeAt(at);
  return start + text.length;
}
