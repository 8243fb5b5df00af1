import { SAMPLED_REQUESTS_MAX, type RecentLook, type RecentRequest, type SampledRequest } from '@fluoroscope/api';
import { secondsFromUs, timeUs, type TimeUs } from '@fluoroscope/model';
import { ALL_TRACES } from '@fluoroscope/query';
import type { TraceRow } from '@fluoroscope/store';
import { walkTraces } from '../analysis/walk-traces.ts';
import type { StoreReader } from '../storage/storage.ts';
import { RECENT_REQUESTS_TRACES_MAX, RECENT_SECONDS, REQUESTS_COUNTED_MAX } from './limits.ts';

export interface RecentOptions {
  readonly store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments'>;
  readonly nowUs: () => TimeUs;
}

export interface RecentRequests {
  readonly requests: readonly Omit<RecentRequest, 'rule'>[];
  readonly looked: RecentLook;
}

/** Which requests began the newest traces: what a sampling rule is asked about. */
export async function readRecentRequests({ store, nowUs }: RecentOptions): Promise<RecentRequests> {
  const counts = new Map<string, number>();
  let uncountedCount = 0;
  const range = recentRange(nowUs());
  const options = { store, plan: ALL_TRACES, range, countMax: RECENT_REQUESTS_TRACES_MAX, countsRest: false };
  const { count: traceCount, complete } = await walkTraces(options, (rows) => {
    for (const row of rows) {
      const request = requestOf(row);
      const key = request === null ? null : JSON.stringify(request);
      const count = key === null ? undefined : counts.get(key);
      if (key === null || (count === undefined && counts.size >= REQUESTS_COUNTED_MAX)) uncountedCount += 1;
      else counts.set(key, (count ?? 0) + 1);
    }
  });
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const cutCount = sorted.slice(SAMPLED_REQUESTS_MAX).reduce((sum, [, count]) => sum + count, 0);
  return {
    requests: sorted.slice(0, SAMPLED_REQUESTS_MAX).map(([key, count]) => {
      const request: FirstRequest = JSON.parse(key);
      return Object.assign(request, { count });
    }),
    looked: {
      startTime: secondsFromUs(range.startUs),
      endTime: secondsFromUs(range.endUs),
      traceCount,
      complete,
      othersCount: uncountedCount + cutCount,
    },
  };
}

export function recentRange(nowUs: TimeUs): { readonly startUs: TimeUs; readonly endUs: TimeUs } {
  return { startUs: timeUs(nowUs - RECENT_SECONDS * 1e6), endUs: nowUs };
}

type FirstRequest = SampledRequest & { readonly serviceName: string };

/** Null when the trace's first service has not sent its segment. */
export function requestOf({ entryPoint, services, httpMethod, httpUrl }: TraceRow): FirstRequest | null {
  const service = entryPoint === null ? undefined : services[entryPoint];
  if (service === undefined) return null;
  return {
    serviceName: service.name,
    ...(service.type !== null && { serviceType: service.type }),
    ...(httpMethod !== null && { method: httpMethod }),
    ...(httpUrl !== null && placeOf(httpUrl)),
  };
}

/** url = scheme "://" host path / path ; of both without the query */
function placeOf(url: string): Pick<SampledRequest, 'host' | 'path'> {
  if (url.startsWith('/')) return { path: url.split('?', 1)[0] ?? url };
  try {
    const { host, pathname } = new URL(url);
    return { host, path: pathname };
  } catch {
    return {};
  }
}
