import type { Handler } from './handler.ts';
import { unknownInsight } from './unknown-insight.ts';

export function createGetInsight(): Handler<'get-insight'> {
  return async ({ InsightId }) => {
    throw unknownInsight(InsightId);
  };
}
