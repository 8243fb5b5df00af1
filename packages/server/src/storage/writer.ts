import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalReader, JournalRecord } from '@fluoroscope/journal';
import { readAcceptedDocument } from '@fluoroscope/model';
import { createIndexer, type IncomingDocument, type IndexedBatch } from '@fluoroscope/query';
import { StoreError, type TraceStore } from '@fluoroscope/store';
import { decodeRecord } from '../ingest/record.ts';
import type { KnownTraces } from './known-traces.ts';
import { BATCH_BYTES_MAX, BATCH_INTERVAL_MS, RETRY_MS_MAX, RETRY_MS_MIN } from './limits.ts';

export interface WriterOptions {
  readonly store: TraceStore;
  readonly reader: JournalReader;
  readonly known: KnownTraces;
  readonly cachedEntitiesMax: number;
  readonly events: WriterEvents;
}

export interface WriterEvents {
  readonly written: (batch: WrittenBatch) => void;
  /** The store refused; the same batch is tried again. */
  readonly failing: (message: string) => void;
}

export interface WrittenBatch {
  readonly sequence: number;
  readonly storedCount: number;
  readonly duplicateCount: number;
  /** Records that could not be read back or indexed: lost, and counted as such. */
  readonly lostCount: number;
}

export interface Writer extends AsyncDisposable {
  /** Everything up to `sequence` may be written. */
  committed(sequence: number): void;
}

/**
 * Follows the journal into the store: the only place that writes to it. Disposing drains what was
 * committed; should the store refuse then, the rest stays in the journal for the next start.
 */
export function startWriter({ store, reader, known, cachedEntitiesMax, events }: WriterOptions): Writer {
  let committedSequence = 0;
  let closing = false;
  let wake: () => void = () => {};
  const indexer = createIndexer({
    readDocuments: (ids) => store.readDocuments(ids),
    readTraceRows: (ids) => store.readTraceRows(ids),
    mayKnow: (id) => known.mayKnow(id),
    cachedEntitiesMax,
  });

  async function run(): Promise<void> {
    for (;;) {
      const startedMs = performance.now();
      const target = committedSequence;
      const records = await reader.read(target, BATCH_BYTES_MAX);
      if (records.length > 0) {
        if (!(await writeUntilTaken(records))) return;
      } else if (closing) {
        return;
      } else if (target === committedSequence) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
      // A pause lets the pieces of one trace meet in one batch; none while there is a backlog.
      const pauseMs = BATCH_INTERVAL_MS - (performance.now() - startedMs);
      if (!closing && pauseMs > 0 && isSmall(records)) await sleep(pauseMs);
    }
  }

  async function writeUntilTaken(records: readonly JournalRecord[]): Promise<boolean> {
    for (let retryMs = RETRY_MS_MIN; ; retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)) {
      try {
        events.written(await writeOrIsolate(records));
        return true;
      } catch (error) {
        events.failing(messageOf(error));
        // What it remembers may now be ahead of the store.
        indexer.forget();
        if (closing) return false;
        await sleep(retryMs);
      }
    }
  }

  /** A fault of ours that one document lays open must not hold up all that follow: it alone is given up. */
  async function writeOrIsolate(records: readonly JournalRecord[]): Promise<WrittenBatch> {
    try {
      return await write(records);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      indexer.forget();
      events.failing(messageOf(error));
      if (records.length === 1) return { sequence: lastOf(records), storedCount: 0, duplicateCount: 0, lostCount: 1 };
    }
    const parts: WrittenBatch[] = [];
    for (const record of records) parts.push(await writeOrIsolate([record]));
    return {
      sequence: lastOf(records),
      storedCount: sum(parts, 'storedCount'),
      duplicateCount: sum(parts, 'duplicateCount'),
      lostCount: sum(parts, 'lostCount'),
    };
  }

  async function write(records: readonly JournalRecord[]): Promise<WrittenBatch> {
    const sequence = lastOf(records);
    const documents = records.map(readRecord).filter((document) => document !== undefined);
    const indexed = await indexer.index(documents);
    await store.write({ sequence, ...pick(indexed) });
    for (const row of indexed.traces) known.add(row.traceId);
    return {
      sequence,
      storedCount: indexed.documents.length,
      duplicateCount: indexed.duplicateCount,
      lostCount: records.length - documents.length,
    };
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

function lastOf(records: readonly JournalRecord[]): number {
  return records.at(-1)?.sequence ?? 0;
}

function sum(parts: readonly WrittenBatch[], count: 'storedCount' | 'duplicateCount' | 'lostCount'): number {
  return parts.reduce((total, part) => total + part[count], 0);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The journal's checksums held, so what cannot be read was written by another version: lost, and counted. */
function readRecord({ bytes }: JournalRecord): IncomingDocument | undefined {
  const record = decodeRecord(bytes);
  if (!record.ok) return undefined;
  const { text, receivedUs } = record.value;
  try {
    return { document: readAcceptedDocument(text), text, receivedUs };
  } catch {
    return undefined;
  }
}

function pick({ documents, traces, facts }: IndexedBatch): Pick<IndexedBatch, 'documents' | 'traces' | 'facts'> {
  return { documents, traces, facts };
}

function isSmall(records: readonly JournalRecord[]): boolean {
  let sizeBytes = 0;
  for (const record of records) sizeBytes += record.bytes.byteLength;
  return sizeBytes < BATCH_BYTES_MAX / 2;
}
