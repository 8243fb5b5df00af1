import { expect, test } from 'vitest';
import { originOf, PartitionBuffer } from './partition-buffer.ts';

const LIMITS = { batchBytesMax: 30, gatherMs: 100 };

test('small batches gather for a moment, full ones do not', () => {
  const buffer = open();
  expect(buffer.ripeMs()).toBe(Infinity);
  add(buffer, 1, 2, 1_000);
  expect(buffer.ripeMs()).toBe(1_100);
  add(buffer, 3, 2, 1_050);
  expect([buffer.ripeMs(), buffer.isFull, buffer.wantsMore]).toEqual([0, true, false]);
  expect(sequencesOf(buffer)).toEqual([1, 2, 3]);
  expect([buffer.ripeMs(), buffer.bytes, buffer.nextOffset]).toEqual([2_100, 10, 4]);
});

test('the first batch after a crash is exactly the one that was cut, however large', () => {
  const buffer = open({ sequence: 0, unfinishedSequence: 5 });
  add(buffer, 1, 4, 1_000);
  expect([buffer.ripeMs(), buffer.isFull, buffer.wantsMore]).toEqual([Infinity, true, true]);
  add(buffer, 5, 4, 1_000);
  expect(buffer.ripeMs()).toBe(0);
  expect(sequencesOf(buffer)).toEqual([1, 2, 3, 4, 5]);
  expect(sequencesOf(buffer)).toEqual([6, 7, 8]);
});

test('records of the cut batch that Kafka has dropped hold nothing up', () => {
  const buffer = open({ sequence: 0, unfinishedSequence: 3 });
  buffer.skipTo(8);
  add(buffer, 9, 1, 1_000);
  expect(sequencesOf(buffer)).toEqual([9]);
});

test('it is read from where the store is', () => {
  const buffer = new PartitionBuffer('traces', 4, LIMITS);
  expect(buffer.wantsMore).toBe(false);
  buffer.position({ sequence: 12, unfinishedSequence: null });
  expect([buffer.origin, buffer.nextOffset, buffer.wantsMore]).toEqual([originOf('traces', 4), 12, true]);
});

function open(progress = { sequence: 0, unfinishedSequence: null as number | null }): PartitionBuffer {
  const buffer = new PartitionBuffer('traces', 0, LIMITS);
  buffer.position(progress);
  return buffer;
}

/** Records of ten bytes each. */
function add(buffer: PartitionBuffer, first: number, count: number, nowMs: number): void {
  const records = Array.from({ length: count }, (_, at) => ({ sequence: first + at, bytes: new Uint8Array(10) }));
  buffer.add({ records, nextOffset: first + count - 1, damaged: [], unknownCodec: null }, nowMs);
}

function sequencesOf(buffer: PartitionBuffer): number[] {
  return buffer.take(2_000).map(({ sequence }) => sequence);
}
