import type { Service } from '@fluoroscope/api';
import type { Range } from '../url/range.ts';
import { windowSeconds } from '../url/range.ts';

/** Rates over less than this say more about chance than about traffic. */
const SECONDS_MIN = 60;

/**
 * The seconds that rates are taken over. A window that reaches back to before the first request would make a
 * server that has just been started look idle.
 */
export function rateSeconds(range: Range, services: readonly Service[], endS: number): number {
  const whole = windowSeconds(range);
  if (range.kind === 'fixed') return whole;
  const first = Math.min(...services.map(({ StartTime }) => StartTime ?? Number.POSITIVE_INFINITY));
  if (!Number.isFinite(first)) return whole;
  return Math.min(whole, Math.max(SECONDS_MIN, endS - first));
}
