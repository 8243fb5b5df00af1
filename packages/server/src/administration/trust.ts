import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelCounts, JournalState, LimitValue, LossCount, StoreState, TrustAnswer } from '@fluoroscope/api';
import type { RecordSink } from '@fluoroscope/journal';
import { secondsFromUs } from '@fluoroscope/model';
import type { Counts, LabelledCount } from '../events/counts.ts';
import type { Events } from '../events.ts';
import { HEALTH_STATS_WAIT_MS, LATE_SEGMENT_US } from '../limits.ts';
import type { Settings } from '../settings.ts';
import { SETTINGS } from '../settings.ts';
import type { Storage } from '../storage/storage.ts';
import type { StoreStatsReader } from '../store-stats.ts';
import { ORPHANS_WAIT_MS, RECENT_SHARED_MS } from './limits.ts';
import { readOrphans, type Orphans } from './orphans.ts';
import type { RecentOptions } from './recent-requests.ts';
import { servicesOf } from './services.ts';
import { shareAnswer } from './shared-answer.ts';

export interface TrustOptions extends RecentOptions {
  readonly events: Pick<Events, 'readCounts'>;
  readonly settings: Settings;
  readonly journal: Pick<RecordSink, 'stats'>;
  readonly storage: Pick<Storage, 'failing' | 'backlogCount' | 'lags'>;
  readonly waitingCount: () => number;
  readonly readStore: StoreStatsReader;
}

/** What came, what of it is kept, and where the rest went. */
export function createTrustReader(options: TrustOptions): () => Promise<TrustAnswer> {
  const { events, storage, waitingCount, settings, nowUs } = options;
  const startTime = secondsFromUs(nowUs());
  let known = NOTHING_LOOKED;
  const look = shareAnswer(async () => (known = await readOrphans(options)), RECENT_SHARED_MS);
  /** What is told of a store that is slow or broken must not wait for it. */
  const readRecent = (): Promise<Orphans> =>
    Promise.race([look().catch(() => known), sleep(ORPHANS_WAIT_MS, null, { ref: false }).then(() => known)]);
  return async () => {
    const orphans = await readRecent();
    // In one turn with what waits and what is on the way: together they add up.
    const counts = await events.readCounts();
    return {
      startTime,
      documents: {
        received: sumOf(counts.received),
        backlogAtStart: counts.backlogAtStart,
        stored: counts.stored,
        duplicate: counts.duplicate,
        refused: sumOf(counts.refused),
        dropped: sumOf(counts.dropped),
        waiting: waitingCount(),
        backlog: storage.backlogCount,
      },
      channels: channelsOf(counts),
      losses: lossesOf(counts),
      datagrams: { received: counts.datagrams, kernelDropped: counts.kernelDrops },
      expiredCount: counts.expired,
      services: servicesOf(counts.services, orphans.services),
      unknown: counts.unknown,
      orphans: orphans.looked,
      lateSeconds: LATE_SEGMENT_US / 1e6,
      journal: journalOf(options),
      store: await storeOf(options),
      limits: limitsOf(settings),
    };
  };
}

const NOTHING_LOOKED: Orphans = {
  services: new Map(),
  looked: { startTime: 0, endTime: 0, traceCount: 0, complete: false, othersCount: 0 },
};

function sumOf(counts: readonly LabelledCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

function channelsOf(counts: Counts): readonly ChannelCounts[] {
  const names = [counts.received, counts.refused, counts.dropped].flat().map(({ labels }) => String(labels['channel']));
  const of = (some: readonly LabelledCount[], channel: string): number =>
    sumOf(some.filter(({ labels }) => labels['channel'] === channel));
  return Array.from(new Set(names), (channel) => ({
    channel,
    received: of(counts.received, channel),
    bytes: of(counts.receivedBytes, channel),
    refused: of(counts.refused, channel),
    dropped: of(counts.dropped, channel),
  }));
}

function lossesOf({ refused, dropped, callsTurnedAway, spansRefused, datagramsRefused }: Counts): readonly LossCount[] {
  const read = (kind: LossCount['kind'], some: readonly LabelledCount[], reason: string): readonly LossCount[] =>
    some.map(({ labels, count }) => ({
      kind,
      channel: String(labels['channel'] ?? 'udp'),
      reason: String(labels[reason]),
      count,
    }));
  return [
    ...read('refused', refused, 'code'),
    ...read('dropped', dropped, 'reason'),
    ...read('calls', callsTurnedAway, 'reason'),
    ...read('spans', spansRefused, 'code'),
    ...read('datagrams', datagramsRefused, 'reason'),
  ]
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

function journalOf({ journal, storage }: TrustOptions): JournalState {
  const { kind, sizeBytes, sizeBytesMax, fileCount, failing, damagedCount } = journal.stats();
  const lags = storage.lags.map(({ partition, isOurs, lagCount }) => ({ partition, isOurs, lagCount }));
  return { kind, sizeBytes, sizeBytesMax, fileCount, isFailing: failing !== null, damagedCount, lags };
}

async function storeOf({ readStore, settings, storage }: TrustOptions): Promise<StoreState> {
  const report = await readStore(HEALTH_STATS_WAIT_MS);
  const stats = report.state === 'unreadable' ? null : report.stats;
  return {
    kind: settings.storeUrl === null ? 'embedded' : 'clickhouse',
    state: report.state,
    isFailing: storage.failing !== null,
    traceCount: stats?.traceCount ?? 0,
    documentCount: stats?.documentCount ?? 0,
    sizeBytes: stats?.sizeBytes ?? 0,
    retainedFrom: stats?.retainedFromUs == null ? null : secondsFromUs(stats.retainedFromUs),
    retentionSeconds: settings.retention / 1e6,
    retentionBytes: settings.retentionSize,
    days: (stats?.days ?? []).map(({ startUs, documentCount, sizeBytes }) => ({
      start: secondsFromUs(startUs),
      documentCount,
      sizeBytes,
    })),
  };
}

const LIMITS = [
  ['journalSize', 'bytes'],
  ['journalWait', 'seconds'],
  ['segmentSize', 'bytes'],
  ['segmentMaxAge', 'seconds'],
  ['segmentMaxFuture', 'seconds'],
  ['retention', 'seconds'],
  ['retentionSize', 'bytes'],
  ['requestRate', 'count'],
  ['groupsMax', 'count'],
  ['samplingRulesMax', 'count'],
  ['tagsMax', 'count'],
  ['sessionLifetime', 'seconds'],
  ['auditSize', 'bytes'],
] as const;

function limitsOf(settings: Settings): readonly LimitValue[] {
  return LIMITS.map(([key, unit]) => {
    const value = settings[key];
    return { setting: SETTINGS[key].name, value: value === null || unit !== 'seconds' ? value : value / 1e6, unit };
  });
}
