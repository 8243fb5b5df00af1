import type { JournalRecord } from '../journal.ts';
import type { FeedLimits, FeedProgress } from '../record-feed.ts';
import type { FetchedRecords } from './record-batch.ts';

/** What was fetched of one partition and is not handed out yet. */
export class PartitionBuffer {
  readonly partition: number;
  readonly origin: string;
  readonly #limits: FeedLimits;
  #records: JournalRecord[] = [];
  #bytes = 0;
  /** When the first of them came. */
  #sinceMs = 0;
  #nextOffset = 0;
  #isPositioned = false;
  #unfinishedSequence: number | null = null;
  #blocked: string | null = null;
  /** The store shows all up to here. */
  writtenSequence = 0;

  constructor(topic: string, partition: number, limits: FeedLimits) {
    this.partition = partition;
    this.origin = originOf(topic, partition);
    this.#limits = limits;
  }

  get nextOffset(): number {
    return this.#nextOffset;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Why it is not read any further. */
  get blocked(): string | null {
    return this.#blocked;
  }

  get wantsMore(): boolean {
    return this.#isPositioned && this.#blocked === null && (this.isBehindCut || !this.isFull);
  }

  get isFull(): boolean {
    return this.#bytes >= this.#limits.batchBytesMax;
  }

  /** A batch that a crash has cut is only whole once all its records are here, however many. */
  get isBehindCut(): boolean {
    return this.#unfinishedSequence !== null && this.#nextOffset < this.#unfinishedSequence;
  }

  /** Where the store has come with it: a sequence is the offset behind its record. */
  position({ sequence, unfinishedSequence }: FeedProgress): void {
    this.#nextOffset = sequence;
    this.#unfinishedSequence = unfinishedSequence;
    this.writtenSequence = sequence;
    this.#isPositioned = true;
  }

  /** Goes on at this offset: what lay between is gone. */
  skipTo(offset: number): void {
    this.#nextOffset = offset;
  }

  block(reason: string): void {
    this.#blocked = reason;
  }

  add({ records, nextOffset }: FetchedRecords, nowMs: number): void {
    if (this.#records.length === 0) this.#sinceMs = nowMs;
    for (const record of records) {
      this.#records.push(record);
      this.#bytes += record.bytes.byteLength;
    }
    this.#nextOffset = nextOffset;
  }

  /** When `take` has something to give; Infinity when nothing is there. */
  ripeMs(): number {
    if (this.#records.length === 0 || this.isBehindCut) return Infinity;
    return this.isFull || this.#unfinishedSequence !== null ? 0 : this.#sinceMs + this.#limits.gatherMs;
  }

  /** The next batch, not empty when it is ripe. */
  take(nowMs: number): readonly JournalRecord[] {
    const count = this.#unfinishedSequence === null ? this.#countToLimit() : this.#countTo(this.#unfinishedSequence);
    this.#unfinishedSequence = null;
    const taken = count === 0 ? this.#records.splice(0, this.#countToLimit()) : this.#records.splice(0, count);
    for (const { bytes } of taken) this.#bytes -= bytes.byteLength;
    this.#sinceMs = nowMs;
    return taken;
  }

  #countToLimit(): number {
    let bytes = 0;
    let count = 0;
    for (const record of this.#records) {
      if (bytes >= this.#limits.batchBytesMax) break;
      bytes += record.bytes.byteLength;
      count += 1;
    }
    return count;
  }

  #countTo(sequence: number): number {
    const behind = this.#records.findIndex((record) => record.sequence > sequence);
    return behind === -1 ? this.#records.length : behind;
  }
}

/** Each partition numbers its own records. */
export function originOf(topic: string, partition: number): string {
  return `kafka:${topic}/${partition}`;
}
