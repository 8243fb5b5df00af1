/** Where receivers leave what they have accepted, before they acknowledge it: files, or a Kafka topic. */
export interface RecordSink extends AsyncDisposable {
  /**
   * Resolves once every record is on stable storage (with durability `os`: written), with the sequence of
   * the last one. Records of one call get consecutive sequences; calls are answered in order. Calls made
   * within the same few milliseconds share one fsync. The journal owns the bytes from the call on.
   * Rejects with `full` when the records would not fit, and with `failed` when the disk refused: nothing of
   * the call is then acknowledged, and later calls are tried anew. After a failed fsync the file is left
   * behind for a new one, since what the kernel kept of it is unknown. A record beyond `RECORD_BYTES_MAX`
   * rejects with `too-large`; after disposal everything rejects with `closed`.
   * `keys`, one a record, say which records one process must read in order; where only one reads, they mean nothing.
   */
  append(records: readonly Uint8Array[], keys?: readonly string[]): Promise<number>;

  /** A snapshot for /metrics and health. */
  stats(): JournalStats;
}

/**
 * The durable hand-over between acknowledging and storing. One process appends; one reader (usually in
 * another thread) follows the same folder through `openJournalReader`.
 */
export interface Journal extends RecordSink {
  /** The highest durable sequence, here or (by the `nextSequence` given at open) let go before; 0 before the first. */
  readonly committedSequence: number;

  /**
   * Files that hold only records up to `sequence` are deleted. Rejects with `failed` when the disk refused;
   * the next call tries those files again.
   */
  release(sequence: number): Promise<void>;
}

export interface JournalStats {
  readonly kind: 'file' | 'kafka';
  /** Of all files not yet let go. */
  readonly sizeBytes: number;
  readonly sizeBytesMax: number;
  readonly fileCount: number;
  readonly appendedRecords: number;
  readonly syncCount: number;
  /** Why the last append failed, until one succeeds. */
  readonly failing: string | null;
  /** Damaged frames and torn tails met at open. */
  readonly damagedCount: number;
  /** Found at open from `nextSequence` on: what a reader behind it will give, or report as lost. */
  readonly recoveredRecords: number;
}

export interface JournalRecord {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface JournalReader extends AsyncDisposable {
  /**
   * The next records, in order, up to sequence `committed` (inclusive) and about `bytesMax` (at least one
   * record when there is one). Empty when it has caught up. A damaged frame is skipped and reported.
   * Records are views of large buffers that are never written to again. Sequences may leave gaps where an
   * append failed; records of such an append may turn up, whole. Rejects with `unreadable` when the disk
   * refused (the next call goes on at the same record) and with `unknown-version`.
   */
  read(committed: number, bytesMax: number): Promise<readonly JournalRecord[]>;
}

/** A place where bytes of a file were lost, and which records that can have cost. */
export interface DamagedDetail {
  /**
   * `header`: no record is lost. `frames`: records were. `tail`: at open, the end of the last file, cut; not
   * acknowledged unless a sound disk lies. `missing`: acknowledged records without any trace on disk.
   */
  readonly kind: 'header' | 'frames' | 'tail' | 'missing';
  readonly file: string;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  /** Every sequence between these was lost; null when nothing is known to follow. */
  readonly afterSequence: number;
  readonly beforeSequence: number | null;
}

export interface JournalEvents {
  damaged(detail: DamagedDetail): void;
}

export type Durability = 'fsync' | 'os';

export type JournalErrorCode =
  | 'full'
  | 'too-large'
  | 'failed'
  | 'closed'
  | 'unreadable'
  | 'unknown-version'
  /** By Kafka's brokers: credentials, or no such topic. */
  | 'refused';

export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(`[${code}] ${message}`, options);
    this.code = code;
  }
}
