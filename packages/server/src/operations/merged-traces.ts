import type { MergedTrace, TraceId } from '@fluoroscope/model';
import type { StoredDocument } from '@fluoroscope/store';
import type { StoreReader } from '../storage/storage.ts';

/**
 * The traces that were put together last, as they were printed: a look at one of their documents merges nothing. A trace is as it was
 * when its last document still is the last one, at the same place: what comes stands behind it, and what retention takes stood before.
 */
export interface MergedTraces {
  /** Null for a trace that is not kept, or has changed since. */
  readonly find: (id: TraceId) => Promise<PrintedTrace | null>;
  /** `stored` are all documents of the trace, `trace` what they merge to. What is beyond the budget by itself is not kept. */
  readonly keep: (id: TraceId, stored: readonly StoredDocument[], trace: MergedTrace) => PrintedTrace;
  readonly byteCount: () => number;
}

export interface PrintedTrace {
  /** JSON; null when there is none at this place. */
  readonly documentAt: (place: number) => Uint8Array | null;
  readonly byteCount: number;
}

interface Kept {
  readonly printed: PrintedTrace;
  readonly count: number;
  readonly last: StoredDocument;
}

/** Of all traces together at most `bytesMax`; the one that was not asked for the longest goes first. */
export function createMergedTraces(store: Pick<StoreReader, 'readDocumentPage'>, bytesMax: number): MergedTraces {
  const traces = new Map<TraceId, Kept>();
  let byteCount = 0;

  function letGo(id: TraceId): void {
    byteCount -= traces.get(id)?.printed.byteCount ?? 0;
    traces.delete(id);
  }

  function hold(id: TraceId, kept: Kept): void {
    letGo(id);
    if (kept.printed.byteCount > bytesMax) return;
    traces.set(id, kept);
    byteCount += kept.printed.byteCount;
    for (const oldest of traces.keys()) {
      if (byteCount <= bytesMax) break;
      letGo(oldest);
    }
  }

  return {
    async find(id) {
      const kept = traces.get(id);
      if (kept === undefined) return null;
      const [last, ...more] = await store.readDocumentPage({ traceId: id, skip: kept.count - 1, limit: 2 });
      const isSame = more.length === 0 && last?.receivedUs === kept.last.receivedUs && last.text === kept.last.text;
      // Another look may have replaced it meanwhile.
      if (traces.get(id) === kept) {
        if (isSame) hold(id, kept);
        else letGo(id);
      }
      return isSame ? kept.printed : null;
    },
    keep(id, stored, trace) {
      const printed = printTrace(trace);
      const last = stored.at(-1);
      if (last !== undefined) hold(id, { printed, count: stored.length, last });
      return printed;
    },
    byteCount: () => byteCount,
  };
}

function printTrace({ segments }: MergedTrace): PrintedTrace {
  const texts = segments.map(({ document }) => JSON.stringify(document));
  const bytes = Buffer.from(texts.join(''));
  const ends = new Float64Array(texts.length);
  let end = 0;
  for (const [place, text] of texts.entries()) ends[place] = end += Buffer.byteLength(text);
  return {
    documentAt: (place) => (place < ends.length ? bytes.subarray(ends[place - 1] ?? 0, ends[place]) : null),
    byteCount: bytes.length + ends.byteLength,
  };
}
