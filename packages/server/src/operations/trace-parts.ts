import type { WireSegment } from '@fluoroscope/api';
import { secondsFromUs, type TraceId } from '@fluoroscope/model';
import {
  documentsOf,
  durationOf,
  mergeStored,
  printSegments,
  type PageSize,
  type SegmentPlace,
} from '@fluoroscope/query';
import type { StoredDocument, TraceRow } from '@fluoroscope/store';
import { MERGED_TRACE_DOCUMENTS_MAX, SMALL_TRACE_DOCUMENTS_MAX } from '../limits.ts';
import type { TokenCursor } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import { badNextToken } from './next-token.ts';
import { readSentPage, type SentPlace } from './sent-documents.ts';

/** The segments of one trace that go into one page. */
export interface TracePart {
  readonly segments: readonly WireSegment[];
  readonly chars: number;
  /** Seconds, of the whole trace. */
  readonly duration: number;
  /** The trace is too large to be put together: these are its documents as they were sent. */
  readonly isLimitExceeded: boolean;
  /** Goes on from here; null after the last segment. */
  readonly next: TokenCursor | null;
}

/**
 * Reads a trace in parts; `after` is the cursor of the part before, or empty. Null for a trace that is not stored.
 *
 *   cursor = ""                                        ; from the start
 *          / "merged" ( 0 / 1 ) start-time segment-id  ; after this segment; 1: it is inferred
 *          / "sent" count segment-id                   ; after so many documents, this one the last
 */
export type ReadTracePart = (id: TraceId, after: TokenCursor, size: PageSize) => Promise<TracePart | null>;

export interface TracePartsOptions {
  readonly store: Pick<StoreReader, 'readDocumentPage' | 'readDocuments' | 'readTraceRows'>;
  /** Instead of the limit of this name. */
  readonly mergedDocumentsMax?: number;
}

export function createTraceParts(options: TracePartsOptions): ReadTracePart {
  const { store, mergedDocumentsMax = MERGED_TRACE_DOCUMENTS_MAX } = options;
  const inTurn = createTurns();

  /** Null for a trace that is perhaps too large to be merged. What is in its row, which says so, costs more to read than this. */
  async function readSmall(id: TraceId): Promise<readonly StoredDocument[] | null> {
    const limit = SMALL_TRACE_DOCUMENTS_MAX + 1;
    const stored = await store.readDocumentPage({ traceId: id, skip: 0, limit });
    const chars = stored.reduce((sum, { text }) => sum + text.length, 0);
    return stored.length < limit && chars <= mergedDocumentsMax * ENTITY_CHARS_MIN ? stored : null;
  }

  function toMerged(stored: readonly StoredDocument[], after: TokenCursor, size: PageSize): TracePart | null {
    const place = toPlace(after);
    if (stored.length === 0) return null;
    const trace = mergeStored(stored);
    const { segments, chars, next } = printSegments(trace, place, size);
    return { segments, chars, duration: durationOf(trace), isLimitExceeded: false, next: fromPlace(next) };
  }

  async function readSent(row: TraceRow, after: TokenCursor, size: PageSize): Promise<TracePart> {
    const { segments, chars, next } = await readSentPage(store, row.traceId, toSentPlace(after), size);
    const duration = secondsFromUs(row.endUs - row.startUs);
    return {
      segments,
      chars,
      duration,
      isLimitExceeded: true,
      next: next === null ? null : ['sent', next.count, next.id],
    };
  }

  return async (id, after, size) => {
    const small = after[0] === 'sent' ? null : await readSmall(id);
    if (small !== null) return toMerged(small, after, size);
    const [row] = await store.readTraceRows([id]);
    if (row === undefined || documentsOf(row) <= mergedDocumentsMax) {
      return toMerged(await store.readDocuments([id]), after, size);
    }
    return inTurn(() => readSent(row, after, size));
  };
}

/** Fewer than any entity takes with its id, name and start: so few characters hold no more entities than that, and documents. */
const ENTITY_CHARS_MIN = 40;

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
function toSentPlace(cursor: TokenCursor): SentPlace {
  if (cursor.length === 0) return { count: 0, id: '' };
  const [kind, count, id] = cursor;
  if (kind !== 'sent' || typeof count !== 'number' || typeof id !== 'string') throw badNextToken();
  return { count, id };
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
