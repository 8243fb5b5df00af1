import { timeUs, type TimeUs } from '@fluoroscope/model';
import { PERIODS_MAX } from './limits.ts';
import { StoreError, type GraphSeriesQuery } from './trace-store.ts';

const PERIOD_US_MIN = 60_000_000;

/** The half-open ranges a series is made of, in order. */
export function graphPeriods(query: GraphSeriesQuery): readonly { readonly startUs: TimeUs; readonly endUs: TimeUs }[] {
  const { startUs, endUs, periodUs } = query;
  if (!Number.isInteger(periodUs) || periodUs < PERIOD_US_MIN) {
    throw new StoreError('failed', `a period of ${periodUs} µs is not a whole number of at least ${PERIOD_US_MIN}`);
  }
  const count = Math.max(0, Math.ceil((endUs - startUs) / periodUs));
  if (count > PERIODS_MAX) throw new StoreError('failed', `a series of ${count} periods; at most ${PERIODS_MAX}`);
  return Array.from({ length: count }, (_item, at) => ({
    startUs: timeUs(startUs + at * periodUs),
    endUs: timeUs(Math.min(startUs + (at + 1) * periodUs, endUs)),
  }));
}
