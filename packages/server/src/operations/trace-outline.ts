import { createOutlineEncoder } from '@fluoroscope/api/outline';
import { type MergedTrace, readAcceptedDocument, type TraceDocument, type TraceId } from '@fluoroscope/model';
import { documentsOf, mergeStored } from '@fluoroscope/query';
import type { StoredDocument } from '@fluoroscope/store';
import {
  MERGED_TRACE_DOCUMENTS_MAX,
  MERGED_TRACES_BYTES_MAX,
  OUTLINE_FIRST_READ_COUNT,
  OUTLINE_READ_COUNT,
  SMALL_TRACE_DOCUMENTS_MAX,
} from '../limits.ts';
import type { StoreReader } from '../storage/storage.ts';
import { createMergedTraces } from './merged-traces.ts';

export interface TraceOutlineOptions {
  readonly store: Pick<StoreReader, 'readDocumentPage' | 'readDocuments' | 'readTraceRows'>;
  /** Instead of the limits of these names. */
  readonly mergedDocumentsMax?: number;
  readonly mergedTracesBytesMax?: number;
}

export interface TraceOutlines {
  /**
   * The frames of a trace's outline (`@fluoroscope/api/outline`); null for a trace that is not stored. Put together as BatchGetTraces
   * does, one frame, which takes a while for thousands of documents: before it comes a frame of the first few as they were sent, to be
   * drawn meanwhile. Of a larger trace the documents as they were sent, a frame for each read, so that no more than one is in memory.
   */
  readonly read: (id: TraceId) => Promise<AsyncIterable<Uint8Array> | null>;
  /** The document at a place that the outline gave, as JSON; null when it is not there. */
  readonly readDocument: (id: TraceId, place: number) => Promise<Uint8Array | null>;
}

export function createTraceOutlines(options: TraceOutlineOptions): TraceOutlines {
  const { store, mergedDocumentsMax = MERGED_TRACE_DOCUMENTS_MAX } = options;
  const { mergedTracesBytesMax = MERGED_TRACES_BYTES_MAX } = options;
  const mergedTraces = createMergedTraces(store, mergedTracesBytesMax);

  function isMerged(count: number | null): count is number {
    return count !== null && count <= mergedDocumentsMax;
  }

  async function* readWithFirstLook(
    id: TraceId,
    first: readonly StoredDocument[],
    totalCount: number,
  ): AsyncGenerator<Uint8Array> {
    const placed = first.map(({ text }, place) => ({ document: readAcceptedDocument(text), place }));
    const figures = { readCount: first.length, totalCount, asSent: false, isLast: false };
    yield createOutlineEncoder().encode(placed, figures);
    const stored = await store.readDocuments([id]);
    const trace = mergeStored(stored);
    yield mergedFrame(trace, true);
    // For the looks that follow; the page can be drawn meanwhile.
    mergedTraces.keep(id, stored, trace);
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
      if (first.length <= SMALL_TRACE_DOCUMENTS_MAX) return only(mergedFrame(mergeStored(first), false));
      const count = await countDocuments(id);
      return isMerged(count) ? readWithFirstLook(id, first, count) : readSent(id);
    },
    async readDocument(id, place) {
      const kept = await mergedTraces.find(id);
      if (kept !== null) return kept.documentAt(place);
      const first = await store.readDocumentPage({ traceId: id, skip: 0, limit: SMALL_TRACE_DOCUMENTS_MAX + 1 });
      if (first.length <= SMALL_TRACE_DOCUMENTS_MAX) return print(mergeStored(first).segments[place]?.document);
      if (isMerged(await countDocuments(id))) {
        const stored = await store.readDocuments([id]);
        return mergedTraces.keep(id, stored, mergeStored(stored)).documentAt(place);
      }
      const [sent] = await store.readDocumentPage({ traceId: id, skip: place, limit: 1 });
      return print(sent === undefined ? sent : readAcceptedDocument(sent.text));
    },
  };
}

function print(document: TraceDocument | undefined): Uint8Array | null {
  return document === undefined ? null : Buffer.from(JSON.stringify(document));
}

function mergedFrame({ segments }: MergedTrace, startsAnew: boolean): Uint8Array {
  const placed = segments.map(({ document }, place) => ({ document, place }));
  const [readCount, totalCount] = [placed.length, placed.length];
  return createOutlineEncoder().encode(placed, { readCount, totalCount, asSent: false, isLast: true, startsAnew });
}

async function* only(frame: Uint8Array): AsyncGenerator<Uint8Array> {
  yield frame;
}
