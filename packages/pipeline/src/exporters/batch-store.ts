/** A batch in a store, in its writer's form. */
export interface StoredBatch {
  /** Rises from batch to batch, with gaps. */
  readonly sequence: number;
  /** Documents in it: 65,535 at most. */
  readonly segments: number;
  /** Nobody writes to it. */
  readonly body: Buffer;
}

/** Batches in order, which outlive the process. */
export interface BatchStore extends AsyncDisposable {
  /** Resolves once it is kept, with false when there is no room. Rejects when the disk refuses, or no empty store would have room. */
  append(batch: Omit<StoredBatch, 'sequence'>): Promise<boolean>;
  /** The first behind this sequence, which stays; null when there is none yet. */
  after(sequence: number): Promise<StoredBatch | null>;
  /** All up to here need not be kept. */
  done(sequence: number): Promise<void>;
  /** Batches up to here were found when it was opened. */
  readonly recoveredSequence: number;
}
