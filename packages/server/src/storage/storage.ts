import type { TraceStore } from '@fluoroscope/store';

/** Reading the store from the main thread. */
export type StoreReader = Pick<
  TraceStore,
  'findTraces' | 'readDocuments' | 'readGraph' | 'readStats' | 'readTraceRows'
>;

/**
 * The thread that owns the store: it follows the journal, indexes and writes, and answers reads.
 * Opening it takes the data folder for this process.
 */
export interface Storage extends AsyncDisposable {
  readonly store: StoreReader;

  /** What the store has already; the journal goes on from here. */
  readonly writtenSequence: number;

  /** Starts following the journal's files; called once, after the journal is open. */
  follow(): void;

  /** The journal has made everything up to `sequence` durable. */
  committed(sequence: number): void;

  /** Calls back after each written batch, with the sequence now visible to every read. */
  onWritten(listener: (sequence: number) => void): Disposable;

  /** Resolves when everything up to `sequence` is visible, or rejects when the thread has died. */
  written(sequence: number): Promise<void>;

  /** Why the last batch could not be written, until one is. */
  readonly failing: string | null;
}
