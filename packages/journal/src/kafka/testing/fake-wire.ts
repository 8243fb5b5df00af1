import { JournalError } from '../../journal.ts';
import { encodeAssignment } from '../group-bytes.ts';
import { OFFSET_OUT_OF_RANGE, OK, REBALANCE_IN_PROGRESS, UNKNOWN_TOPIC } from '../codes.ts';
import { batchCodec } from '../broker-wire.ts';
import { encodeRecordBatch, readRecordBatches } from '../record-batch.ts';
import type {
  FetchAnswer,
  FetchWish,
  JoinAnswer,
  JoinRequest,
  KafkaWire,
  OffsetKind,
  PartitionBytes,
  PartitionCode,
  PartitionOffset,
  TopicAnswer,
} from '../wire.ts';

const TOPIC = 'traces';
const FETCH_PAUSE_MS = 5;

interface FakePartition {
  readonly startOffset: number;
  readonly values: string[];
}

const NO_PARTITION: FakePartition = { startOffset: 0, values: [] };

/** Tests only: one broker with one topic and one member of its group, in memory. */
export class FakeWire implements KafkaWire {
  /** By partition: the values, from offset `startOffset` on. */
  readonly partitions: FakePartition[];
  /** Each produce request as it came. */
  readonly produced: { readonly partition: number; readonly bytes: Buffer }[][] = [];
  readonly committed: Map<number, number> = new Map();
  readonly calls: string[] = [];
  /** Taken one by one, before anything else is answered: a code refuses a produce request, null is silence. */
  readonly answers: (number | null)[] = [];
  isAway: boolean = false;
  isRebalancing: boolean = false;
  isTopicKnown: boolean = true;
  #producers = 0;

  constructor(partitionCount: number) {
    this.partitions = Array.from({ length: partitionCount }, () => ({ startOffset: 0, values: [] }));
  }

  async describeTopic(): Promise<TopicAnswer> {
    this.#reach('describeTopic');
    const partitions = this.partitions.map(() => ({ leader: 1, replicaCount: 3 }));
    return this.isTopicKnown ? { code: OK, partitions } : { code: UNKNOWN_TOPIC, partitions: [] };
  }

  async startProducer(): ReturnType<KafkaWire['startProducer']> {
    this.#reach('startProducer');
    this.#producers += 1;
    return { code: OK, producerId: this.#producers, producerEpoch: 0 };
  }

  async produce(_leader: number, batches: readonly PartitionBytes[]): Promise<readonly PartitionCode[]> {
    this.#reach('produce');
    this.produced.push([...batches]);
    const [code] = this.answers.splice(0, 1);
    if (code === null) throw new JournalError('failed', 'no answer');
    if (code !== undefined) return batches.map(({ partition }) => ({ partition, code }));
    for (const { partition, bytes } of batches) {
      const { records } = readRecordBatches(bytes, 0, batchCodec);
      this.partitions[partition]?.values.push(...records.map((record) => Buffer.from(record.bytes).toString()));
    }
    return batches.map(({ partition }) => ({ partition, code: OK }));
  }

  async fetch(_leader: number, wanted: readonly FetchWish[]): Promise<readonly FetchAnswer[]> {
    await new Promise((resolve) => setTimeout(resolve, FETCH_PAUSE_MS));
    this.#reach('fetch');
    return wanted.map(({ partition, offset }) => {
      const { startOffset, values } = this.partitions[partition] ?? NO_PARTITION;
      const endOffset = startOffset + values.length;
      const isKept = offset >= startOffset && offset <= endOffset;
      const bytes = isKept ? encodeAt(values.slice(offset - startOffset), offset) : Buffer.alloc(0);
      return { partition, code: isKept ? OK : OFFSET_OUT_OF_RANGE, startOffset, endOffset, bytes };
    });
  }

  async readOffsets(
    _leader: number,
    partitions: readonly number[],
    which: OffsetKind,
  ): Promise<readonly PartitionOffset[]> {
    this.#reach('readOffsets');
    return partitions.map((partition) => {
      const { startOffset, values } = this.partitions[partition] ?? NO_PARTITION;
      return { partition, offset: which === 'oldest' ? startOffset : startOffset + values.length };
    });
  }

  async join({ memberId }: JoinRequest): Promise<JoinAnswer> {
    this.#reach('join');
    this.isRebalancing = false;
    return { code: OK, memberId: memberId || 'me', generation: 1, isLeader: true, memberIds: ['me'] };
  }

  async sync(): ReturnType<KafkaWire['sync']> {
    this.#reach('sync');
    return { code: OK, assignment: encodeAssignment(TOPIC, [...this.partitions.keys()]) };
  }

  async heartbeat(): Promise<number> {
    this.#reach('heartbeat');
    return this.isRebalancing ? REBALANCE_IN_PROGRESS : OK;
  }

  async leave(): Promise<number> {
    this.#reach('leave');
    return OK;
  }

  async commit(_member: unknown, offsets: readonly PartitionOffset[]): Promise<readonly PartitionCode[]> {
    this.#reach('commit');
    for (const { partition, offset } of offsets) this.committed.set(partition, offset);
    return offsets.map(({ partition }) => ({ partition, code: OK }));
  }

  async readCommitted(_group: string, partitions: readonly number[]): Promise<readonly PartitionOffset[]> {
    this.#reach('readCommitted');
    return partitions.map((partition) => ({ partition, offset: this.committed.get(partition) ?? -1 }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.calls.push('close');
  }

  #reach(call: string): void {
    this.calls.push(call);
    if (this.isAway) throw new JournalError('failed', 'nobody answers');
  }
}

function encodeAt(values: readonly string[], offset: number): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  const records = values.map((value) => ({ key: Buffer.alloc(0), value: Buffer.from(value) }));
  const stamp = { producerId: -1, producerEpoch: -1, baseSequence: -1, timestampMs: 1 };
  const batch = encodeRecordBatch(records, stamp, batchCodec.crc32c);
  batch.writeBigInt64BE(BigInt(offset), 0);
  return batch;
}
