import type { TimeUs } from '@fluoroscope/model';
import { CLIENT_DEMAND_COUNT_MAX, REPORT_INTERVAL_SECONDS, RULE_CLIENT_COUNT_MAX } from './limits.ts';
import { shareReservoir } from './share-reservoir.ts';

const INTERVAL_US = REPORT_INTERVAL_SECONDS * 1e6;

/** A client that misses this many reports is gone; its demand is the mean of its last so many intervals. */
const INTERVALS_KEPT = 3;

export interface RuleClients {
  /**
   * Notes that a client saw so many requests since its last report, and answers its quota: its share of the
   * reservoir by recent demand, but never more than what the other active clients were last given leaves.
   * A share that grows therefore waits until the others have reported.
   */
  report(report: ClientReport, reservoirSize: number): number;
  /** Those that reported lately. */
  read(nowUs: TimeUs): ActiveClients;
}

export interface ActiveClients {
  readonly count: number;
  /** Requests a second that they may sample from the reservoir, together. */
  readonly quota: number;
}

export interface ClientReport {
  readonly clientId: string;
  readonly requestCount: number;
  readonly nowUs: TimeUs;
}

interface Client {
  readonly reportedUs: TimeUs;
  readonly quota: number;
  readonly counts: readonly IntervalCount[];
}

/** What a client reported in one interval, counted since 1970. */
interface IntervalCount {
  readonly interval: number;
  readonly requestCount: number;
}

/** The clients of one rule, in the order of their last report. */
export function createRuleClients(): RuleClients {
  const clients = new Map<string, Client>();

  function forget(nowUs: TimeUs): void {
    for (const [id, { reportedUs }] of clients) {
      if (clients.size < RULE_CLIENT_COUNT_MAX && nowUs - reportedUs <= INTERVALS_KEPT * INTERVAL_US) return;
      clients.delete(id);
    }
  }

  function report({ clientId, requestCount, nowUs }: ClientReport, reservoirSize: number): number {
    const counts = addCount(clients.get(clientId)?.counts ?? [], Math.floor(nowUs / INTERVAL_US), requestCount);
    clients.delete(clientId);
    forget(nowUs);

    const demands = new Map([[clientId, demandOf(counts)]]);
    let free = reservoirSize;
    for (const [id, client] of clients) {
      demands.set(id, demandOf(client.counts));
      free -= client.quota;
    }
    // A reservoir that was just made smaller may be given out beyond its size until the others have reported.
    const quota = Math.max(0, Math.min(shareReservoir(reservoirSize, demands, clientId), free));
    clients.set(clientId, { reportedUs: nowUs, quota, counts });
    return quota;
  }

  function read(nowUs: TimeUs): ActiveClients {
    const active = [...clients.values()].filter(({ reportedUs }) => nowUs - reportedUs <= INTERVALS_KEPT * INTERVAL_US);
    return { count: active.length, quota: active.reduce((sum, { quota }) => sum + quota, 0) };
  }

  return { report, read };
}

/** Keeps one entry an interval, however often a client reports, and only the last intervals. */
function addCount(counts: readonly IntervalCount[], interval: number, requestCount: number): readonly IntervalCount[] {
  const recent = counts.filter((one) => Math.abs(interval - one.interval) < INTERVALS_KEPT);
  const same = recent.find((one) => one.interval === interval)?.requestCount ?? 0;
  const sum = Math.min(same + requestCount, CLIENT_DEMAND_COUNT_MAX);
  return [...recent.filter((one) => one.interval !== interval), { interval, requestCount: sum }];
}

/** Measured against the client's own last report, not the clock: else who reports now would weigh more than who is about to. */
function demandOf(counts: readonly IntervalCount[]): number {
  let sum = 0;
  for (const { requestCount } of counts) sum += requestCount;
  const intervals = Math.abs((counts.at(-1)?.interval ?? 0) - (counts[0]?.interval ?? 0)) + 1;
  return Math.ceil(sum / intervals);
}
