import { ApiError } from '@fluoroscope/api';
import { timeUs, timeUsFromSeconds, type TimeUs } from '@fluoroscope/model';

/** [startUs, endUs) */
export interface TimeRange {
  readonly startUs: TimeUs;
  readonly endUs: TimeUs;
}

/** The year 2255: beyond it µs are not exact in a double. */
const SECONDS_MAX = 9_007_199_254;

export const ALL_TIME: TimeRange = { startUs: timeUs(0), endUs: timeUsFromSeconds(SECONDS_MAX) };

export function readTimeRange({ StartTime, EndTime }: { StartTime: number; EndTime: number }): TimeRange {
  if (StartTime >= EndTime) {
    throw new ApiError('InvalidRequestException', `StartTime (${StartTime}) must be before EndTime (${EndTime})`);
  }
  return { startUs: timeUsFromSeconds(clampSeconds(StartTime)), endUs: timeUsFromSeconds(clampSeconds(EndTime)) };
}

/** Into what a time can be. */
export function clampSeconds(seconds: number): number {
  return Math.min(Math.max(seconds, 0), SECONDS_MAX);
}
