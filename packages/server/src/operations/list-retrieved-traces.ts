import { ApiError, type RetrievedTrace } from '@fluoroscope/api';
import type { TraceId } from '@fluoroscope/model';
import { toTraces } from '@fluoroscope/query';
import type { TraceRetrievals } from '../control/trace-retrievals.ts';
import { RETRIEVED_SPANS_MAX, RETRIEVED_TRACES_MAX, TRACES_PAGE_CHARS_MAX } from '../limits.ts';
import type { PageTokens, TokenScope } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import type { Handler } from './handler.ts';
import { badNextToken, readNextToken } from './next-token.ts';
import { readRetrievedIds } from './retrieved-ids.ts';

export interface ListRetrievedTracesOptions {
  readonly retrievals: Pick<TraceRetrievals, 'find'>;
  readonly store: Pick<StoreReader, 'readDocuments' | 'readTraceRows'>;
  readonly tokens: PageTokens;
}

/** X-Ray's shape has at most so many spans in a trace; a larger one goes on, under its own id, on the next page. */
export function createListRetrievedTraces(options: ListRetrievedTracesOptions): Handler<'list-retrieved-traces'> {
  const { retrievals, store, tokens } = options;
  return async ({ RetrievalToken, TraceFormat = 'XRAY', NextToken }) => {
    if (TraceFormat === 'OTEL')
      throw new ApiError('InvalidRequestException', 'TraceFormat: OTEL is not available; ask for XRAY');
    const retrieval = retrievals.find(RetrievalToken);
    const scope: TokenScope = ['list-retrieved-traces', RetrievalToken];
    const [fromTrace = '', fromSpan = 0] = readNextToken(tokens, scope, NextToken) ?? [];
    if (typeof fromSpan !== 'number') throw badNextToken();

    const ids = await readRetrievedIds(store, retrieval);
    const first = fromTrace === '' ? 0 : ids.findIndex((id) => id === fromTrace);
    if (first === -1) throw badNextToken();
    const page = await readPage(store, ids.slice(first), fromSpan);
    return {
      RetrievalStatus: retrieval.status,
      TraceFormat,
      Traces: page.traces,
      ...(page.next !== null && { NextToken: tokens.issue(scope, [page.next.id, page.next.span]) }),
    };
  };
}

interface Page {
  readonly traces: readonly RetrievedTrace[];
  /** Where the next one begins. */
  readonly next: { readonly id: TraceId; readonly span: number } | null;
}

async function readPage(
  store: ListRetrievedTracesOptions['store'],
  ids: readonly TraceId[],
  fromSpan: number,
): Promise<Page> {
  const traces: RetrievedTrace[] = [];
  let chars = 0;
  for (const [at, id] of ids.entries()) {
    const from = at === 0 ? fromSpan : 0;
    if (traces.length === RETRIEVED_TRACES_MAX || chars >= TRACES_PAGE_CHARS_MAX)
      return { traces, next: { id, span: from } };
    const [trace] = toTraces(await store.readDocuments([id]));
    const spans = trace?.Segments ?? [];
    const shown = spans.slice(from, from + RETRIEVED_SPANS_MAX);
    for (const { Document = '' } of shown) chars += Document.length;
    traces.push({ Id: id, ...(trace?.Duration !== undefined && { Duration: trace.Duration }), Spans: shown });
    if (from + shown.length < spans.length) return { traces, next: { id, span: from + shown.length } };
  }
  return { traces, next: null };
}
