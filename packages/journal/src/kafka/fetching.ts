import { setTimeout as sleep } from 'node:timers/promises';
import { JournalError } from '../journal.ts';
import type { FeedProgress } from '../record-feed.ts';
import { batchCodec } from './broker-wire.ts';
import { OFFSET_OUT_OF_RANGE, OK } from './codes.ts';
import type { KafkaFeedEvents } from './kafka-feed.ts';
import { FETCH_PARTITION_BYTES_MAX, FETCH_SHORT_WAIT_MS, FETCH_WAIT_MS, RETRY_MS_MAX, RETRY_MS_MIN } from './limits.ts';
import type { PartitionBuffer } from './partition-buffer.ts';
import { readRecordBatches } from './record-batch.ts';
import { Signal } from './signal.ts';
import type { FetchAnswer, KafkaWire } from './wire.ts';

export interface FetchingOptions {
  readonly wire: Pick<KafkaWire, 'describeTopic' | 'fetch' | 'readOffsets'>;
  readonly buffers: readonly PartitionBuffer[];
  /** Of all together, about: beyond it only the fullest that is not full yet is filled up. */
  readonly bufferedBytesMax: number;
  readonly readProgress: (origin: string) => Promise<FeedProgress>;
  readonly arrived: () => void;
  readonly events: Pick<KafkaFeedEvents, 'damaged' | 'failing' | 'recovered'>;
}

/** Keeps the buffers of one assignment filled, each broker's by a loop of its own, until it is stopped. */
export class Fetching {
  readonly #options: FetchingOptions;
  readonly #room = new Signal();
  /** By partition. */
  #leaders: readonly number[] = [];
  readonly #followed = new Set<number>();
  #isStopped = false;
  #isFailing = false;

  constructor(options: FetchingOptions) {
    this.#options = options;
    void this.#start();
  }

  /** Something was taken out of a buffer. */
  roomMade(): void {
    this.#room.fire();
  }

  /** What is under way comes to nothing. */
  stop(): void {
    this.#isStopped = true;
    this.#room.fire();
  }

