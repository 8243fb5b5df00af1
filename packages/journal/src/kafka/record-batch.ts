// Hot path: every document passes here twice. One buffer a batch, no object per field, records as views of what
// was fetched; most of the time is the checksum's. record-batch.bench.ts
import type { JournalRecord } from '../journal.ts';

/**
 * Kafka's record batch, format 2; integers are big-endian, varints zigzag.
 *
 *   batch   = baseOffset:i64 length:i32 leaderEpoch:i32 magic:i8 crc:u32 attributes:i16 lastOffsetDelta:i32
 *             firstTimestamp:i64 maxTimestamp:i64 producerId:i64 producerEpoch:i16 baseSequence:i32
 *             recordCount:i32 *record
 *   length    bytes after itself; crc is CRC-32C from `attributes` to the end
 *   record  = length:varint attributes:i8 timestampDelta:varint offsetDelta:varint key value headerCount:varint *header
 *   key, value = length:varint *byte                     ; -1: null
 *   header  = key value
 */
export interface OutgoingRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface BatchStamp {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Of the first record: a batch sent twice is kept once. */
  readonly baseSequence: number;
  readonly timestampMs: number;
}

const LENGTH_AT = 8;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_DELTA_AT = 23;
const COUNT_AT = 57;
const RECORDS_AT = 61;
const LENGTH_END = 12;
const MAGIC = 2;

/** How the records are packed; 0: not at all. */
const PACKING = 0b111;

export interface BatchPacking {
  /** As the attributes of a batch name it, 1 to 7. */
  readonly codec: number;
  readonly pack: (records: Buffer) => Uint8Array;
}
const IS_CONTROL = 1 << 5;

/** More than any record needs beside key and value. */
const RECORD_OVERHEAD_BYTES_MAX = 32;

export function batchedBytes({ key, value }: OutgoingRecord): number {
  return key.byteLength + value.byteLength + RECORD_OVERHEAD_BYTES_MAX;
}

export function encodeRecordBatch(
  records: readonly OutgoingRecord[],
  { producerId, producerEpoch, baseSequence, timestampMs }: BatchStamp,
  crc32c: (bytes: Uint8Array) => number,
  packing: BatchPacking | null = null,
): Buffer {
  let bytesMax = RECORDS_AT;
  for (const record of records) bytesMax += batchedBytes(record);
  let buffer: Buffer = Buffer.allocUnsafe(bytesMax);
  let at = RECORDS_AT;
  let delta = 0;
  for (const { key, value } of records) at = encodeRecord(buffer, at, delta++, key, value);
  if (packing !== null) {
    const packed = packing.pack(buffer.subarray(RECORDS_AT, at));
    at = RECORDS_AT + packed.byteLength;
    // What cannot be made smaller may grow by a little.
    if (at > buffer.byteLength) buffer = Buffer.allocUnsafe(at);
    buffer.set(packed, RECORDS_AT);
  }

  buffer.fill(0, 0, LENGTH_AT);
  buffer.writeInt32BE(at - LENGTH_END, LENGTH_AT);
  buffer.writeInt32BE(-1, LENGTH_END);
  buffer.writeInt8(MAGIC, MAGIC_AT);
  buffer.writeInt16BE(packing?.codec ?? 0, ATTRIBUTES_AT);
  buffer.writeInt32BE(records.length - 1, LAST_DELTA_AT);
  buffer.writeBigInt64BE(BigInt(timestampMs), 27);
  buffer.writeBigInt64BE(BigInt(timestampMs), 35);
  buffer.writeBigInt64BE(BigInt(producerId), 43);
  buffer.writeInt16BE(producerEpoch, 51);
  buffer.writeInt32BE(baseSequence, 53);
  buffer.writeInt32BE(records.length, COUNT_AT);
  buffer.writeUInt32BE(crc32c(buffer.subarray(ATTRIBUTES_AT, at)), CRC_AT);
  return buffer.subarray(0, at);
}

function encodeRecord(buffer: Buffer, start: number, delta: number, key: Uint8Array, value: Uint8Array): number {
  // Attributes, timestamp delta and header count are one zero byte each.
  const bytes =
    3 +
    varintBytes(delta) +
    varintBytes(key.byteLength) +
    key.byteLength +
    varintBytes(value.byteLength) +
    value.byteLength;
  let at = writeVarint(buffer, start, bytes);
  buffer[at++] = 0;
  buffer[at++] = 0;
  at = writeVarint(buffer, at, delta);
  at = writeVarint(buffer, at, key.byteLength);
  buffer.set(key, at);
  at = writeVarint(buffer, at + key.byteLength, value.byteLength);
  buffer.set(value, at);
  at += value.byteLength;
  buffer[at++] = 0;
  return at;
}

