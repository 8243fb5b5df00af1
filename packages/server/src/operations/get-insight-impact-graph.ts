import type { Handler } from './handler.ts';
import { readTimeRange } from './time-range.ts';
import { unknownInsight } from './unknown-insight.ts';

export function createGetInsightImpactGraph(): Handler<'get-insight-impact-graph'> {
  return async ({ InsightId, ...times }) => {
    readTimeRange(times);
    throw unknownInsight(InsightId);
  };
}
