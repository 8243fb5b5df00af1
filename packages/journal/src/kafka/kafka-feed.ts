import type { JournalEvents } from '../journal.ts';
import type { FeedBatch, FeedLimits, FeedProgress, RecordFeed } from '../record-feed.ts';
import { openBrokerWire, type KafkaAccess } from './broker-wire.ts';
import { Fetching } from './fetching.ts';
import { GroupMember } from './group-member.ts';
import { readLag, type PartitionLag } from './lag.ts';
import { COMMIT_MS, LAG_MS } from './limits.ts';
import { PartitionBuffer } from './partition-buffer.ts';
import { Signal } from './signal.ts';
import type { KafkaWire } from './wire.ts';

export interface KafkaFeedOptions {
  readonly topic: string;
  /** Processes of one group share the partitions. */
  readonly group: string;
  readonly limits: FeedLimits;
  /** How far the store has come; asked whenever a partition becomes this process's. */
  readonly readProgress: (origin: string) => Promise<FeedProgress>;
  readonly events: KafkaFeedEvents;
}

export interface KafkaFeedEvents extends JournalEvents {
  /** Something cannot be done for now; it is tried again. */
  readonly failing: (reason: string) => void;
  /** Records can be read again. */
  readonly recovered: () => void;
  readonly lag: (report: LagReport) => void;
}

export interface LagReport {
  /** Of the whole topic. */
  readonly partitions: readonly PartitionLag[];
  /** Other processes of the group have stored something since the last report. */
  readonly othersStored: boolean;
}

export interface KafkaWires {
  /** Joining a group can take a minute: its connections carry nothing else. */
  readonly grouping: KafkaWire;
  readonly fetching: KafkaWire;
}

/** Reads a Kafka topic as a member of a consumer group; each partition is an origin. */
export function openKafkaFeed(access: KafkaAccess, options: Omit<KafkaFeedOptions, 'topic'>): RecordFeed {
  const wires = { grouping: openBrokerWire(access), fetching: openBrokerWire(access) };
  return new KafkaFeed(wires, { ...options, topic: access.topic });
}

/**
 * The store's progress says where a partition is read from, never the offsets committed to Kafka: those follow
 * the store, for people and tools to look at. Whatever is under way when partitions change hands is ended or dropped
 * before the group is joined again; the next owner, this process or another, begins from the store's progress.
 */
export class KafkaFeed implements RecordFeed {
  readonly #wires: KafkaWires;
  readonly #options: KafkaFeedOptions;
  readonly #news = new Signal();
  readonly #member: GroupMember;
  readonly #timers: readonly NodeJS.Timeout[];
  #buffers: readonly PartitionBuffer[] = [];
  #fetching: Fetching | null = null;
  #partitionCount = 0;
  #generation = 0;
  /** Handed out, and not known to be ended. */
  #handed: { readonly buffer: PartitionBuffer; readonly sequence: number } | null = null;
  readonly #handedEnded = new Signal();
  /** By partition: what the store keeps for good, and is not committed yet. */
  readonly #uncommitted = new Map<number, number>();
  #committedElsewhere = -1;
  #isLooking = false;
  #isStopped = false;

