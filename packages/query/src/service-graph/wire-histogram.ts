import type { HistogramEntry } from '@fluoroscope/api';
import { secondsFromUs } from '@fluoroscope/model';
import { toHistogram, type Histogram } from '@fluoroscope/store';

/** A histogram as an answer has it, without an object for each of its entries. Who prints JSON may print it faster. */
export class WireHistogram {
  readonly sums: Histogram;

  constructor(sums: Histogram) {
    this.sums = sums;
  }

  toJSON(): readonly HistogramEntry[] {
    const { bucketsUs, counts } = this.sums;
    return Array.from(bucketsUs, (bucketUs, at) => ({ Value: secondsFromUs(bucketUs), Count: counts[at] ?? 0 }));
  }
}

export const NO_ENTRIES: WireHistogram = new WireHistogram(toHistogram(new Map()));
