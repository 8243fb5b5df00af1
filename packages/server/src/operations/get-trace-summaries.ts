import type { InputOf, TimeRangeType } from '@fluoroscope/api/operations';
import { parseTraceId, secondsFromUs, timeUs } from '@fluoroscope/model';
import { completeSummaries, type VerifyBudget } from '@fluoroscope/query';
import type { TimeRangeField, TraceCursor } from '@fluoroscope/store';
import type { Groups } from '../control/groups.ts';
import type { Events } from '../events.ts';
import { SEARCH_BUDGET, SUMMARIES_PAGE_COUNT_MAX } from '../limits.ts';
import type { PageTokens, TokenCursor, TokenScope } from '../page-token.ts';
import { untilGone, type Searched } from '../storage/until-gone.ts';
import { readFilterPlan } from './filter-plan.ts';
import type { Handler } from './handler.ts';
import { badNextToken, readNextToken } from './next-token.ts';
import { searchTraces } from './search-traces.ts';
import { readTimeRange, type TimeRange } from './time-range.ts';

const RANGE_OF: { readonly [Type in TimeRangeType]: TimeRangeField } = {
  TraceId: 'start',
  Event: 'active',
  Service: 'end',
};

export interface GetTraceSummariesOptions {
  readonly store: Searched;
  readonly groups: Pick<Groups, 'find'>;
  readonly tokens: PageTokens;
  readonly events: Pick<Events, 'tracesUnjudged'>;
  readonly pageCountMax?: number;
  readonly budget?: VerifyBudget;
}

/**
 * Every matching trace is answered, whatever Sampling asks: the whole is a valid sample of itself. A page may be short, even
 * empty, and have a token: see `searchTraces`.
 */
export function createGetTraceSummaries(options: GetTraceSummariesOptions): Handler<'get-trace-summaries'> {
  const { groups, tokens, events, pageCountMax = SUMMARIES_PAGE_COUNT_MAX, budget = SEARCH_BUDGET } = options;
  return async (input, signal) => {
    const range = readTimeRange(input);
    const plan = readFilterPlan(input.FilterExpression, groups);
    const rangeOf = RANGE_OF[input.TimeRangeType ?? 'TraceId'];
    const scope = tokenScope(input, range);
    const cursor = readNextToken(tokens, scope, input.NextToken);
    const after = cursor === null ? null : toTraceCursor(cursor);
    const query = { ...range, rangeOf, limit: pageCountMax, after };
    const store = untilGone(options.store, signal);
    const page = await searchTraces({ store, plan, query, budget });
    events.tracesUnjudged(page.unjudged);
    const readDocuments = store.readDocuments.bind(store);
    const activeFromUs = rangeOf === 'active' ? range.startUs : null;
    return {
      TraceSummaries: await completeSummaries(page.rows, { readDocuments, activeFromUs }),
      // The answer goes back in time: this page reaches to here.
      ApproximateTime: secondsFromUs(page.next?.startUs ?? range.startUs),
      TracesProcessedCount: page.scannedCount,
      ...(page.next !== null && { NextToken: tokens.issue(scope, [page.next.startUs, page.next.traceId]) }),
    };
  };
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
