import type { Parcel } from '../stage.ts';

/** Parcels in order, taken out in batches. */
export interface ParcelQueue {
  readonly add: (parcels: readonly Parcel[]) => void;
  /** As many as fit, one at least; empty when there are none. */
  readonly takeBatch: (documentsMax: number, bytesMax: number) => readonly Parcel[];
  readonly isEmpty: () => boolean;
}

/** Places of documents that are gone, before the list is made anew. */
const HEAD_MAX = 4_096;

export function createParcelQueue(): ParcelQueue {
  let waiting: Parcel[] = [];
  let head = 0;
  return {
    add(parcels) {
      for (const parcel of parcels) waiting.push(parcel);
    },
    takeBatch(documentsMax, bytesMax) {
      const batch: Parcel[] = [];
      let bytes = 0;
      for (let parcel = waiting[head]; parcel !== undefined; parcel = waiting[head]) {
        bytes += parcel.bytes;
        if (batch.length === documentsMax || (batch.length > 0 && bytes > bytesMax)) break;
        batch.push(parcel);
        head += 1;
      }
      if (head >= HEAD_MAX || head === waiting.length) {
        waiting = waiting.slice(head);
        head = 0;
      }
      return batch;
    },
    isEmpty: () => head === waiting.length,
  };
}
