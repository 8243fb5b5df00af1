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
      let end = start;
      memory[end++] = OPEN;
      for (let at = 0; at < bucketsUs.length; at += 1) {
        if (at > 0) memory[end++] = COMMA;
        end = writeHead(memory, end, bucketsUs[at] ?? 0);
        end = writeCount(memory, end, counts[at] ?? 0);
        memory[end++] = END;
      }
      memory[end++] = CLOSE;
      return end;
    });
  };
}

interface Heads {
  readonly bytes: Uint8Array;
  /** That of bucket number `n` is from `starts[n]` up to `starts[n + 1]`. */
  readonly starts: Int32Array;
}

let heads: Heads | null = null;

function makeHeads(): Heads {
  const texts = Array.from({ length: HEADS_COUNT }, (_item, number) => printHead(bucketOfNumber(number)));
  const starts = new Int32Array(HEADS_COUNT + 1);
  for (const [number, text] of texts.entries()) starts[number + 1] = (starts[number] ?? 0) + text.length;
  return { bytes: Buffer.from(texts.join(''), 'latin1'), starts };
}

function printHead(bucketUs: number): string {
  return `{"Value":${JSON.stringify(secondsFromUs(bucketUs))},"Count":`;
}

function writeHead(memory: Uint8Array, start: number, bucketUs: number): number {
  const { bytes, starts } = (heads ??= makeHeads());
  const number = bucketNumber(bucketUs);
  // What is no bucket has no number, or that of another.
  if (!Number.isInteger(number) || number < 0 || number >= HEADS_COUNT || bucketOfNumber(number) !== bucketUs)
    return writeText(memory, start, printHead(bucketUs));
  const [first, last] = [starts[number] ?? 0, starts[number + 1] ?? 0];
  for (let at = first; at < last; at += 1) memory[start + at - first] = bytes[at] ?? 0;
  return start + last - first;
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
