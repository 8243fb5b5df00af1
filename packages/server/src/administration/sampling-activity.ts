import { findRule, type SamplingAnswer } from '@fluoroscope/api';
import { secondsFromUs } from '@fluoroscope/model';
import { STATISTICS_WINDOW_SECONDS, type RuleState, type SamplingBook } from '@fluoroscope/query';
import { RECENT_SHARED_MS, SAMPLING_SECONDS } from './limits.ts';
import { readRecentRequests, type RecentOptions } from './recent-requests.ts';
import { shareAnswer } from './shared-answer.ts';

export interface SamplingActivityOptions extends RecentOptions {
  readonly sampling: Pick<SamplingBook, 'rules' | 'states'>;
}

/** What clients reported of each rule lately, and which rule recent requests would meet now. */
export function createSamplingActivity(options: SamplingActivityOptions): () => Promise<SamplingAnswer> {
  const { sampling, nowUs } = options;
  const readRequests = shareAnswer(() => readRecentRequests(options), RECENT_SHARED_MS);
  return async () => {
    const { requests, looked } = await readRequests();
    const now = secondsFromUs(nowUs());
    const lastWindow = Math.floor(now / STATISTICS_WINDOW_SECONDS) * STATISTICS_WINDOW_SECONDS;
    const startTime = lastWindow + STATISTICS_WINDOW_SECONDS - SAMPLING_SECONDS;
    const rules = sampling.rules();
    return {
      time: now,
      startTime,
      stepSeconds: STATISTICS_WINDOW_SECONDS,
      rules: sampling.states(nowUs()).map((state) => activityOf(state, startTime)),
      requests: requests.map((request) => Object.assign({ rule: findRule(rules, request)?.RuleName ?? null }, request)),
      looked,
    };
  };
}

function activityOf({ name, clients, windows }: RuleState, startTime: number): SamplingAnswer['rules'][number] {
  const trend = Array.from({ length: SAMPLING_SECONDS / STATISTICS_WINDOW_SECONDS }, () => 0);
  const sums = { requestCount: 0, sampledCount: 0, borrowedCount: 0 };
  for (const { Timestamp = 0, RequestCount = 0, SampledCount = 0, BorrowCount = 0 } of windows) {
    const at = (Timestamp - startTime) / STATISTICS_WINDOW_SECONDS;
    if (at < 0 || at >= trend.length) continue;
    trend[at] = (trend[at] ?? 0) + RequestCount;
    sums.requestCount += RequestCount;
    sums.sampledCount += SampledCount;
    sums.borrowedCount += BorrowCount;
  }
  return { name, ...sums, trend, clientCount: clients.count, reservoirQuota: clients.quota };
}
