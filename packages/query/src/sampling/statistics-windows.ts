import type { SamplingStatisticsDocument, SamplingStatisticSummary } from '@fluoroscope/api';
import { secondsFromUs, type TimeUs } from '@fluoroscope/model';
import { STATISTICS_KEPT_SECONDS, STATISTICS_WINDOW_SECONDS } from './limits.ts';

/** What all clients together reported of one rule lately, in windows by when their reports came. */
export interface StatisticsWindows {
  add(document: SamplingStatisticsDocument, nowUs: TimeUs): void;
  /** Oldest first; windows without reports are left out. */
  read(ruleName: string, nowUs: TimeUs): readonly SamplingStatisticSummary[];
}

interface Counts {
  readonly requests: number;
  readonly borrowed: number;
  readonly sampled: number;
}

const NONE: Counts = { requests: 0, borrowed: 0, sampled: 0 };

export function createStatisticsWindows(): StatisticsWindows {
  // By the second at which the window begins, oldest first.
  const windows = new Map<number, Counts>();

  function forget(nowUs: TimeUs): void {
    const oldest = windowOf(nowUs) - STATISTICS_KEPT_SECONDS;
    for (const start of windows.keys()) {
      if (start > oldest) return;
      windows.delete(start);
    }
  }

  return {
    add({ RequestCount, BorrowCount = 0, SampledCount }, nowUs) {
      forget(nowUs);
      const start = windowOf(nowUs);
      const { requests, borrowed, sampled } = windows.get(start) ?? NONE;
      windows.set(start, {
        requests: addSafely(requests, RequestCount),
        borrowed: addSafely(borrowed, BorrowCount),
        sampled: addSafely(sampled, SampledCount),
      });
    },
    read(ruleName, nowUs) {
      forget(nowUs);
      return Array.from(windows, ([start, { requests, borrowed, sampled }]) => ({
        RuleName: ruleName,
        Timestamp: start,
        RequestCount: requests,
        BorrowCount: borrowed,
        SampledCount: sampled,
      }));
    },
  };
}

function windowOf(nowUs: TimeUs): number {
  const seconds = Math.floor(secondsFromUs(nowUs));
  return seconds - (seconds % STATISTICS_WINDOW_SECONDS);
}

/** Counts are 32-bit integers in X-Ray's clients. */
function addSafely(sum: number, count: number): number {
  return Math.min(sum + count, 2 ** 31 - 1);
}
