import type { Handler } from './handler.ts';
import { unknownInsight } from './unknown-insight.ts';

export function createGetInsightEvents(): Handler<'get-insight-events'> {
  return async ({ InsightId }) => {
    throw unknownInsight(InsightId);
  };
}
