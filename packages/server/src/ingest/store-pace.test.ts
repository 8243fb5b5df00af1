import { expect, test } from 'vitest';
import { createStorePace, SAMPLE_MS, type JournalWay, type StorePace } from './store-pace.ts';

const STILL_MS = 5_000;

test('nothing is known of a store without work, however fast it was', () => {
  const { pace, go } = open();
  for (let count = 1; count <= 40; count += 1) go({ committedSequence: count, storedSequence: count });
  expect(read(pace)).toEqual([0, 0, 0]);
});

test('what waits is as old as the first sample in which it was there', () => {
  const { pace, go } = open();
  go({ committedSequence: 100 }, 4);
  go({ committedSequence: 200 }, 4);
  expect(read(pace).slice(0, 2)).toEqual([200, 7 * SAMPLE_MS]);
  go({ storedSequence: 99 });
  expect(pace.ageMs).toBe(8 * SAMPLE_MS);
  go({ storedSequence: 100 });
  expect(pace.ageMs).toBe(5 * SAMPLE_MS);
  go({ storedSequence: 200 });
  expect(pace.ageMs).toBe(0);
});

test('the pace is that of the time in which something waited, half a minute at most, stalls included', () => {
  const { pace, go } = open();
  go({ committedSequence: 1_000_000 });
  expect(pace.storedPerMs).toBe(0);
  for (let sample = 1; sample <= 400; sample += 1) go({ storedSequence: sample * SAMPLE_MS });
  expect(pace.storedPerMs).toBeCloseTo(1);
  go({}, 3_000 / SAMPLE_MS);
  expect(pace.storedPerMs).toBeCloseTo(0.9);
});

test.each<[string, Partial<JournalWay>, number]>([
  ['says that it fails', { isFailing: true }, 1],
  ['stands still', {}, STILL_MS / SAMPLE_MS + 1],
])('a store that %s has no pace; when it is back it is measured anew', (_what, way, samples) => {
  const { pace, go } = open();
  go({ committedSequence: 1_000_000 });
  for (let sample = 1; sample <= 40; sample += 1) go({ storedSequence: sample * 1_000 });
  expect(pace.storedPerMs).toBeGreaterThan(0);
  go(way, samples);
  expect(pace.storedPerMs).toBe(0);
  for (let sample = 41; sample <= 80; sample += 1) go({ storedSequence: sample * 1_000, isFailing: false });
  expect(pace.storedPerMs).toBeCloseTo(1_000 / SAMPLE_MS);
  expect(pace.ageMs).toBe((79 + samples + 1) * SAMPLE_MS);
});

test('samples are bounded, and the oldest is kept', () => {
  const { pace, go } = open();
  for (let sample = 0; sample <= 3_000; sample += 1) go({ committedSequence: sample + 1 });
  expect(pace.ageMs).toBe(3_000 * SAMPLE_MS);
});

test('between two samples nothing is read', () => {
  const { pace, reads } = open();
  expect([pace.sample(0), pace.sample(SAMPLE_MS - 1), pace.sample(SAMPLE_MS)]).toEqual([true, false, true]);
  expect(reads()).toBe(2);
});

interface Rig {
  readonly pace: StorePace;
  /** So it is from now on, for so many samples. */
  readonly go: (way: Partial<JournalWay>, samples?: number) => void;
  readonly reads: () => number;
}

function open(): Rig {
  let way: JournalWay = { committedSequence: 0, storedSequence: 0, isFailing: false };
  let nowMs = 0;
  let reads = 0;
  const pace = createStorePace({
    stillMsMax: STILL_MS,
    read() {
      reads += 1;
      return way;
    },
  });
  return {
    pace,
    reads: () => reads,
    go(changed, samples = 1) {
      way = { ...way, ...changed };
      for (let sample = 0; sample < samples; sample += 1) pace.sample((nowMs += SAMPLE_MS));
    },
  };
}

function read({ waitingCount, ageMs, storedPerMs }: StorePace): readonly number[] {
  return [waitingCount, ageMs, storedPerMs];
}
