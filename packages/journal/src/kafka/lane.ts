import type { JournalError } from '../journal.ts';
import { batchCodec } from './broker-wire.ts';
import { DUPLICATE_SEQUENCE, MESSAGE_TOO_LARGE, OK, TOPIC_NOT_ALLOWED } from './codes.ts';
import { BATCH_BYTES_MAX } from './limits.ts';
import { batchedBytes, encodeRecordBatch, type BatchPacking, type OutgoingRecord } from './record-batch.ts';
import type { ProducerIdentity } from './wire.ts';

/** One call of `append`. */
export interface Call {
  leftCount: number;
  /** Beyond it the caller is told that it failed. */
  readonly untilMs: number;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: JournalError) => void;
}

export interface Entry {
  readonly record: OutgoingRecord;
  readonly call: Call;
}

/** Sent again, the same batch would be refused again. */
const HOPELESS: ReadonlySet<number> = new Set([MESSAGE_TOO_LARGE, TOPIC_NOT_ALLOWED]);

/** Refusals that leave the batch as it is: the same one may be sent again, to whoever leads then. */
const PASSING: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 9, 13, 19, 20, 56, 74, 75, 80, 100]);

/**
 * What waits for one partition, and the one batch under way. Brokers know a batch by its producer's identity and
 * sequence: the same batch sent again is kept once. So a batch under way is never changed; and after one that was
 * given up, whose fate is unknown, the lane goes on under a new identity.
 */
export class Lane {
  readonly partition: number;
  readonly #packing: BatchPacking | null;
  /** A broker's number; -1 while there is none. */
  leader = -1;
  /** An attempt is under way: there is never more than one. */
  isSending = false;
  #queue: Entry[] = [];
  #underWay: readonly Entry[] = [];
  #bytes: Buffer | null = null;
  #identity: ProducerIdentity | null = null;
  #nextSequence = 0;
  #isHopeless = false;

  constructor(partition: number, packing: BatchPacking | null) {
    this.partition = partition;
    this.#packing = packing;
  }

  get hasWork(): boolean {
    return !this.isSending && (this.#underWay.length > 0 || this.#queue.length > 0);
  }

  get needsIdentity(): boolean {
    return this.#identity === null;
  }

  add(entry: Entry): void {
    this.#queue.push(entry);
  }

  identify(identity: ProducerIdentity): void {
    this.#identity = identity;
    this.#nextSequence = 0;
  }

  /** The batch to send; the same as long as it is not acknowledged or given up. */
  batch(): Buffer {
    const identity = this.#identity;
    if (identity === null) throw new Error('a lane sends nothing without an identity');
    if (this.#underWay.length === 0) this.#underWay = this.#takeBatch();
    this.#bytes ??= encodeRecordBatch(
      this.#underWay.map(({ record }) => record),
      { ...identity, baseSequence: this.#nextSequence, timestampMs: Date.now() },
      batchCodec.crc32c,
      this.#packing,
    );
    return this.#bytes;
  }

  /** True: the batch under way is kept by the brokers. */
  take(code: number): boolean {
    if (code === OK || code === DUPLICATE_SEQUENCE) return true;
    if (HOPELESS.has(code)) this.#isHopeless = true;
    // The brokers have lost track of this identity: under a new one the batch may come twice, but it comes.
    else if (!PASSING.has(code)) this.#renew();
    return false;
  }

  acknowledged(): readonly Entry[] {
    const entries = this.#underWay;
    // Sequences are 31 bits, and begin anew at their end.
    this.#nextSequence = (this.#nextSequence + entries.length) % 2 ** 31;
    this.#underWay = [];
    this.#bytes = null;
    return entries;
  }

  /** After a failed attempt: the batch under way, when it has been tried for long enough. */
  giveUp(nowMs: number): readonly Entry[] {
    if (!this.#isHopeless && !this.#underWay.some(({ call }) => call.untilMs <= nowMs)) return [];
    this.#isHopeless = false;
    const entries = this.#underWay;
    this.#underWay = [];
    this.#renew();
    return entries;
  }

  /** What waits and whose callers have waited long enough. */
  dropLate(nowMs: number): readonly Entry[] {
    const late = this.#queue.filter(({ call }) => call.untilMs <= nowMs);
    if (late.length > 0) this.#queue = this.#queue.filter(({ call }) => call.untilMs > nowMs);
    return late;
  }

  #renew(): void {
    this.#identity = null;
    this.#bytes = null;
  }

  #takeBatch(): readonly Entry[] {
    let bytes = 0;
    let count = 0;
    for (const { record } of this.#queue) {
      bytes += batchedBytes(record);
      if (count > 0 && bytes > BATCH_BYTES_MAX) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }
}