/** What one fetch gave of a partition. */
export interface FetchedRecords {
  /** Their sequence is their offset + 1. */
  readonly records: readonly JournalRecord[];
  /** Where the next fetch begins. */
  readonly nextOffset: number;
  /** Batches that were damaged on their way or on the broker's disk, and passed over. */
  readonly damaged: readonly { readonly fromOffset: number; readonly nextOffset: number }[];
  /** The codec of a batch that this process cannot unpack: reading stops before it. Null: none. */
  readonly unknownCodec: number | null;
}

export interface BatchCodec {
  readonly crc32c: (bytes: Uint8Array) => number;
  /** Null for a codec that is not known here. */
  readonly unpack: (codec: number, bytes: Buffer) => Buffer | null;
}

const NOTHING = new Uint8Array(0);

/**
 * The records from `fromOffset` on. Brokers send whole batches: what comes before is skipped, and a batch cut off at
 * the end is left for the next fetch.
 */
export function readRecordBatches(bytes: Buffer, fromOffset: number, codec: BatchCodec): FetchedRecords {
  const records: JournalRecord[] = [];
  const damaged: { fromOffset: number; nextOffset: number }[] = [];
  let nextOffset = fromOffset;
  for (let at = 0; bytes.length - at >= RECORDS_AT;) {
    const end = at + LENGTH_END + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length) break;
    const baseOffset = Number(bytes.readBigInt64BE(at));
    const isModern = bytes[at + MAGIC_AT] === MAGIC;
    const behind = baseOffset + (isModern ? bytes.readInt32BE(at + LAST_DELTA_AT) : 0) + 1;
    const attributes = bytes.readInt16BE(at + ATTRIBUTES_AT);
    if (behind > nextOffset && (attributes & IS_CONTROL) === 0) {
      const isWhole =
        isModern && codec.crc32c(bytes.subarray(at + ATTRIBUTES_AT, end)) === bytes.readUInt32BE(at + CRC_AT);
      if (isWhole) {
        const packed = bytes.subarray(at + RECORDS_AT, end);
        const packing = attributes & PACKING;
        const unpacked = packing === 0 ? packed : codec.unpack(packing, packed);
        if (unpacked === null) return { records, nextOffset, damaged, unknownCodec: packing };
        readRecords(unpacked, bytes.readInt32BE(at + COUNT_AT), { baseOffset, fromOffset, into: records });
      } else damaged.push({ fromOffset: Math.max(baseOffset, nextOffset), nextOffset: behind });
    }
    nextOffset = Math.max(nextOffset, behind);
    at = end;
  }
  return { records, nextOffset, damaged, unknownCodec: null };
}

interface RecordsGoal {
  readonly baseOffset: number;
  readonly fromOffset: number;
  readonly into: JournalRecord[];
}

function readRecords(bytes: Buffer, count: number, { baseOffset, fromOffset, into }: RecordsGoal): void {
  const cursor = { at: 0 };
  for (let left = count; left > 0; left--) {
    const lengthBytes = readVarint(bytes, cursor);
    const end = cursor.at + lengthBytes;
    cursor.at += 1;
    skipVarint(bytes, cursor);
    const offset = baseOffset + readVarint(bytes, cursor);
    const keyBytes = readVarint(bytes, cursor);
    cursor.at += Math.max(keyBytes, 0);
    const valueBytes = readVarint(bytes, cursor);
    if (offset >= fromOffset) {
      const value = valueBytes < 0 ? NOTHING : bytes.subarray(cursor.at, cursor.at + valueBytes);
      into.push({ sequence: offset + 1, bytes: value });
    }
    cursor.at = end;
  }
}

function varintBytes(value: number): number {
  let rest = (value << 1) >>> 0;
  let bytes = 1;
  while (rest > 0x7f) {
    rest >>>= 7;
    bytes += 1;
  }
  return bytes;
}

/** Of a value that is not negative. */
function writeVarint(buffer: Buffer, start: number, value: number): number {
  let at = start;
  let rest = (value << 1) >>> 0;
  while (rest > 0x7f) {
    buffer[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[at++] = rest;
  return at;
}

function readVarint(bytes: Buffer, cursor: { at: number }): number {
  let value = 0;
  let shift = 0;
  for (;;) {
    const byte = bytes[cursor.at++] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    shift += 7;
  }
}

/** Timestamps may be longer than 32 bits. */
function skipVarint(bytes: Buffer, cursor: { at: number }): void {
  while ((bytes[cursor.at++] ?? 0) >= 0x80);
}
