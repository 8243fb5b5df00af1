import type { LagReport, PartitionLag } from '@fluoroscope/journal';
import type { FromWorker } from './messages.ts';
import type { WrittenBatch } from './write-batch.ts';

/** What the main thread knows of the storage thread's way through the journal. */
export interface Progress {
  readonly revision: number;
  readonly backlogCount: number;
  readonly failing: string | null;
  readonly lags: readonly PartitionLag[];
  committed(sequence: number): void;
  onWritten(listener: (revision: number) => void): Disposable;
  onDurable(listener: (sequence: number) => void): Disposable;
  take(message: FromWorker): void;
}

export function createProgress(journal: 'file' | 'kafka', durableSequence: number): Progress {
  const writtenListeners = new Set<(revision: number) => void>();
  const durableListeners = new Set<(sequence: number) => void>();
  // Many origins have no common sequence: changes are counted, on from where an earlier process must have been.
  let revision = journal === 'file' ? durableSequence : Date.now();
  let committedSequence = durableSequence;
  let failing: string | null = null;
  let lags: readonly PartitionLag[] = [];

  function change(to: number): void {
    revision = to;
    for (const listener of writtenListeners) listener(revision);
  }

  function written(batch: WrittenBatch): void {
    failing = null;
    change(journal === 'file' ? batch.sequence : revision + 1);
  }

  function lag({ partitions, othersStored }: LagReport): void {
    lags = partitions;
    if (othersStored) change(revision + 1);
  }

  return {
    get revision() {
      return revision;
    },
    get backlogCount() {
      if (journal === 'file') return Math.max(0, committedSequence - revision);
      return lags.reduce((sum, { lagCount }) => sum + lagCount, 0);
    },
    get failing() {
      return failing;
    },
    get lags() {
      return lags;
    },
    committed: (sequence) => void (committedSequence = Math.max(committedSequence, sequence)),
    onWritten: (listener) => listen(writtenListeners, listener),
    onDurable: (listener) => listen(durableListeners, listener),
    take(message) {
      if (message.kind === 'written') written(message.batch);
      else if (message.kind === 'lag') lag(message.report);
      else if (message.kind === 'failing') failing = message.message;
      else if (message.kind === 'recovered') failing = null;
      else if (message.kind === 'durable') for (const listener of durableListeners) listener(message.sequence);
    },
  };
}

function listen<Listener>(listeners: Set<Listener>, listener: Listener): Disposable {
  listeners.add(listener);
  return { [Symbol.dispose]: () => void listeners.delete(listener) };
}
