import type { WireSegment } from '@fluoroscope/api';
import { secondsFromUs, type TraceId } from '@fluoroscope/model';
import {
  documentsOf,
  durationOf,
  mergeStored,
  printDocuments,
  printSegments,
  type PageSize,
  type SegmentPlace,
} from '@fluoroscope/query';
import type { StoredDocument, TraceRow } from '@fluoroscope/store';
import { LARGE_TRACE_DOCUMENTS_MAX, LARGE_TRACE_KEPT_MS, MERGED_TRACE_DOCUMENTS_MAX } from '../limits.ts';
import type { TokenCursor } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import { createKeptDocuments } from './kept-documents.ts';
import { badNextToken } from './next-token.ts';

/** The segments of one trace that go into one page. */
export interface TracePart {
  readonly segments: readonly WireSegment[];
  readonly chars: number;
  /** Seconds, of the whole trace. */
  readonly duration: number;
  /** The trace is too large to be put together: these are its documents as they were sent, or none. */
  readonly isLimitExceeded: boolean;
  /** Goes on from here; null after the last segment. */
  readonly next: TokenCursor | null;
}

/**
 * Reads a trace in parts; `after` is the cursor of the part before, or empty. Null for a trace that is not stored.
 *
 *   cursor = ""                                        ; from the start
 *          / "merged" ( 0 / 1 ) start-time segment-id  ; after this segment; 1: it is inferred
 *          / "sent" count                              ; after so many documents
 */
export type ReadTracePart = (id: TraceId, after: TokenCursor, size: PageSize) => Promise<TracePart | null>;

export interface TracePartsOptions {
  readonly store: Pick<StoreReader, 'readDocuments' | 'readTraceRows'>;
  /** Instead of the limits of this name. */
  readonly mergedDocumentsMax?: number;
  readonly largeDocumentsMax?: number;
}

export function createTraceParts(options: TracePartsOptions): ReadTracePart {
  const { store } = options;
  const { mergedDocumentsMax = MERGED_TRACE_DOCUMENTS_MAX, largeDocumentsMax = LARGE_TRACE_DOCUMENTS_MAX } = options;
  const inTurn = createTurns();
  const readKept = createKeptDocuments({ read: (id) => store.readDocuments([id]), keptMs: LARGE_TRACE_KEPT_MS });

  async function readMerged(id: TraceId, after: TokenCursor, size: PageSize): Promise<TracePart | null> {
    const place = toPlace(after);
    const stored = await store.readDocuments([id]);
    if (stored.length === 0) return null;
    const trace = mergeStored(stored);
    const { segments, chars, next } = printSegments(trace, place, size);
    return { segments, chars, duration: durationOf(trace), isLimitExceeded: false, next: fromPlace(next) };
  }

  async function readSent(row: TraceRow, after: TokenCursor, size: PageSize): Promise<TracePart> {
    const from = toCount(after);
    const stored = documentsOf(row) > largeDocumentsMax ? NO_DOCUMENTS : await readKept(row.traceId, from === 0);
    const { segments, chars, next } = printDocuments(stored, from, size);
    const duration = secondsFromUs(row.endUs - row.startUs);
    return { segments, chars, duration, isLimitExceeded: true, next: next === null ? null : ['sent', next] };
  }

  return async (id, after, size) => {
    const [row] = await store.readTraceRows([id]);
    if (row === undefined || documentsOf(row) <= mergedDocumentsMax) return readMerged(id, after, size);
    return inTurn(() => readSent(row, after, size));
  };
}

const NO_DOCUMENTS: readonly StoredDocument[] = [];

function toPlace(cursor: TokenCursor): SegmentPlace | null {
  if (cursor.length === 0) return null;
  const [kind, isInferred, startTime, id] = cursor;
  if (kind !== 'merged' || typeof startTime !== 'number' || typeof id !== 'string') throw badNextToken();
  return { isInferred: isInferred === 1, startTime, id };
}

function fromPlace(place: SegmentPlace | null): TokenCursor | null {
  return place === null ? null : ['merged', place.isInferred ? 1 : 0, place.startTime, place.id];
}

/** A trace that has become too large since its first page is not continued: its other pages were of another kind. */
function toCount(cursor: TokenCursor): number {
  if (cursor.length === 0) return 0;
  const [kind, count] = cursor;
  if (kind !== 'sent' || typeof count !== 'number') throw badNextToken();
  return count;
}

/** Large traces one after another: what they need in memory does not add up. */
function createTurns(): <Answer>(run: () => Promise<Answer>) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const turn = last.then(run, run);
    last = turn.catch(() => {});
    return turn;
  };
}
