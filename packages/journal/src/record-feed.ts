import type { JournalRecord } from './journal.ts';

/**
 * What the storage writer follows: a journal's records, numbered by where they come from. One caller, one call at a
 * time; `durable` and `stop` may come in between.
 */
export interface RecordFeed extends AsyncDisposable {
  /**
   * The next records of one origin, in order, once there are some; null after `stop`, when nothing is left that was
   * there before. Records gather for a moment, so that the pieces of a trace meet in one batch. Where a crash has
   * cut a batch (`FeedProgress.unfinishedSequence`), the origin's first one ends exactly there. Rejects with a
   * JournalError when the journal cannot be read; the next call goes on at the same record.
   */
  read(): Promise<FeedBatch | null>;

  /** The store keeps everything of this origin up to `sequence`, whatever happens: the journal may let it go. */
  durable(origin: string, sequence: number): void;

  /** What waits is still given out; what comes later need not be. */
  stop(): void;
}

export interface FeedBatch {
  readonly origin: string;
  /** At least one. */
  readonly records: readonly JournalRecord[];
  /**
   * When it differs from the batch before, others may have written to the store since: whatever is remembered of
   * it is to be forgotten.
   */
  readonly generation: number;
  /** False once the origin is another process's: the batch is then dropped. The other one writes its records. */
  readonly isOurs: () => boolean;
}

/** How far a store has come with an origin. */
export interface FeedProgress {
  /** Behind it the feed goes on. */
  readonly sequence: number;
  /** The next batch must end here; null when any will do. */
  readonly unfinishedSequence: number | null;
}

/** How large a batch may be, and how long small ones wait. */
export interface FeedLimits {
  /** About: a batch has at least one record. */
  readonly batchBytesMax: number;
  /** After a batch of less than half of that, records gather for so long before the next one. */
  readonly gatherMs: number;
}
