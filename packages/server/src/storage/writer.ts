import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalReader, JournalRecord } from '@fluoroscope/journal';
import { createIndexer } from '@fluoroscope/query';
import type { TraceStore } from '@fluoroscope/store';
import { BATCH_BYTES_MAX, BATCH_INTERVAL_MS, RETRY_MS_MAX, RETRY_MS_MIN } from './limits.ts';
import { writeBatch, type WrittenBatch } from './write-batch.ts';

export interface WriterOptions {
  readonly store: TraceStore;
  readonly reader: JournalReader;
  readonly cachedEntitiesMax: number;
  readonly events: WriterEvents;
}

export interface WriterEvents {
  readonly written: (batch: WrittenBatch) => void;
  /** The journal could not be read or the store refused; the same is tried again. */
  readonly failing: (message: string) => void;
}

export interface Writer extends AsyncDisposable {
  /** Everything up to `sequence` may be written. */
  committed(sequence: number): void;
}

/**
 * Follows the journal into the store: the only place that writes to it. Disposing drains what was
 * committed; should the store refuse then, the rest stays in the journal for the next start.
 */
export function startWriter({ store, reader, cachedEntitiesMax, events }: WriterOptions): Writer {
  let committedSequence = 0;
  let closing = false;
  let wake: () => void = () => {};
  const indexer = createIndexer({
    readDocuments: (ids) => store.readDocuments(ids),
    readTraceRows: (ids) => store.readTraceRows(ids),
    mayKnow: (id) => store.mayKnow(id),
    cachedEntitiesMax,
  });
  const faultMet = (error: unknown): void => events.failing(messageOf(error));

  async function run(): Promise<void> {
    for (;;) {
      const target = committedSequence;
      const records = await untilDone(() => reader.read(target, BATCH_BYTES_MAX));
      if (records === null) return;
      if (records.length === 0) {
        if (closing) return;
        if (target === committedSequence) await new Promise<void>((resolve) => (wake = resolve));
      } else {
        const batch = await untilDone(() => writeBatch(records, { store, indexer, faultMet }));
        if (batch === null) return;
        events.written(batch);
      }
      // The pieces of a trace come within moments of each other: a pause lets them meet in one batch.
      if (!closing && isSmall(records)) await sleep(BATCH_INTERVAL_MS);
    }
  }

  /** Again and again until it succeeds; null when it fails while closing. */
  async function untilDone<T>(step: () => Promise<T>): Promise<T | null> {
    for (let retryMs = RETRY_MS_MIN; ; retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)) {
      try {
        return await step();
      } catch (error) {
        events.failing(messageOf(error));
        if (closing) return null;
        await sleep(retryMs);
      }
    }
  }

  const running = run();
  return {
    committed(sequence) {
      committedSequence = Math.max(committedSequence, sequence);
      wake();
    },
    async [Symbol.asyncDispose]() {
      closing = true;
      wake();
      await running;
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A large batch means a backlog: no time to lose. */
function isSmall(records: readonly JournalRecord[]): boolean {
  let sizeBytes = 0;
  for (const record of records) sizeBytes += record.bytes.byteLength;
  return sizeBytes < BATCH_BYTES_MAX / 2;
}
