import type { RollupTables, Sum } from './fact-tables.ts';

/** Outcomes go by number; the last of them is `pending`. */
const OUTCOME_COUNT = 5;
const PENDING = 4;

const MINUTE_US = 60_000_000;

/** A histogram's array at first: up to 1 ms. */
const BUCKETS_FIRST = 450;

/** Sums up facts that come by end, and writes the sums of each stretch of time when it is over. */
export interface Rollup {
  add(keyNo: number, outcome: number, factCount: number, times: FactTimes): void;
  finish(): void;
}

export interface FactTimes {
  readonly durationUs: number;
  readonly endUs: number;
  /** Of the duration (`bucketNumber`). */
  readonly bucket: number;
}

interface KeySums {
  readonly sums: readonly MutableSum[];
  histogram: Int32Array;
  /** The highest one in use. */
  lastBucket: number;
}

type MutableSum = { -readonly [Field in keyof Sum]: Sum[Field] };

export function createRollup(lengthMinutes: number, { sums, histograms }: RollupTables): Rollup {
  const lengthUs = lengthMinutes * MINUTE_US;
  /** By key number; those of earlier stretches are used again. */
  const byKey: KeySums[] = [];
  let keyNos = new Set<number>();
  let fromUs = Infinity;

  function write(): void {
    const minute = fromUs / MINUTE_US;
    for (const keyNo of [...keyNos].sort((a, b) => a - b)) {
      const ofKey = byKey[keyNo];
      if (ofKey === undefined) continue;
      for (const [outcome, sum] of ofKey.sums.entries()) {
        // One whose facts cancel may still have a duration: facts of two lengths.
        if (sum.factCount !== 0 || sum.durationUs !== 0) sums.write(minute, keyNo, outcome, sum);
      }
      let bucketCount = 0;
      for (let bucket = 0; bucket <= ofKey.lastBucket; bucket += 1) {
        const count = ofKey.histogram[bucket] ?? 0;
        if (count === 0) continue;
        histograms.push(bucket, count);
        bucketCount += 1;
      }
      if (bucketCount > 0) histograms.end(minute, keyNo, bucketCount);
      reset(ofKey);
    }
    keyNos = new Set();
  }

  return {
    add(keyNo, outcome, factCount, { durationUs, endUs, bucket }) {
      if (endUs < fromUs || endUs >= fromUs + lengthUs) {
        write();
        fromUs = Math.floor(endUs / lengthUs) * lengthUs;
      }
      keyNos.add(keyNo);
      const ofKey = (byKey[keyNo] ??= createKeySums());
      const sum = ofKey.sums[outcome];
      if (sum === undefined) throw new TypeError(`no outcome has the number ${outcome}`);
      sum.factCount += factCount;
      sum.durationUs += factCount * durationUs;
      if (endUs - durationUs < sum.startUs) sum.startUs = endUs - durationUs;
      if (endUs > sum.endUs) sum.endUs = endUs;
      if (outcome === PENDING) return;
      if (bucket >= ofKey.histogram.length) grow(ofKey, bucket);
      ofKey.histogram[bucket] = (ofKey.histogram[bucket] ?? 0) + factCount;
      if (bucket > ofKey.lastBucket) ofKey.lastBucket = bucket;
    },
    finish: write,
  };
}

function createKeySums(): KeySums {
  const sums = Array.from({ length: OUTCOME_COUNT }, () => ({
    factCount: 0,
    durationUs: 0,
    startUs: Infinity,
    endUs: -Infinity,
  }));
  return { sums, histogram: new Int32Array(BUCKETS_FIRST), lastBucket: -1 };
}

function reset(ofKey: KeySums): void {
  for (const sum of ofKey.sums) {
    sum.factCount = 0;
    sum.durationUs = 0;
    sum.startUs = Infinity;
    sum.endUs = -Infinity;
  }
  ofKey.histogram.fill(0, 0, ofKey.lastBucket + 1);
  ofKey.lastBucket = -1;
}

function grow(ofKey: KeySums, bucket: number): void {
  const larger = new Int32Array(Math.max(bucket + 1, 2 * ofKey.histogram.length));
  larger.set(ofKey.histogram);
  ofKey.histogram = larger;
}
