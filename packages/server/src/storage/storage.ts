import type { PartitionLag } from '@fluoroscope/journal';
import type { TraceStore } from '@fluoroscope/store';
import type { VaultKeys } from '../encryption/vault.ts';

/** Reading the store from the main thread. */
export type StoreReader = Pick<
  TraceStore,
  | 'findTraceIds'
  | 'findTraces'
  | 'readDocumentPage'
  | 'readDocuments'
  | 'readGraph'
  | 'readGraphSeries'
  | 'readStats'
  | 'readTraceRows'
>;

/**
 * The thread that owns the store: it follows the journal, indexes and writes, and answers reads.
 * Opening it takes the data folder for this process.
 */
export interface Storage extends AsyncDisposable {
  readonly store: StoreReader;

  /** The file journal's numbers go on from here: below it they are taken. */
  readonly nextSequence: number;

  /** What the store has for good; the file journal may let go of it. */
  readonly durableSequence: number;

  /** Of the last change that reads can see. It only grows. */
  readonly revision: number;

  /** Documents that are durable in the journal and that reads cannot see yet, as far as is known. */
  readonly backlogCount: number;

  /** What waits in each partition of a Kafka topic; empty with the file journal. */
  readonly lags: readonly PartitionLag[];

  /** Keys of documents and records from now on; resolves once they are in use. Called before `follow`. */
  setKeys(keys: VaultKeys): Promise<void>;

  /** Starts following the journal's files; called once, after the journal is open. */
  follow(): void;

  /** The journal has made everything up to `sequence` durable. */
  committed(sequence: number): void;

  /** Calls back when reads see more than before. */
  onWritten(listener: (revision: number) => void): Disposable;

  /** Calls back when everything up to `sequence` survives a crash without the journal. */
  onDurable(listener: (sequence: number) => void): Disposable;

  /** Asks for what is written to be made durable soon. */
  flush(): void;

  /** Why the last batch could not be written, until one is. */
  readonly failing: string | null;
}
