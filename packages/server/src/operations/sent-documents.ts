import type { TraceId } from '@fluoroscope/model';
import { isFull, printStored, type PageSize, type PrintedSegment } from '@fluoroscope/query';
import type { StoredDocument } from '@fluoroscope/store';
import { LARGE_TRACE_FIRST_READ_COUNT, LARGE_TRACE_PAGE_CHARS_MAX, LARGE_TRACE_READ_COUNT_MAX } from '../limits.ts';
import type { StoreReader } from '../storage/storage.ts';
import { badNextToken } from './next-token.ts';

/** Behind so many documents of the trace, of which the last one had this id; empty for none. */
export interface SentPlace {
  readonly count: number;
  readonly id: string;
}

export interface SentPage {
  readonly segments: readonly PrintedSegment[];
  readonly chars: number;
  /** Null after the last document. */
  readonly next: SentPlace | null;
}

export type SentStore = Pick<StoreReader, 'readDocumentPage'>;

/** Documents as they were sent, in the order of their arrival; no more is read, at a time or in all, than about one page has. */
export async function readSentPage(
  store: SentStore,
  traceId: TraceId,
  after: SentPlace,
  { charsMax, countMax }: PageSize,
): Promise<SentPage> {
  const size = { charsMax: Math.min(charsMax, LARGE_TRACE_PAGE_CHARS_MAX), countMax };
  const segments: PrintedSegment[] = [];
  let chars = 0;
  let skip = after.count;
  if (skip > 0) await checkPlace(store, traceId, after);
  for (;;) {
    const limit = readCountOf({ count: segments.length, chars }, size);
    const stored = await store.readDocumentPage({ traceId, skip, limit });
    for (const document of stored) {
      if (segments.length > 0 && isFull({ count: segments.length, chars }, size)) {
        return { segments, chars, next: { count: after.count + segments.length, id: segments.at(-1)?.Id ?? '' } };
      }
      const segment = printStored(document);
      segments.push(segment);
      chars += segment.Document.length;
    }
    if (stored.length < limit) return { segments, chars, next: null };
    skip += stored.length;
  }
}

/** Retention takes the first documents, and then the others have moved: what would be left out is asked for anew. */
async function checkPlace(store: SentStore, traceId: TraceId, { count, id }: SentPlace): Promise<void> {
  const [last] = await store.readDocumentPage({ traceId, skip: count - 1, limit: 1 });
  if (last === undefined || idOf(last) !== id) throw badNextToken();
}

function idOf(document: StoredDocument): string {
  return printStored(document).Id;
}

/** One more than is likely to be needed: it tells whether there is another page. */
function readCountOf(read: { count: number; chars: number }, { charsMax, countMax }: PageSize): number {
  const wanted = read.count === 0 ? LARGE_TRACE_FIRST_READ_COUNT : ((charsMax - read.chars) * read.count) / read.chars;
  const missing = Math.min(wanted, countMax - read.count, LARGE_TRACE_READ_COUNT_MAX);
  return Math.max(Math.ceil(missing), 0) + 1;
}
