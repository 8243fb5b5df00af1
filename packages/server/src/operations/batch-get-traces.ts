import type { Trace } from '@fluoroscope/api';
import { parseTraceId, type TraceId } from '@fluoroscope/model';
import { toTraces } from '@fluoroscope/query';
import { TRACES_PAGE_CHARS_MAX } from '../limits.ts';
import type { PageTokens, TokenScope } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import type { Handler } from './handler.ts';
import { badNextToken, readNextToken } from './next-token.ts';

export interface BatchGetTracesOptions {
  readonly store: Pick<StoreReader, 'readDocuments'>;
  readonly tokens: PageTokens;
  readonly pageCharsMax?: number;
}

/**
 * A trace is never cut: a page ends after the trace that filled it. An id that is none is answered like one
 * that is not known, so that one bad id in a list costs nothing else.
 */
export function createBatchGetTraces(options: BatchGetTracesOptions): Handler<'batch-get-traces'> {
  const { store, tokens, pageCharsMax = TRACES_PAGE_CHARS_MAX } = options;
  return async ({ TraceIds, NextToken }) => {
    const ids = [...new Set(TraceIds)];
    const scope: TokenScope = ['batch-get-traces', ids];
    const [from = 0] = readNextToken(tokens, scope, NextToken) ?? [];
    if (typeof from !== 'number') throw badNextToken();

    const traces: Trace[] = [];
    const unknown: string[] = [];
    let chars = 0;
    let at = from;
    for (; at < ids.length && (chars < pageCharsMax || at === from); at += 1) {
      const asked = ids[at] ?? '';
      const trace = await readTrace(store, asked);
      if (trace === undefined) unknown.push(asked);
      else traces.push(trace);
      for (const segment of trace?.Segments ?? []) chars += segment.Document?.length ?? 0;
    }
    return {
      Traces: traces,
      UnprocessedTraceIds: unknown,
      ...(at < ids.length && { NextToken: tokens.issue(scope, [at]) }),
    };
  };
}

async function readTrace(store: Pick<StoreReader, 'readDocuments'>, asked: string): Promise<Trace | undefined> {
  const id = parseTraceId(asked);
  if (!id.ok) return undefined;
  const ids: readonly TraceId[] = [id.value];
  const [trace] = toTraces(await store.readDocuments(ids));
  return trace;
}
