import { setTimeout as sleep } from 'node:timers/promises';
import { JournalError, type JournalStats, type RecordSink } from '../journal.ts';
import { openBrokerWire, packingOf, type KafkaAccess, type KafkaCompression } from './broker-wire.ts';
import { OK, TOPIC_NOT_ALLOWED, UNKNOWN_TOPIC } from './codes.ts';
import { Lane, type Call, type Entry } from './lane.ts';
import {
  DELIVERY_MS_MAX,
  KAFKA_RECORD_BYTES_MAX,
  PENDING_BYTES_MAX,
  RETRY_MS_MAX,
  RETRY_MS_MIN,
  TOPIC_AGE_MS_MAX,
} from './limits.ts';
import { partitionOf } from './partition-of.ts';
import { batchedBytes, type BatchPacking } from './record-batch.ts';
import type { KafkaWire, PartitionPlace } from './wire.ts';

export interface KafkaJournalOptions {
  readonly wire: KafkaWire;
  readonly deliveryMsMax?: number;
  readonly pendingBytesMax?: number;
  /** Of batches; left out: none. */
  readonly packing?: BatchPacking | null;
  readonly nowMs?: () => number;
}

/**
 * Rejects with `refused` when the brokers do not know the topic or the credentials. Brokers that cannot be reached
 * are tried again for as long as the journal is open.
 */
