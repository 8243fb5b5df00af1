import { ApiError, type Trace } from '@fluoroscope/api';
import { parseTraceIdAnySpelling, type TraceId } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import type { Events } from '../events.ts';
import { TRACES_PAGE_CHARS_MAX } from '../limits.ts';
import type { PageTokens, TokenScope } from '../page-token.ts';
import type { Handler } from './handler.ts';
import { badNextToken, readNextToken } from './next-token.ts';
import { createTraceParts, type TracePart, type TracePartsOptions } from './trace-parts.ts';
import { unlessSealed } from './unless-sealed.ts';

export interface BatchGetTracesOptions extends TracePartsOptions {
  readonly tokens: PageTokens;
  readonly events: Pick<Events, 'troubleMet'>;
  readonly pageCharsMax?: number;
}

/**
 * A page is full after so many characters of segments; the trace that it ends in goes on, under its own id, on the
 * next one. An id that is none is answered like one that is not known, so that one bad id in a list costs nothing else.
 * So is one that is encrypted and cannot be opened, unless there is nothing else to answer: then the error says why.
 */
export function createBatchGetTraces(options: BatchGetTracesOptions): Handler<'batch-get-traces'> {
  const { tokens, events, pageCharsMax = TRACES_PAGE_CHARS_MAX } = options;
  const readTracePart = createTraceParts(options);
  return async ({ TraceIds, NextToken }) => {
    const ids = distinct(TraceIds);
    const scope: TokenScope = ['batch-get-traces', ids];
    const [from = 0, ...inside] = readNextToken(tokens, scope, NextToken) ?? [];
    if (typeof from !== 'number') throw badNextToken();

    const traces: Trace[] = [];
    const unknown: string[] = [];
    let sealed: StoreError | null = null;
    let room = pageCharsMax;
    let after = inside;
    for (const [offset, asked] of ids.slice(from).entries()) {
      const at = from + offset;
      if (room <= 0) return { ...answer(), NextToken: tokens.issue(scope, [at]) };
      const id = parseTraceIdAnySpelling(asked);
      const size = { charsMax: room, countMax: Infinity };
      const place = after;
      const part = id.ok ? await unlessSealed(() => readTracePart(id.value, place, size), events) : null;
      after = [];
      if (part instanceof StoreError) sealed = part;
      if (!id.ok || part === null || part instanceof StoreError) {
        unknown.push(asked);
        continue;
      }
      traces.push(toTrace(id.value, part));
      if (part.next !== null) return { ...answer(), NextToken: tokens.issue(scope, [at, ...part.next]) };
      room -= part.chars;
    }
    if (sealed !== null && unknown.length === ids.length) {
      throw new ApiError('InvalidRequestException', sealed.message.replace(/^\[sealed\] /, ''), { cause: sealed });
    }
    return answer();

    function answer(): { readonly Traces: readonly Trace[]; readonly UnprocessedTraceIds: readonly string[] } {
      return { Traces: traces, UnprocessedTraceIds: unknown };
    }
  };
}

function toTrace(id: TraceId, { duration, isLimitExceeded, segments }: TracePart): Trace {
  return { Id: id, Duration: duration, LimitExceeded: isLimitExceeded, Segments: segments };
}

/** Each trace once, however it is spelled; the first spelling stands for it. */
function distinct(texts: readonly string[]): readonly string[] {
  const byId = new Map<string, string>();
  for (const text of texts) {
    const id = parseTraceIdAnySpelling(text);
    const key = id.ok ? id.value : text;
    if (!byId.has(key)) byId.set(key, text);
  }
  return [...byId.values()];
}
