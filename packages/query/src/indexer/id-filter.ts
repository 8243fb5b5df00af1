import type { SegmentId } from '@fluoroscope/model';
import { APART_FILTER_BITS } from './limits.ts';

const PROBES = 4;

/** Remembers ids in bounded memory: one that was added is always known, another seldom. A Bloom filter. */
export class IdFilter {
  readonly #words: Uint32Array = new Uint32Array(APART_FILTER_BITS / 32);

  /** False when the id was known. */
  add(id: SegmentId): boolean {
    // Ids need not be random: both halves are mixed before they are used.
    let at = mix(Number.parseInt(id.slice(8), 16));
    const step = mix(Number.parseInt(id.slice(0, 8), 16) ^ at) | 1;
    let isNew = false;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = (at >>> 0) % APART_FILTER_BITS;
      const word = this.#words[bit >>> 5] ?? 0;
      const mask = 1 << (bit & 31);
      if ((word & mask) === 0) {
        isNew = true;
        this.#words[bit >>> 5] = word | mask;
      }
      at = (at + step) | 0;
    }
    return isNew;
  }
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return mixed ^ (mixed >>> 16);
}
