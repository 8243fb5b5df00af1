// npx tsx --conditions=source packages/journal/src/kafka/record-batch.bench.ts
// What a document costs on its way into and out of a batch, as CPU of the process, against the client library's own.
import assert from 'node:assert/strict';
import { createRecordsBatch, crc32c, Reader, readRecordsBatches } from '@platformatic/kafka';
import { batchCodec } from './broker-wire.ts';
import { partitionOf } from './partition-of.ts';
import { encodeRecordBatch, readRecordBatches } from './record-batch.ts';

const RECORDS = 1_000;
const ROUNDS = 100;
const VALUE_BYTES = 600;
const PARTITIONS = 12;
const STAMP = { producerId: 1, producerEpoch: 0, baseSequence: 0, timestampMs: 1_800_000_000_000 };

const records = Array.from({ length: RECORDS }, (_, index) => ({
  key: Buffer.from(`1-6b49d200-${index.toString(16).padStart(24, '0')}`),
  value: Buffer.alloc(VALUE_BYTES, index % 251),
}));
const messages = records.map(({ key, value }) => ({ topic: 't', key, value, timestamp: BigInt(STAMP.timestampMs) }));
const ours = encodeRecordBatch(records, STAMP, crc32c);
const theirs = createRecordsBatch(messages, { producerId: 1n, producerEpoch: 0 }).buffer;
const read = readRecordBatches(ours, 0, batchCodec).records;
assert.deepEqual(
  readRecordsBatches(Reader.from(ours))[0]?.records.map(({ value }) => value),
  read.map(({ bytes }) => bytes),
);
assert.deepEqual(readRecordBatches(theirs, 0, batchCodec).records, read);

measure('partition', () => records.reduce((sum, { key }) => sum + partitionOf(key, PARTITIONS), 0));
measure('encode', () => encodeRecordBatch(records, STAMP, crc32c).length);
measure('encode, library', () => createRecordsBatch(messages, { producerId: 1n, producerEpoch: 0 }).length);
measure('read', () => readRecordBatches(ours, 0, batchCodec).records.length);
measure('read, library', () => readRecordsBatches(Reader.from(ours)).length);

function measure(name: string, work: () => number): void {
  work();
  const before = process.cpuUsage();
  let sum = 0;
  for (let round = 0; round < ROUNDS; round++) sum += work();
  const { user, system } = process.cpuUsage(before);
  assert.ok(sum > 0);
  process.stdout.write(`${name.padEnd(20)} ${((user + system) / ROUNDS / RECORDS).toFixed(2).padStart(6)} µs\n`);
}
