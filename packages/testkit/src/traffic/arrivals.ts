import type { Arrival, Traffic } from './traffic.ts';

/** Arrivals are gathered for so long before they are put in order. */
const BUCKET_US = 1_000_000;

/** Whole traces until there are `spanCount` spans or more, their documents in the order in which they arrive. */
export function* arrivals(traffic: Traffic, spanCount: number): Generator<Arrival> {
  const buckets = new Map<number, Arrival[]>();
  let nextBucket = Math.floor(traffic.startUsAt(0) / BUCKET_US);

  function* emitBefore(bucket: number): Generator<Arrival> {
    for (; nextBucket < bucket && buckets.size > 0; nextBucket += 1) {
      const due = buckets.get(nextBucket);
      if (due === undefined) continue;
      buckets.delete(nextBucket);
      yield* due.sort((a, b) => a.arrivesUs - b.arrivesUs);
    }
    nextBucket = Math.max(nextBucket, bucket);
  }

  let made = 0;
  for (let index = 0; made < spanCount; index += 1) {
    // Nothing arrives before its trace has started.
    yield* emitBefore(Math.floor(traffic.startUsAt(index) / BUCKET_US));
    for (const arrival of traffic.documentsAt(index)) {
      made += arrival.spanCount;
      const bucket = Math.floor(arrival.arrivesUs / BUCKET_US);
      const waiting = buckets.get(bucket);
      if (waiting === undefined) buckets.set(bucket, [arrival]);
      else waiting.push(arrival);
    }
  }
  yield* emitBefore(Infinity);
}