  constructor(wires: KafkaWires, options: KafkaFeedOptions) {
    this.#wires = wires;
    this.#options = options;
    const { topic, group } = options;
    this.#member = new GroupMember({
      wire: wires.grouping,
      topic,
      group,
      events: {
        assigned: (partitions, count) => this.#assigned(partitions, count),
        revoked: () => this.#revoked(),
        failing: options.events.failing,
      },
    });
    this.#timers = [setInterval(() => void this.#commit(), COMMIT_MS), setInterval(() => void this.#tellLag(), LAG_MS)];
  }

  async read(): Promise<FeedBatch | null> {
    this.#endHanded();
    for (;;) {
      // What waits is Kafka's to keep: the next owner reads it.
      if (this.#isStopped) return null;
      const nowMs = performance.now();
      const ripest = this.#ripest();
      const ripeMs = ripest?.ripeMs() ?? Infinity;
      if (ripest !== undefined && ripeMs <= nowMs) return this.#handOut(ripest, nowMs);
      await this.#news.wait(ripeMs - nowMs);
    }
  }

  durable(origin: string, sequence: number): void {
    const buffer = this.#buffers.find((candidate) => candidate.origin === origin);
    if (buffer !== undefined) this.#uncommitted.set(buffer.partition, sequence);
  }

  stop(): void {
    this.#isStopped = true;
    this.#news.fire();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    for (const timer of this.#timers) clearInterval(timer);
    this.#endHanded();
    await this.#member.close(() => this.#commit());
    await this.#wires.fetching[Symbol.asyncDispose]();
    await this.#wires.grouping[Symbol.asyncDispose]();
  }

  /** None while partitions change hands. */
  #ripest(): PartitionBuffer | undefined {
    if (this.#fetching === null) return undefined;
    return this.#buffers.toSorted((a, b) => a.ripeMs() - b.ripeMs())[0];
  }

  #handOut(buffer: PartitionBuffer, nowMs: number): FeedBatch {
    const records = buffer.take(nowMs);
    const generation = this.#generation;
    this.#handed = { buffer, sequence: records.at(-1)?.sequence ?? 0 };
    this.#fetching?.roomMade();
    return {
      origin: buffer.origin,
      records,
      generation,
      isOurs: () => generation === this.#generation && this.#member.isOwner,
    };
  }

  /** Who asks for the next batch has ended the one before. */
  #endHanded(): void {
    if (this.#handed === null) return;
    const { buffer, sequence } = this.#handed;
    buffer.writtenSequence = Math.max(buffer.writtenSequence, sequence);
    this.#handed = null;
    this.#handedEnded.fire();
  }

  #assigned(partitions: readonly number[], partitionCount: number): void {
    const { topic, limits, events, readProgress } = this.#options;
    this.#partitionCount = partitionCount;
    events.recovered();
    this.#buffers = partitions.map((partition) => new PartitionBuffer(topic, partition, limits));
    this.#fetching = new Fetching({
      wire: this.#wires.fetching,
      buffers: this.#buffers,
      bufferedBytesMax: limits.batchBytesMax,
      readProgress,
      arrived: () => this.#news.fire(),
      events,
    });
  }

  async #revoked(): Promise<void> {
    this.#generation += 1;
    this.#fetching?.stop();
    this.#fetching = null;
    const buffers = this.#buffers;
    while (this.#handed !== null) await this.#handedEnded.wait();
    if (buffers.length > 0) await this.#commitNow();
    this.#buffers = [];
    this.#uncommitted.clear();
  }

  async #commit(): Promise<void> {
    if (this.#member.isOwner) await this.#commitNow();
  }

  async #commitNow(): Promise<void> {
    const offsets = [...this.#uncommitted].map(([partition, offset]) => ({ partition, offset }));
    if (offsets.length === 0) return;
    this.#uncommitted.clear();
    try {
      await this.#member.commit(offsets);
    } catch {
      // Nothing depends on them, and the next commit says more.
    }
  }

  async #tellLag(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { group, events } = this.#options;
    const ours = new Map(this.#buffers.map((buffer) => [buffer.partition, buffer.writtenSequence]));
    try {
      const { partitions, committedElsewhere } = await readLag(this.#wires.fetching, group, ours);
      const othersStored = this.#committedElsewhere >= 0 && committedElsewhere !== this.#committedElsewhere;
      this.#committedElsewhere = committedElsewhere;
      events.lag({ partitions, othersStored });
      if (this.#member.isOwner && partitions.length > this.#partitionCount) this.#member.rejoin();
    } catch {
      // Reading fails as well then, and says why.
    } finally {
      this.#isLooking = false;
    }
  }
}
