import type { RetrievedSpan, RetrievedTrace, TraceFormat, WireSegment } from '@fluoroscope/api';
import type { TraceId } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import type { TraceRetrievals } from '../control/trace-retrievals.ts';
import type { Events } from '../events.ts';
import {
  RETRIEVED_SPANS_MAX,
  RETRIEVED_TRACES_MAX,
  SPAN_DOCUMENT_CHARS_MAX,
  TRACES_PAGE_CHARS_MAX,
} from '../limits.ts';
import type { PageTokens, TokenCursor, TokenScope } from '../page-token.ts';
import type { Handler } from './handler.ts';
import { badNextToken, readNextToken } from './next-token.ts';
import { toOtelSpans } from './otel-spans.ts';
import { readRetrievedRows } from './retrieved-rows.ts';
import { toSpans } from './span-pieces.ts';
import { createTraceParts, type ReadTracePart, type TracePartsOptions } from './trace-parts.ts';
import { unlessSealed } from './unless-sealed.ts';

export interface ListRetrievedTracesOptions extends TracePartsOptions {
  readonly retrievals: Pick<TraceRetrievals, 'find'>;
  readonly tokens: PageTokens;
  readonly events: Pick<Events, 'troubleMet'>;
}

/**
 * X-Ray's shape has at most so many spans in a trace; a larger one goes on, under its own id, on the next page. A span has
 * at most so many characters: of a larger segment, subsegments are spans of their own. A trace that is encrypted and cannot be
 * opened has none. The format OTEL has a span for each segment and subsegment that was sent, and none for inferred ones.
 */
export function createListRetrievedTraces(options: ListRetrievedTracesOptions): Handler<'list-retrieved-traces'> {
  const { retrievals, store, tokens, events } = options;
  const readTracePart = createTraceParts(options);
  return async ({ RetrievalToken, TraceFormat = 'XRAY', NextToken }) => {
    const retrieval = retrievals.find(RetrievalToken);
    const scope: TokenScope = ['list-retrieved-traces', RetrievalToken, TraceFormat];
    const [fromTrace = '', ...inside] = readNextToken(tokens, scope, NextToken) ?? [];
    const place = toSpanPlace(inside);

    const ids = (await readRetrievedRows(store, retrieval)).map(({ traceId }) => traceId);
    const first = fromTrace === '' ? 0 : ids.findIndex((id) => id === fromTrace);
    if (first === -1) throw badNextToken();
    const page = await readPage({ readTracePart, events, toSpans: SPANS_OF[TraceFormat] }, ids.slice(first), place);
    return {
      RetrievalStatus: retrieval.status,
      TraceFormat,
      Traces: page.traces,
      ...(page.next !== null && { NextToken: tokens.issue(scope, page.next) }),
    };
  };
}

interface Page {
  readonly traces: readonly RetrievedTrace[];
  /** Where the next one begins: a trace, and the place inside it. */
  readonly next: TokenCursor | null;
}

const SPANS_OF: Readonly<Record<TraceFormat, Reading['toSpans']>> = {
  XRAY: (segment) => toSpans(segment, SPAN_DOCUMENT_CHARS_MAX),
  OTEL: toOtelSpans,
};

interface Reading {
  readonly readTracePart: ReadTracePart;
  readonly toSpans: (segment: WireSegment) => readonly RetrievedSpan[];
  readonly events: Pick<Events, 'troubleMet'>;
}

async function readPage(reading: Reading, ids: readonly TraceId[], place: SpanPlace): Promise<Page> {
  const { readTracePart, events } = reading;
  const traces: RetrievedTrace[] = [];
  let room = TRACES_PAGE_CHARS_MAX;
  for (const [at, id] of ids.entries()) {
    if (traces.length === RETRIEVED_TRACES_MAX || room <= 0) return { traces, next: [id] };
    const size = { charsMax: room, countMax: RETRIEVED_SPANS_MAX };
    const { after, passedCount, passedId } = at === 0 ? place : FROM_THE_START;
    const part = await unlessSealed(() => readTracePart(id, after, size), events);
    // Retention took it in between.
    if (part === null) continue;
    if (part instanceof StoreError) {
      traces.push({ Id: id, Spans: [] });
      continue;
    }
    const spans = part.segments.flatMap(reading.toSpans);
    const from = findNext(spans, passedCount, passedId);
    const Spans = spans.slice(from, from + RETRIEVED_SPANS_MAX);
    traces.push({ Id: id, Duration: part.duration, Spans });
    const end = from + Spans.length;
    if (end < spans.length) return { traces, next: [id, end, Spans.at(-1)?.Id ?? '', ...after] };
    if (part.next !== null) return { traces, next: [id, 0, '', ...part.next] };
    room -= part.chars;
  }
  return { traces, next: null };
}

/** Behind `after`, which is a place between segments, and so many spans of the segments there: one segment may be many spans. */
interface SpanPlace {
  readonly after: TokenCursor;
  readonly passedCount: number;
  /** The last of them; empty for none. */
  readonly passedId: string;
}

const FROM_THE_START: SpanPlace = { after: [], passedCount: 0, passedId: '' };

/** cursor = [ count span-id *place ]   ; `place` as `ReadTracePart` takes it */
function toSpanPlace(cursor: TokenCursor): SpanPlace {
  if (cursor.length === 0) return FROM_THE_START;
  const [passedCount, passedId, ...after] = cursor;
  if (typeof passedCount !== 'number' || typeof passedId !== 'string') throw badNextToken();
  return { after, passedCount, passedId };
}

/** Segments that came in between have moved the span; of one that is gone, all are given again rather than some left out. */
function findNext(spans: readonly RetrievedSpan[], passedCount: number, passedId: string): number {
  if (passedCount === 0 || spans[passedCount - 1]?.Id === passedId) return passedCount;
  return spans.findIndex(({ Id }) => Id === passedId) + 1;
}