export async function openKafkaJournal(
  access: KafkaAccess,
  {
    compression = 'none',
    ...limits
  }: Pick<KafkaJournalOptions, 'deliveryMsMax'> & { readonly compression?: KafkaCompression } = {},
): Promise<KafkaJournal> {
  const packing = packingOf(compression);
  const journal = new KafkaJournal({ wire: openBrokerWire(access), packing, ...limits });
  try {
    await journal.start();
    return journal;
  } catch (error) {
    await journal[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Appends to a Kafka topic. A record goes to the partition of its key; a call resolves when all replicas in sync have
 * all its records, with how many records were acknowledged so far. Each partition has one batch under way at a time,
 * which is sent again as it is until it is acknowledged or `DELIVERY_MS_MAX` is over: `failed`, and some of it may
 * have been written. Rejects with `full` while too much waits for the brokers.
 */
export class KafkaJournal implements RecordSink {
  readonly #wire: KafkaWire;
  readonly #deliveryMsMax: number;
  readonly #pendingBytesMax: number;
  readonly #packing: BatchPacking | null;
  readonly #nowMs: () => number;
  #lanes: readonly Lane[] = [];
  #replicaCount = 0;
  #describedMs = Number.NEGATIVE_INFINITY;
  /** Accepted while the topic's partitions were not known yet. */
  #unplaced: Entry[] = [];
  #pendingBytes = 0;
  /** Brokers with a request under way. */
  readonly #busy = new Set<number>();
  #isKicked = false;
  #retryMs = RETRY_MS_MIN;
  #isDescribing = false;
  #acknowledgedCount = 0;
  #requestCount = 0;
  #failing: string | null = null;
  #isClosed = false;
  #drained: () => void = () => {};

  constructor(options: KafkaJournalOptions) {
    this.#wire = options.wire;
    this.#deliveryMsMax = options.deliveryMsMax ?? DELIVERY_MS_MAX;
    this.#pendingBytesMax = options.pendingBytesMax ?? PENDING_BYTES_MAX;
    this.#packing = options.packing ?? null;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** Of the topic's least replicated partition; 0 while that is not known. */
  get replicaCount(): number {
    return this.#replicaCount;
  }

  async start(): Promise<void> {
    try {
      await this.#describe();
    } catch (error) {
      if (error instanceof JournalError && error.code === 'refused') throw error;
      this.#failing = messageOf(error);
    }
  }

  append(records: readonly Uint8Array[], keys: readonly string[] = []): Promise<number> {
    if (this.#isClosed) return Promise.reject(new JournalError('closed', 'the journal is closed'));
    if (records.length === 0) return Promise.resolve(this.#acknowledgedCount);
    const outgoing = records.map((value, at) => ({ key: Buffer.from(keys[at] ?? ''), value }));
    let bytes = 0;
    for (const record of outgoing) {
      const size = batchedBytes(record);
      if (size > KAFKA_RECORD_BYTES_MAX) {
        return Promise.reject(new JournalError('too-large', `a record exceeds ${KAFKA_RECORD_BYTES_MAX} bytes`));
      }
      bytes += size;
    }
    if (this.#pendingBytes + bytes > this.#pendingBytesMax) {
      return Promise.reject(new JournalError('full', `${this.#pendingBytes} bytes are waiting for the brokers`));
    }
    this.#pendingBytes += bytes;
    return new Promise((resolve, reject) => {
      const call: Call = { leftCount: records.length, untilMs: this.#nowMs() + this.#deliveryMsMax, resolve, reject };
      for (const record of outgoing) this.#place({ record, call });
      this.#kickSoon();
    });
  }

  stats(): JournalStats {
    return {
      kind: 'kafka',
      sizeBytes: this.#pendingBytes,
      sizeBytesMax: this.#pendingBytesMax,
      fileCount: 0,
      appendedRecords: this.#acknowledgedCount,
      syncCount: this.#requestCount,
      failing: this.#failing,
      damagedCount: 0,
      recoveredRecords: 0,
    };
  }

  /** What was accepted before is still sent, for as long as its callers would wait. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    while (this.#pendingBytes > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    await this.#wire[Symbol.asyncDispose]();
  }

  #place(entry: Entry): void {
    const { length } = this.#lanes;
    if (length === 0) this.#unplaced.push(entry);
    else this.#lanes[partitionOf(entry.record.key, length)]?.add(entry);
  }

  /** All that one turn of the event loop brings goes out together. */
  #kickSoon(): void {
    if (this.#isKicked) return;
    this.#isKicked = true;
    setImmediate(() => {
      this.#isKicked = false;
      this.#kick();
    });
  }

  #kick(): void {
    if (this.#pendingBytes === 0) return;
    if (!this.#isDescribing && this.#nowMs() - this.#describedMs > TOPIC_AGE_MS_MAX) void this.#describeAgain();
    const waiting = new Map<number, Lane[]>();
    for (const lane of this.#lanes) {
      if (!lane.hasWork || this.#busy.has(lane.leader)) continue;
      const lanes = waiting.get(lane.leader);
      if (lanes === undefined) waiting.set(lane.leader, [lane]);
      else lanes.push(lane);
    }
    for (const [leader, lanes] of waiting) void this.#send(leader, lanes);
  }

  /** One request to one broker, with what waits for the partitions that it leads. After a failure it is left alone. */
  async #send(leader: number, lanes: readonly Lane[]): Promise<void> {
    this.#busy.add(leader);
    for (const lane of lanes) lane.isSending = true;
    const reason = await this.#attempt(leader, lanes);
    for (const lane of lanes) lane.isSending = false;
    if (reason === null) this.#succeed();
    else {
      this.#fail(reason, lanes);
      this.#kickSoon();
      await this.#pause();
    }
    this.#busy.delete(leader);
    this.#kickSoon();
  }

  /** Why some of it was not acknowledged; null when all was. */
  async #attempt(leader: number, lanes: readonly Lane[]): Promise<string | null> {
    try {
      for (const lane of lanes) if (lane.needsIdentity) lane.identify(await this.#identity());
      const batches = lanes.map((lane) => ({ partition: lane.partition, bytes: lane.batch() }));
      this.#requestCount += 1;
      const answers = new Map((await this.#wire.produce(leader, batches)).map((one) => [one.partition, one.code]));
      let refusal: number | null = null;
      for (const lane of lanes) {
        const code = answers.get(lane.partition) ?? UNKNOWN_TOPIC;
        if (lane.take(code)) this.#settle(lane.acknowledged());
        else refusal = code;
      }
      return refusal === null ? null : `the brokers refuse: Kafka's error ${refusal}`;
    } catch (error) {
      return messageOf(error);
    }
  }

  async #identity() {
    const { code, ...identity } = await this.#wire.startProducer();
    if (code !== OK) throw new JournalError('failed', `no producer id was given: Kafka's error ${code}`);
    return identity;
  }

  #succeed(): void {
    this.#failing = null;
    this.#retryMs = RETRY_MS_MIN;
  }

  /** Whatever it was, the topic is looked at anew before the next attempt; who has waited too long is told. */
  #fail(reason: string, lanes: readonly Lane[]): void {
    this.#failing = reason;
    this.#describedMs = Number.NEGATIVE_INFINITY;
    const nowMs = this.#nowMs();
    for (const lane of lanes) this.#reject(lane.giveUp(nowMs));
    for (const lane of this.#lanes) this.#reject(lane.dropLate(nowMs));
    this.#reject(this.#unplaced.filter(({ call }) => call.untilMs <= nowMs));
    this.#unplaced = this.#unplaced.filter(({ call }) => call.untilMs > nowMs);
  }

  async #pause(): Promise<void> {
    const pauseMs = this.#retryMs;
    this.#retryMs = Math.min(2 * pauseMs, RETRY_MS_MAX);
    await sleep(pauseMs);
  }

  async #describeAgain(): Promise<void> {
    this.#isDescribing = true;
    try {
      await this.#describe();
    } catch (error) {
      this.#fail(messageOf(error), []);
      await this.#pause();
    }
    this.#isDescribing = false;
    this.#kickSoon();
  }

  async #describe(): Promise<void> {
    const { code, partitions } = await this.#wire.describeTopic();
    if (code === UNKNOWN_TOPIC) throw new JournalError('refused', 'the topic does not exist');
    if (code === TOPIC_NOT_ALLOWED) throw new JournalError('refused', 'these credentials may not use the topic');
    if (code !== OK || partitions.length === 0) {
      throw new JournalError('failed', `the topic has no partitions now: Kafka's error ${code}`);
    }
    this.#describedMs = this.#nowMs();
    this.#replicaCount = Math.min(...partitions.map(({ replicaCount }) => replicaCount));
    this.#arrange(partitions);
  }

  #arrange(partitions: readonly PartitionPlace[]): void {
    this.#lanes = partitions.map(({ leader }, partition) => {
      const lane = this.#lanes[partition] ?? new Lane(partition, this.#packing);
      lane.leader = leader;
      return lane;
    });
    for (const entry of this.#unplaced.splice(0)) this.#place(entry);
  }

  #settle(entries: readonly Entry[]): void {
    this.#acknowledgedCount += entries.length;
    for (const { call } of entries) {
      call.leftCount -= 1;
      if (call.leftCount === 0) call.resolve(this.#acknowledgedCount);
    }
    this.#forget(entries);
  }

  #reject(entries: readonly Entry[]): void {
    for (const { call } of entries) call.reject(new JournalError('failed', `not acknowledged: ${this.#failing ?? ''}`));
    this.#forget(entries);
  }

  #forget(entries: readonly Entry[]): void {
    for (const { record } of entries) this.#pendingBytes -= batchedBytes(record);
    if (this.#pendingBytes === 0) this.#drained();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
