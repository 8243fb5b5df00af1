import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalReader, JournalRecord } from './journal.ts';
import type { FeedBatch, FeedLimits, FeedProgress, RecordFeed } from './record-feed.ts';

export interface FileFeedOptions {
  /** Opened behind `progress.sequence`; the feed closes it. */
  readonly reader: JournalReader;
  readonly origin: string;
  readonly progress: FeedProgress;
  readonly limits: FeedLimits;
  /** The files up to `sequence` may go. */
  readonly durable: (sequence: number) => void;
}

export interface FileFeed extends RecordFeed {
  /** The journal has made everything up to `sequence` durable. */
  committed(sequence: number): void;
}

/** The journal's own files are one origin, and nobody else's. */
export function createFileFeed({ reader, origin, progress, limits, durable }: FileFeedOptions): FileFeed {
  let committedSequence = 0;
  let { unfinishedSequence } = progress;
  let stopped = false;
  let isGathering = false;
  let wake: () => void = () => {};

  async function next(): Promise<readonly JournalRecord[] | null> {
    for (;;) {
      if (isGathering && !stopped) await sleep(limits.gatherMs);
      const target = committedSequence;
      const records = await readUpTo(target);
      isGathering = isSmall(records, limits.batchBytesMax);
      if (records.length > 0) return records;
      if (stopped) return null;
      if (target === committedSequence) await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  async function readUpTo(target: number): Promise<readonly JournalRecord[]> {
    const end = unfinishedSequence;
    if (end === null) return reader.read(target, limits.batchBytesMax);
    if (end > target) return [];
    const records = await reader.read(end, Infinity);
    // Without one the cut batch's records are gone, and there is nothing to be finished.
    unfinishedSequence = null;
    return records.length > 0 ? records : reader.read(target, limits.batchBytesMax);
  }

  return {
    async read(): Promise<FeedBatch | null> {
      const records = await next();
      return records === null ? null : { origin, records, generation: 0, isOurs: () => true };
    },
    committed(sequence) {
      committedSequence = Math.max(committedSequence, sequence);
      wake();
    },
    durable: (_origin, sequence) => durable(sequence),
    stop() {
      stopped = true;
      wake();
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}

/** A large batch means a backlog: no time to lose. */
function isSmall(records: readonly JournalRecord[], batchBytesMax: number): boolean {
  let sizeBytes = 0;
  for (const { bytes } of records) sizeBytes += bytes.byteLength;
  return sizeBytes < batchBytesMax / 2;
}
