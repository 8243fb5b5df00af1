import { createAPI, Writer, type API, type Reader } from '@platformatic/kafka';
import type { FetchAnswer, FetchWish, PartitionBytes, PartitionCode } from './wire.ts';

// The two requests that carry records. The client library's own encode a batch anew at each attempt and leave its
// checksum unread; these pass whole record batches through.

const PRODUCE_KEY = 0;
const PRODUCE_VERSION = 9;
const FETCH_KEY = 1;
const FETCH_VERSION = 13;
const ACKS_ALL = -1;

/**
 *   produce request = transactionalId:text acks:i16 timeoutMs:i32 [topic:text [partition:i32 batch]]
 *   answer          = [topic:text [partition:i32 code:i16 baseOffset:i64 appendedMs:i64 startOffset:i64
 *                     [index:i32 message:text] message:text]] throttledMs:i32
 *   [ ]               a compact array, each item and the whole followed by tagged fields
 */
export const produceApi: API<
  [topic: string, timeoutMs: number, batches: readonly PartitionBytes[]],
  readonly PartitionCode[]
> = createAPI(
  PRODUCE_KEY,
  PRODUCE_VERSION,
  (topic: string, timeoutMs: number, batches: readonly PartitionBytes[]) =>
    Writer.create()
      .appendString(null)
      .appendInt16(ACKS_ALL)
      .appendInt32(timeoutMs)
      .appendArray([topic], (writer, name) => {
        writer.appendString(name).appendArray([...batches], (inner, { partition, bytes }) => {
          inner
            .appendInt32(partition)
            .appendUnsignedVarInt(bytes.byteLength + 1)
            .append(bytes);
        });
      })
      .appendTaggedFields(),
  (_id, _key, _version, reader) => readProduced(reader),
);

function readProduced(reader: Reader): readonly PartitionCode[] {
  const topics = reader.readArray((topic) => {
    topic.readString();
    return topic.readArray((inner) => {
      const partition = inner.readInt32();
      const code = inner.readInt16();
      inner.readInt64();
      inner.readInt64();
      inner.readInt64();
      inner.readArray((fault) => {
        fault.readInt32();
        fault.readNullableString();
      });
      inner.readNullableString();
      return { partition, code };
    });
  });
  return topics.flat();
}

export interface FetchFrame {
  readonly topicId: string;
  readonly waitMs: number;
  readonly bytesMax: number;
  readonly wanted: readonly FetchWish[];
}

/**
 *   fetch request = replica:i32 waitMs:i32 bytesMin:i32 bytesMax:i32 isolation:i8 session:i32 sessionEpoch:i32
 *                   [topicId:uuid [partition:i32 leaderEpoch:i32 offset:i64 lastEpoch:i32 startOffset:i64 bytesMax:i32]]
 *                   [] rack:text
 *   answer        = throttledMs:i32 code:i16 session:i32 [topicId:uuid [partition:i32 code:i16 highWatermark:i64
 *                   lastStableOffset:i64 startOffset:i64 [producerId:i64 firstOffset:i64] replica:i32 batches]]
 */
export const fetchApi: API<[frame: FetchFrame], { readonly code: number; readonly answers: readonly FetchAnswer[] }> =
  createAPI(
    FETCH_KEY,
    FETCH_VERSION,
    ({ topicId, waitMs, bytesMax, wanted }: FetchFrame) =>
      Writer.create()
        .appendInt32(-1)
        .appendInt32(waitMs)
        .appendInt32(1)
        .appendInt32(bytesMax)
        .appendInt8(0)
        .appendInt32(0)
        .appendInt32(-1)
        .appendArray([topicId], (writer, id) => {
          writer.appendUUID(id).appendArray([...wanted], (inner, wish) => {
            inner
              .appendInt32(wish.partition)
              .appendInt32(-1)
              .appendInt64(BigInt(wish.offset))
              .appendInt32(-1)
              .appendInt64(-1n)
              .appendInt32(wish.bytesMax);
          });
        })
        .appendArray([], () => {})
        .appendString('')
        .appendTaggedFields(),
    (_id, _key, _version, reader) => readFetched(reader),
  );

function readFetched(reader: Reader): { code: number; answers: readonly FetchAnswer[] } {
  reader.readInt32();
  const code = reader.readInt16();
  reader.readInt32();
  const topics = reader.readArray((topic) => {
    topic.readUUID();
    return topic.readArray(readFetchedPartition);
  });
  return { code, answers: topics.flat() };
}

function readFetchedPartition(reader: Reader): FetchAnswer {
  const partition = reader.readInt32();
  const code = reader.readInt16();
  const endOffset = Number(reader.readInt64());
  reader.readInt64();
  const startOffset = Number(reader.readInt64());
  reader.readNullableArray((aborted) => {
    aborted.readInt64();
    aborted.readInt64();
  });
  reader.readInt32();
  const sizeBytes = Math.max(0, reader.readUnsignedVarInt() - 1);
  const bytes = reader.buffer.subarray(reader.position, reader.position + sizeBytes).buffer;
  reader.skip(sizeBytes);
  return { partition, code, endOffset, startOffset, bytes };
}