  async #start(): Promise<void> {
    await this.#persist(() => this.#locate());
    for (const buffer of this.#options.buffers) {
      await this.#persist(async () => {
        const progress = await this.#options.readProgress(buffer.origin);
        if (!this.#isStopped) buffer.position(progress);
      });
      this.#followLeaders();
      this.#room.fire();
    }
  }

  /** Again and again until it succeeds. */
  async #persist(step: () => Promise<void>): Promise<void> {
    for (let retryMs = RETRY_MS_MIN; !this.#isStopped; retryMs = Math.min(2 * retryMs, RETRY_MS_MAX)) {
      try {
        await step();
        return;
      } catch (error) {
        this.#fail(error);
        await sleep(retryMs);
      }
    }
  }

  async #locate(): Promise<void> {
    const { code, partitions } = await this.#options.wire.describeTopic();
    if (code !== OK) throw new JournalError('unreadable', `the topic cannot be read: Kafka's error ${code}`);
    this.#leaders = partitions.map(({ leader }) => leader);
  }

  #followLeaders(): void {
    for (const leader of this.#leaders) {
      if (leader < 0 || this.#followed.has(leader) || this.#ledBy(leader).length === 0) continue;
      this.#followed.add(leader);
      void this.#follow(leader);
    }
  }

  #ledBy(leader: number): readonly PartitionBuffer[] {
    return this.#options.buffers.filter(({ partition }) => this.#leaders[partition] === leader);
  }

  async #follow(leader: number): Promise<void> {
    let retryMs = RETRY_MS_MIN;
    while (!this.#isStopped) {
      const led = this.#ledBy(leader);
      if (led.length === 0) break;
      const wanting = led.filter((buffer) => buffer.wantsMore && this.#hasRoom(buffer));
      if (wanting.length === 0) {
        await this.#room.wait();
        continue;
      }
      try {
        await this.#fetch(leader, wanting, wanting.length === led.length ? FETCH_WAIT_MS : FETCH_SHORT_WAIT_MS);
        retryMs = RETRY_MS_MIN;
      } catch (error) {
        if (this.#isStopped) return;
        this.#fail(error);
        await sleep(retryMs);
        retryMs = Math.min(2 * retryMs, RETRY_MS_MAX);
        // Partitions move when a broker goes.
        await this.#locate().catch(() => undefined);
        this.#followLeaders();
      }
    }
    this.#followed.delete(leader);
  }

  #hasRoom(buffer: PartitionBuffer): boolean {
    const { buffers, bufferedBytesMax } = this.#options;
    if (buffer.isBehindCut) return true;
    let bufferedBytes = 0;
    for (const { bytes } of buffers) bufferedBytes += bytes;
    if (bufferedBytes < bufferedBytesMax) return true;
    return buffers.every((other) => other.isFull || other.bytes <= buffer.bytes);
  }

  async #fetch(leader: number, wanting: readonly PartitionBuffer[], waitMs: number): Promise<void> {
    const wishes = wanting.map(({ partition, nextOffset }) => ({
      partition,
      offset: nextOffset,
      bytesMax: FETCH_PARTITION_BYTES_MAX,
    }));
    const answers = await this.#options.wire.fetch(leader, wishes, waitMs);
    if (this.#isStopped) return;
    let refusal: number | null = null;
    for (const answer of answers) {
      const buffer = wanting.find(({ partition }) => partition === answer.partition);
      if (buffer === undefined) continue;
      if (answer.code === OK) this.#take(buffer, answer);
      else if (answer.code === OFFSET_OUT_OF_RANGE) await this.#findStart(leader, buffer);
      else refusal = answer.code;
    }
    if (refusal !== null)
      throw new JournalError('unreadable', `the broker refuses to be read: Kafka's error ${refusal}`);
    if (this.#isFailing) this.#options.events.recovered();
    this.#isFailing = false;
  }

  #take(buffer: PartitionBuffer, { bytes }: FetchAnswer): void {
    const found = readRecordBatches(bytes, buffer.nextOffset, batchCodec);
    for (const { fromOffset, nextOffset } of found.damaged) this.#lose(buffer, 'frames', fromOffset, nextOffset);
    buffer.add(found, performance.now());
    if (found.unknownCodec !== null) {
      const what = `${buffer.origin} has records packed with Kafka's codec ${found.unknownCodec}, unknown to this build`;
      this.#block(buffer, `${what}: set compression.type of the topic to producer, gzip, snappy or lz4`);
    }
    this.#options.arrived();
  }

  /** Kafka keeps records for its own time, not until they are stored. */
  async #findStart(leader: number, buffer: PartitionBuffer): Promise<void> {
    const { wire } = this.#options;
    const [oldest] = await wire.readOffsets(leader, [buffer.partition], 'oldest');
    if (oldest === undefined || this.#isStopped) return;
    if (oldest.offset > buffer.nextOffset) {
      // A store that knows nothing of the partition has lost nothing of it.
      if (buffer.nextOffset > 0) this.#lose(buffer, 'missing', buffer.nextOffset, oldest.offset);
      buffer.skipTo(oldest.offset);
    } else {
      const what = `the store has more of ${buffer.origin} than the topic ever had`;
      this.#block(buffer, `${what}: if it was made anew, give the new one another name`);
    }
  }

  #lose(buffer: PartitionBuffer, kind: 'frames' | 'missing', fromOffset: number, nextOffset: number): void {
    const place = { file: buffer.origin, offsetBytes: 0, lengthBytes: 0 };
    this.#options.events.damaged({ kind, ...place, afterSequence: fromOffset, beforeSequence: nextOffset + 1 });
  }

  #block(buffer: PartitionBuffer, reason: string): void {
    buffer.block(reason);
    this.#options.events.failing(reason);
  }

  #fail(error: unknown): void {
    this.#isFailing = true;
    this.#options.events.failing(error instanceof Error ? error.message : String(error));
  }
}
