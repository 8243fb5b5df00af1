import { gzipSync } from 'node:zlib';
import { createRecordsBatch, crc32c, Reader, readRecordsBatches } from '@platformatic/kafka';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchCodec, packingOf } from './broker-wire.ts';
import { encodeRecordBatch, readRecordBatches } from './record-batch.ts';

const STAMP = { producerId: 7, producerEpoch: 2, baseSequence: 40, timestampMs: 1_700_000_000_123 };
const record = fc.record({ key: fc.uint8Array({ maxLength: 40 }), value: fc.uint8Array({ maxLength: 300 }) });
const records = fc.array(record, { minLength: 1, maxLength: 200 });
const SEED = { seed: 20_261_121, numRuns: 100 };

test("the client library reads what we encode as it reads its own, and we read the library's", () => {
  fc.assert(
    fc.property(records, (some) => {
      const ours = encodeRecordBatch(some, STAMP, crc32c);
      const [read] = readRecordsBatches(Reader.from(ours));
      expect(read).toMatchObject({
        producerId: 7n,
        producerEpoch: 2,
        firstSequence: 40,
        crc: crc32c(ours.subarray(21)),
      });
      expect(read?.records.map(({ key, value }) => [bytesOf(key), bytesOf(value)])).toEqual(
        some.map(({ key, value }) => [[...key], [...value]]),
      );

      const messages = some.map(({ key, value }) => ({ topic: 't', key: Buffer.from(key), value: Buffer.from(value) }));
      const theirs = createRecordsBatch(messages, { producerId: 1n, producerEpoch: 0 }).buffer;
      expect(valuesIn(theirs)).toEqual(some.map(({ value }) => [...value]));
    }),
    SEED,
  );
});

test.each(['gzip', 'snappy', 'lz4'] as const)('packed with %s, both read them; what cannot be packed too', (name) => {
  const random = fc.array(fc.record({ key: fc.constant(new Uint8Array()), value: fc.uint8Array({ minLength: 50 }) }));
  fc.assert(
    fc.property(fc.oneof(records, random), (some) => {
      fc.pre(some.length > 0);
      const ours = encodeRecordBatch(some, STAMP, crc32c, packingOf(name));
      const expected = some.map(({ value }) => [...value]);
      expect(valuesIn(ours)).toEqual(expected);
      const [read] = readRecordsBatches(Reader.from(ours));
      expect(read?.records.map(({ value }) => bytesOf(value))).toEqual(expected);
      expect(read?.crc).toBe(crc32c(ours.subarray(21)));
    }),
    SEED,
  );
});

test('packed, what repeats takes less room', () => {
  const some = Array.from({ length: 100 }, () => ({ key: Buffer.alloc(0), value: Buffer.from('the same again') }));
  const [packed, plain] = [packingOf('gzip'), null].map((packing) => encodeRecordBatch(some, STAMP, crc32c, packing));
  expect(packed?.byteLength).toBeLessThan((plain?.byteLength ?? 0) / 5);
});

test('a fetch begins in the middle of a batch, and ends in the middle of another', () => {
  const bytes = Buffer.concat([batchAt(10, 'a', 'b', 'c'), batchAt(13, 'd'), batchAt(14, 'e').subarray(0, 70)]);
  const found = readRecordBatches(bytes, 11, batchCodec);
  expect(textsOf(found.records)).toEqual(['12 b', '13 c', '14 d']);
  expect(found).toMatchObject({ nextOffset: 14, damaged: [], unknownCodec: null });
});

test('offsets that compaction or a transaction has left out are no loss', () => {
  const found = readRecordBatches(Buffer.concat([batchAt(3, 'a'), batchAt(9, 'b')]), 0, batchCodec);
  expect(textsOf(found.records)).toEqual(['4 a', '10 b']);
  expect(found.nextOffset).toBe(10);
});

test('a damaged batch is passed over, and named', () => {
  const damaged = batchAt(1, 'b', 'c');
  damaged.writeUInt8(damaged.readUInt8(70) ^ 1, 70);
  const found = readRecordBatches(Buffer.concat([batchAt(0, 'a'), damaged, batchAt(3, 'd')]), 0, batchCodec);
  expect(textsOf(found.records)).toEqual(['1 a', '4 d']);
  expect(found.damaged).toEqual([{ fromOffset: 1, nextOffset: 3 }]);
});

test('a batch that the broker has packed is unpacked; with an unknown codec, reading stops before it', () => {
  const packed = packedAs(1, gzipSync);
  expect(textsOf(readRecordBatches(packed, 0, batchCodec).records)).toEqual(['6 a', '7 b']);
  const found = readRecordBatches(Buffer.concat([batchAt(4, 'x'), packedAs(6, (bytes) => bytes)]), 4, batchCodec);
  expect(textsOf(found.records)).toEqual(['5 x']);
  expect(found).toMatchObject({ nextOffset: 5, unknownCodec: 6, damaged: [] });
});

test('control batches hold no records of anybody', () => {
  const control = restamp(batchAt(2, 'marker'), 1 << 5);
  const found = readRecordBatches(Buffer.concat([control, batchAt(3, 'a')]), 2, batchCodec);
  expect(textsOf(found.records)).toEqual(['4 a']);
});

function batchAt(offset: number, ...values: readonly string[]): Buffer {
  const some = values.map((value) => ({ key: Buffer.from('key'), value: Buffer.from(value) }));
  const batch = encodeRecordBatch(some, STAMP, crc32c);
  batch.writeBigInt64BE(BigInt(offset), 0);
  return batch;
}

function packedAs(codec: number, pack: (bytes: Buffer) => Buffer): Buffer {
  const plain = batchAt(5, 'a', 'b');
  const packed = Buffer.concat([plain.subarray(0, 61), pack(plain.subarray(61))]);
  packed.writeInt32BE(packed.length - 12, 8);
  return restamp(packed, codec);
}

function restamp(batch: Buffer, attributes: number): Buffer {
  batch.writeInt16BE(attributes, 21);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

function valuesIn(bytes: Buffer): number[][] {
  return readRecordBatches(bytes, 0, batchCodec).records.map((found) => [...found.bytes]);
}

function textsOf(found: readonly { sequence: number; bytes: Uint8Array }[]): string[] {
  return found.map(({ sequence, bytes }) => `${sequence} ${Buffer.from(bytes).toString()}`);
}

function bytesOf(bytes: Uint8Array | null): number[] {
  return [...(bytes ?? [])];
}
