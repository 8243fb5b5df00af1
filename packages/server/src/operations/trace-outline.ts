import { createOutlineEncoder } from '@fluoroscope/api/outline';
import { readAcceptedDocument, type TraceDocument, type TraceId } from '@fluoroscope/model';
import { documentsOf, mergeStored } from '@fluoroscope/query';
import type { StoredDocument } from '@fluoroscope/store';
import {
  MERGED_TRACE_DOCUMENTS_MAX,
  OUTLINE_FIRST_READ_COUNT,
  OUTLINE_READ_COUNT,
  SMALL_TRACE_DOCUMENTS_MAX,
} from '../limits.ts';
import type { StoreReader } from '../storage/storage.ts';

export interface TraceOutlineOptions {
  readonly store: Pick<StoreReader, 'readDocumentPage' | 'readDocuments' | 'readTraceRows'>;
  /** Instead of the limit of this name. */
  readonly mergedDocumentsMax?: number;
}

export interface TraceOutlines {
  /**
   * The frames of a trace's outline (`@fluoroscope/api/outline`); null for a trace that is not stored. Put together as BatchGetTraces
   * does, one frame, which takes a while for thousands of documents: before it comes a frame of the first few as they were sent, to be
   * drawn meanwhile. Of a larger trace the documents as they were sent, a frame for each read, so that no more than one is in memory.
   */
  readonly read: (id: TraceId) => Promise<AsyncIterable<Uint8Array> | null>;
  /** The document at a place that the outline gave; null when it is not there. */
  readonly readDocument: (id: TraceId, place: number) => Promise<TraceDocument | null>;
}

export function createTraceOutlines(options: TraceOutlineOptions): TraceOutlines {
  const { store, mergedDocumentsMax = MERGED_TRACE_DOCUMENTS_MAX } = options;

  /** Null for a trace that is too large to be put together. */
  async function readMerged(id: TraceId): Promise<readonly StoredDocument[] | null> {
    const limit = SMALL_TRACE_DOCUMENTS_MAX + 1;
    const first = await store.readDocumentPage({ traceId: id, skip: 0, limit });
    if (first.length < limit) return first;
    const count = await countDocuments(id);
    return count !== null && count <= mergedDocumentsMax ? store.readDocuments([id]) : null;
  }

  async function* readWithFirstLook(
    id: TraceId,
    first: readonly StoredDocument[],
    totalCount: number,
  ): AsyncGenerator<Uint8Array> {
    const placed = first.map(({ text }, place) => ({ document: readAcceptedDocument(text), place }));
    const figures = { readCount: first.length, totalCount, asSent: false, isLast: false };
    yield createOutlineEncoder().encode(placed, figures);
    yield mergedFrame(await store.readDocuments([id]), true);
  }

  async function countDocuments(id: TraceId): Promise<number | null> {
    const [row] = await store.readTraceRows([id]);
    return row === undefined ? null : documentsOf(row);
  }

  async function* readSent(id: TraceId): AsyncGenerator<Uint8Array> {
    const encoder = createOutlineEncoder();
    const totalCount = (await countDocuments(id)) ?? 0;
    for (let readCount = 0, isLast = false; !isLast;) {
      const limit = readCount === 0 ? OUTLINE_FIRST_READ_COUNT : OUTLINE_READ_COUNT;
      const stored = await store.readDocumentPage({ traceId: id, skip: readCount, limit });
      const from = readCount;
      const placed = stored.map(({ text }, at) => ({ document: readAcceptedDocument(text), place: from + at }));
      readCount += stored.length;
      isLast = stored.length < limit;
      yield encoder.encode(placed, { readCount, totalCount: Math.max(totalCount, readCount), asSent: true, isLast });
    }
  }

  return {
    async read(id) {
      const first = await store.readDocumentPage({ traceId: id, skip: 0, limit: SMALL_TRACE_DOCUMENTS_MAX + 1 });
      if (first.length === 0) return null;
      if (first.length <= SMALL_TRACE_DOCUMENTS_MAX) return only(mergedFrame(first, false));
      const count = await countDocuments(id);
      const isMerged = count !== null && count <= mergedDocumentsMax;
      return isMerged ? readWithFirstLook(id, first, count) : readSent(id);
    },
    async readDocument(id, place) {
      const stored = await readMerged(id);
      if (stored !== null) return mergeStored(stored).segments[place]?.document ?? null;
      const [document] = await store.readDocumentPage({ traceId: id, skip: place, limit: 1 });
      return document === undefined ? null : readAcceptedDocument(document.text);
    },
  };
}

function mergedFrame(stored: readonly StoredDocument[], startsAnew: boolean): Uint8Array {
  const placed = mergeStored(stored).segments.map(({ document }, place) => ({ document, place }));
  const [readCount, totalCount] = [placed.length, placed.length];
  return createOutlineEncoder().encode(placed, { readCount, totalCount, asSent: false, isLast: true, startsAnew });
}

async function* only(frame: Uint8Array): AsyncGenerator<Uint8Array> {
  yield frame;
}
