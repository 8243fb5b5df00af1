import { ApiError } from '@fluoroscope/api';
import type { InputOf, TimeRangeType } from '@fluoroscope/api/operations';
import { parseTraceId, secondsFromUs, timeUs } from '@fluoroscope/model';
import { filterToCondition, printFilterProblem, toTraceSummary } from '@fluoroscope/query';
import type { Condition, TimeRangeField, TraceCursor } from '@fluoroscope/store';
import { SUMMARIES_PAGE_COUNT_MAX } from '../limits.ts';
import type { PageTokens, TokenCursor, TokenScope } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import type { Handler } from './handler.ts';
import { badNextToken, readNextToken } from './next-token.ts';
import { readTimeRange, type TimeRange } from './time-range.ts';

const RANGE_OF: { readonly [Type in TimeRangeType]: TimeRangeField } = {
  TraceId: 'start',
  Event: 'active',
  Service: 'end',
};

export interface GetTraceSummariesOptions {
  readonly store: Pick<StoreReader, 'findTraces'>;
  readonly tokens: PageTokens;
  readonly pageCountMax?: number;
}

/** Every matching trace is answered, whatever Sampling asks: the whole is a valid sample of itself. */
export function createGetTraceSummaries(options: GetTraceSummariesOptions): Handler<'get-trace-summaries'> {
  const { store, tokens, pageCountMax = SUMMARIES_PAGE_COUNT_MAX } = options;
  return async (input) => {
    const range = readTimeRange(input);
    const condition = readFilter(input.FilterExpression);
    const scope = tokenScope(input, range);
    const cursor = readNextToken(tokens, scope, input.NextToken);
    const page = await store.findTraces({
      ...range,
      rangeOf: RANGE_OF[input.TimeRangeType ?? 'TraceId'],
      condition,
      limit: pageCountMax,
      after: cursor === null ? null : toTraceCursor(cursor),
    });
    return {
      TraceSummaries: page.rows.map(toTraceSummary),
      // The answer goes back in time: this page reaches to here.
      ApproximateTime: secondsFromUs(page.next?.startUs ?? range.startUs),
      TracesProcessedCount: page.scannedCount,
      ...(page.next !== null && { NextToken: tokens.issue(scope, [page.next.startUs, page.next.traceId]) }),
    };
  };
}

function readFilter(text: string | undefined): Condition {
  const condition = filterToCondition(text);
  if (condition.ok) return condition.value;
  const message = printFilterProblem(text ?? '', condition.problem);
  throw new ApiError('InvalidRequestException', `FilterExpression: ${message}`);
}

// Not of SamplingStrategy: Grafana changes it between pages (XRAY-SPEC §4.5).
function tokenScope(input: InputOf<'get-trace-summaries'>, range: TimeRange): TokenScope {
  const type = input.TimeRangeType ?? 'TraceId';
  return ['get-trace-summaries', range.startUs, range.endUs, type, input.FilterExpression?.trim() ?? ''];
}

function toTraceCursor([startUs, id]: TokenCursor): TraceCursor {
  const traceId = typeof id === 'string' ? parseTraceId(id) : undefined;
  if (traceId?.ok !== true || typeof startUs !== 'number') throw badNextToken();
  return { startUs: timeUs(startUs), traceId: traceId.value };
}
