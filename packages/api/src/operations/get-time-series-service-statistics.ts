import { z } from 'zod';
import type { TimeSeriesServiceStatistics } from '../shapes.ts';
import { ENTITY_SELECTOR_CHARS_MAX, GROUP_ARN_CHARS_MAX, NAME_CHARS_MAX, NEXT_TOKEN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text, timestamp } from './schema.ts';

export interface GetTimeSeriesServiceStatisticsInput {
  readonly StartTime: number;
  readonly EndTime: number;
  readonly GroupName?: string | undefined;
  readonly GroupARN?: string | undefined;
  /** What is counted: `service(…)`, `edge(…)` or `id(…)`. */
  readonly EntitySelectorExpression?: string | undefined;
  /** Seconds. */
  readonly Period?: number | undefined;
  readonly ForecastStatistics?: boolean | undefined;
  readonly NextToken?: string | undefined;
}

export interface GetTimeSeriesServiceStatisticsOutput {
  readonly TimeSeriesServiceStatistics?: readonly TimeSeriesServiceStatistics[];
  readonly ContainsOldGroupVersions?: boolean;
  readonly NextToken?: string;
}

export const getTimeSeriesServiceStatistics: Operation<
  'get-time-series-service-statistics',
  GetTimeSeriesServiceStatisticsInput
> = {
  name: 'get-time-series-service-statistics',
  path: '/TimeSeriesServiceStatistics',
  input: z.object({
    StartTime: timestamp,
    EndTime: timestamp,
    GroupName: optional(text(NAME_CHARS_MAX, 1)),
    GroupARN: optional(text(GROUP_ARN_CHARS_MAX, 1)),
    EntitySelectorExpression: optional(text(ENTITY_SELECTOR_CHARS_MAX, 1)),
    Period: optional(z.int()),
    ForecastStatistics: optional(z.boolean()),
    NextToken: optional(text(NEXT_TOKEN_CHARS_MAX)),
  }),
};
