import type { JournalRecord } from '@fluoroscope/journal';
import { readAcceptedDocument } from '@fluoroscope/model';
import type { IncomingDocument, Indexer } from '@fluoroscope/query';
import { StoreError, type TraceStore } from '@fluoroscope/store';
import { decodeRecord } from '../ingest/record.ts';

/** Of all batches that come from the file journal. */
export const JOURNAL_ORIGIN = 'journal';

export interface WrittenBatch {
  readonly origin: string;
  readonly sequence: number;
  readonly storedCount: number;
  readonly duplicateCount: number;
  /** Records that could not be read back or indexed: lost, and counted as such. */
  readonly lostCount: number;
}

export interface WriteBatchOptions {
  readonly store: Pick<TraceStore, 'write'>;
  readonly indexer: Indexer;
  /** What numbers the records. */
  readonly origin: string;
  /** A fault of ours was met; the records around it are written one by one. */
  readonly faultMet: (error: unknown) => void;
}

/**
 * Records → documents → what changes → the store. Rejects with the StoreError of a store that refuses; the same
 * records may then be given again. A fault of ours that one document lays open costs that document alone.
 */
export async function writeBatch(
  records: readonly JournalRecord[],
  { store, indexer, origin, faultMet }: WriteBatchOptions,
): Promise<WrittenBatch> {
  async function write(some: readonly JournalRecord[]): Promise<WrittenBatch> {
    const sequence = lastOf(some);
    const indexed = await indexer.index(readRecords(some));
    await store.write({
      origin,
      sequence,
      documents: indexed.documents,
      traces: indexed.traces,
      facts: indexed.facts,
    });
    const lostCount = some.length - indexed.documents.length - indexed.duplicateCount;
    return {
      origin,
      sequence,
      storedCount: indexed.documents.length,
      duplicateCount: indexed.duplicateCount,
      lostCount,
    };
  }

  async function writeOrGiveUp(record: JournalRecord): Promise<WrittenBatch> {
    try {
      return await write([record]);
    } catch (error) {
      refuseStoreError(error, indexer);
      return { origin, sequence: record.sequence, storedCount: 0, duplicateCount: 0, lostCount: 1 };
    }
  }

  try {
    return await write(records);
  } catch (error) {
    refuseStoreError(error, indexer);
    faultMet(error);
  }
  const parts: WrittenBatch[] = [];
  for (const record of records) parts.push(await writeOrGiveUp(record));
  return {
    origin,
    sequence: lastOf(records),
    storedCount: sum(parts, 'storedCount'),
    duplicateCount: sum(parts, 'duplicateCount'),
    lostCount: sum(parts, 'lostCount'),
  };
}

/** Whatever failed, what the indexer remembers may now be ahead of the store. */
function refuseStoreError(error: unknown, indexer: Indexer): void {
  indexer.forget();
  if (error instanceof StoreError) throw error;
}

/** One by one as they are asked for: parsed documents die young, which saves a quarter of the thread's CPU. */
function* readRecords(records: readonly JournalRecord[]): Generator<IncomingDocument> {
  for (const record of records) {
    const document = readRecord(record);
    if (document !== undefined) yield document;
  }
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

function lastOf(records: readonly JournalRecord[]): number {
  return records.at(-1)?.sequence ?? 0;
}

function sum(parts: readonly WrittenBatch[], count: 'storedCount' | 'duplicateCount' | 'lostCount'): number {
  return parts.reduce((total, part) => total + part[count], 0);
}
