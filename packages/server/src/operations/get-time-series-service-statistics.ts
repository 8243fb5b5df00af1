import { ApiError } from '@fluoroscope/api';
import { printServiceKey, timeUs, type ServiceKey, type TimeUs } from '@fluoroscope/model';
import { planAll, type FilterPlan, type Unjudged } from '@fluoroscope/query';
import type { GraphPeriod } from '@fluoroscope/store';
import type { Groups } from '../control/groups.ts';
import type { Events } from '../events.ts';
import { SERIES_PAGE_PERIODS_MAX } from '../limits.ts';
import type { PageTokens, TokenScope } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import { chooseTraces, readGraphOf, type ChosenTrace } from './chosen-traces.ts';
import { readEntitySelector, type EntitySelector } from './entity-selector.ts';
import { expressionsOf, readGroupPlan } from './filter-plan.ts';
import type { Handler } from './handler.ts';
import { badNextToken, readNextToken } from './next-token.ts';
import { toPeriodStatistics, type PeriodStatistics } from './period-statistics.ts';
import { readTimeRange, type TimeRange } from './time-range.ts';

export interface GetTimeSeriesServiceStatisticsOptions {
  readonly groups: Pick<Groups, 'find'>;
  readonly store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments' | 'readGraph' | 'readGraphSeries'>;
  readonly tokens: PageTokens;
  readonly events: Pick<Events, 'tracesUnjudged'>;
  readonly pagePeriodsMax?: number;
}

const PERIOD_SECONDS = 60;
/** Facts are summed by the minute. */
const PERIOD_SECONDS_MIN = 60;

/**
 * Periods begin at StartTime and are left out when nothing was seen in them. What is counted ended in its period; with
 * a group or conditions on traces, it belongs to a trace that began in it. Nothing is forecast, so no answer has
 * forecast statistics.
 */
export function createGetTimeSeriesServiceStatistics(
  options: GetTimeSeriesServiceStatisticsOptions,
): Handler<'get-time-series-service-statistics'> {
  const { groups, store, tokens, events, pagePeriodsMax = SERIES_PAGE_PERIODS_MAX } = options;
  return async (input) => {
    const { GroupName, GroupARN, EntitySelectorExpression: text, NextToken, Period = PERIOD_SECONDS } = input;
    const range = readTimeRange(input);
    if (Period < PERIOD_SECONDS_MIN)
      throw new ApiError('InvalidRequestException', `Period must be at least ${PERIOD_SECONDS_MIN} seconds`);
    const periodUs = Period * 1e6;
    const selector = readEntitySelector(text, expressionsOf(groups));
    if (input.ForecastStatistics === true && !selector.isById)
      throw new ApiError('InvalidRequestException', 'ForecastStatistics needs an id() in EntitySelectorExpression');
    const group = groups.find({ GroupName, GroupARN });
    const plan = both(readGroupPlan(group, groups), selector.plan);

    const expression = group?.expression ?? null;
    const scope: TokenScope = ['time-series', range.startUs, range.endUs, Period, expression, text ?? null];
    const [from = range.startUs] = readNextToken(tokens, scope, NextToken) ?? [];
    if (typeof from !== 'number') throw badNextToken();
    const to = Math.min(from + pagePeriodsMax * periodUs, range.endUs);
    const page = { startUs: timeUs(from), endUs: timeUs(to) };

    const series =
      plan === null
        ? await readSeries(store, page, periodUs, selector)
        : await readChosenSeries(store, { range: page, plan, unjudged: events.tracesUnjudged }, periodUs);
    const statistics = series.map(({ startUs, ...sums }) => toPeriodStatistics(startUs, sums, selector));
    return {
      TimeSeriesServiceStatistics: statistics.filter((one): one is PeriodStatistics => one !== null),
      ContainsOldGroupVersions: false,
      ...(to < range.endUs && { NextToken: tokens.issue(scope, [to]) }),
    };
  };
}

function both(a: FilterPlan | null, b: FilterPlan | null): FilterPlan | null {
  return a === null || b === null ? (a ?? b) : planAll([a, b]);
}

/** First which services there are, so that the series carries only those that count. */
async function readSeries(
  store: Pick<StoreReader, 'readGraph' | 'readGraphSeries'>,
  range: TimeRange,
  periodUs: number,
  selector: EntitySelector,
): Promise<readonly GraphPeriod[]> {
  const { nodes, edges } = await store.readGraph({ ...range, traceIds: null });
  const keys = [
    ...nodes.filter(selector.hasNode).map(({ service }) => service),
    ...edges.filter(selector.hasEdge).map(({ source }) => source),
  ];
  const services = new Map<string, ServiceKey>(keys.map((key) => [printServiceKey(key), key]));
  if (services.size === 0) return [];
  return store.readGraphSeries({ ...range, periodUs, services: [...services.values()] });
}

interface ChosenSeries {
  readonly range: TimeRange;
  readonly plan: FilterPlan;
  readonly unjudged: (counts: Unjudged) => void;
}

async function readChosenSeries(
  store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments' | 'readGraph'>,
  { range, plan, unjudged }: ChosenSeries,
  periodUs: number,
): Promise<readonly GraphPeriod[]> {
  const byPeriod = new Map<TimeUs, ChosenTrace[]>();
  for (const trace of await chooseTraces(store, { range, rangeOf: 'start', plan, unjudged })) {
    const startUs = timeUs(trace.startUs - ((trace.startUs - range.startUs) % periodUs));
    const traces = byPeriod.get(startUs);
    if (traces === undefined) byPeriod.set(startUs, [trace]);
    else traces.push(trace);
  }
  const series: GraphPeriod[] = [];
  for (const [startUs, traces] of [...byPeriod].sort(([a], [b]) => a - b))
    series.push({ startUs, ...(await readGraphOf(store, traces)) });
  return series;
}
