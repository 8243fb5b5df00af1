import { ApiError, type RetrievedTrace } from '@fluoroscope/api';
import type { TraceId } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import type { TraceRetrievals } from '../control/trace-retrievals.ts';
import type { Events } from '../events.ts';
import { RETRIEVED_SPANS_MAX, RETRIEVED_TRACES_MAX, TRACES_PAGE_CHARS_MAX } from '../limits.ts';
import type { PageTokens, TokenCursor, TokenScope } from '../page-token.ts';
import type { Handler } from './handler.ts';
import { badNextToken, readNextToken } from './next-token.ts';
import { readRetrievedIds } from './retrieved-ids.ts';
import { createTraceParts, type ReadTracePart, type TracePartsOptions } from './trace-parts.ts';
import { unlessSealed } from './unless-sealed.ts';

export interface ListRetrievedTracesOptions extends TracePartsOptions {
  readonly retrievals: Pick<TraceRetrievals, 'find'>;
  readonly tokens: PageTokens;
  readonly events: Pick<Events, 'troubleMet'>;
}

/**
 * X-Ray's shape has at most so many spans in a trace; a larger one goes on, under its own id, on the next page. One that is
 * encrypted and cannot be opened has none.
 */
export function createListRetrievedTraces(options: ListRetrievedTracesOptions): Handler<'list-retrieved-traces'> {
  const { retrievals, store, tokens, events } = options;
  const readTracePart = createTraceParts(options);
  return async ({ RetrievalToken, TraceFormat = 'XRAY', NextToken }) => {
    if (TraceFormat === 'OTEL')
      throw new ApiError('InvalidRequestException', 'TraceFormat: OTEL is not available; ask for XRAY');
    const retrieval = retrievals.find(RetrievalToken);
    const scope: TokenScope = ['list-retrieved-traces', RetrievalToken];
    const [fromTrace = '', ...inside] = readNextToken(tokens, scope, NextToken) ?? [];

    const ids = await readRetrievedIds(store, retrieval);
    const first = fromTrace === '' ? 0 : ids.findIndex((id) => id === fromTrace);
    if (first === -1) throw badNextToken();
    const page = await readPage({ readTracePart, events }, ids.slice(first), inside);
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

interface Reading {
  readonly readTracePart: ReadTracePart;
  readonly events: Pick<Events, 'troubleMet'>;
}

async function readPage(
  { readTracePart, events }: Reading,
  ids: readonly TraceId[],
  inside: TokenCursor,
): Promise<Page> {
  const traces: RetrievedTrace[] = [];
  let room = TRACES_PAGE_CHARS_MAX;
  for (const [at, id] of ids.entries()) {
    if (traces.length === RETRIEVED_TRACES_MAX || room <= 0) return { traces, next: [id] };
    const size = { charsMax: room, countMax: RETRIEVED_SPANS_MAX };
    const part = await unlessSealed(() => readTracePart(id, at === 0 ? inside : [], size), events);
    // Retention took it in between.
    if (part === null) continue;
    if (part instanceof StoreError) {
      traces.push({ Id: id, Spans: [] });
      continue;
    }
    traces.push({ Id: id, Duration: part.duration, Spans: part.segments });
    if (part.next !== null) return { traces, next: [id, ...part.next] };
    room -= part.chars;
  }
  return { traces, next: null };
}
