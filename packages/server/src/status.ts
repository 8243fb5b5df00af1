import type { StatusAnswer } from '@fluoroscope/api';
import type { RecordSink } from '@fluoroscope/journal';
import { isLoopback } from './host.ts';
import { HEALTH_STATS_WAIT_MS } from './limits.ts';
import type { Settings } from './settings.ts';
import type { Storage } from './storage/storage.ts';
import type { StoreStatsReader } from './store-stats.ts';

export interface StatusOptions {
  readonly version: string;
  readonly settings: Pick<Settings, 'durability' | 'httpListen' | 'udpListen' | 'ingestAllow'>;
  readonly accessMode: () => StatusAnswer['access'];
  readonly journal: Pick<RecordSink, 'stats'>;
  readonly storage: Pick<Storage, 'failing'>;
  readonly readStore: StoreStatsReader;
  readonly backlogCount: () => number;
  readonly listeners: () => StatusAnswer['listeners'];
  readonly notices?: () => readonly string[];
}

/** Answers as long as the process runs: what is broken is told, not thrown. */
export function createStatusReader(options: StatusOptions): () => Promise<StatusAnswer> {
  const { version, settings, journal, storage, readStore, backlogCount, listeners, accessMode } = options;
  return async () => {
    const { kind, failing, sizeBytes } = journal.stats();
    const report = await readStore(HEALTH_STATS_WAIT_MS);
    const stats = report.state === 'unreadable' ? null : report.stats;
    const troubles = [
      ...(failing === null ? [] : ['The journal cannot write, so nothing new is taken. The log has the reason.']),
      ...(storage.failing === null
        ? []
        : ['Documents wait in the journal: it cannot be read, or the store cannot write. The log has the reason.']),
      ...(report.state === 'unreadable' ? ['The store cannot be read.'] : []),
      ...(report.state === 'stuck' ? ['The store does not answer; its figures are old.'] : []),
    ];
    return {
      version,
      status: troubles.length === 0 ? 'ok' : 'degraded',
      notices: [...troubles, ...weaknesses(kind, settings, accessMode()), ...(options.notices?.() ?? [])],
      journal: kind,
      durability: settings.durability,
      access: accessMode(),
      traceCount: stats?.traceCount ?? 0,
      documentCount: stats?.documentCount ?? 0,
      storeBytes: stats?.sizeBytes ?? 0,
      journalBytes: sizeBytes,
      backlogCount: backlogCount(),
      listeners: listeners(),
    };
  };
}

function weaknesses(
  journal: 'file' | 'kafka',
  { durability, httpListen, udpListen, ingestAllow }: StatusOptions['settings'],
  access: StatusAnswer['access'],
): readonly string[] {
  const isOpen = [httpListen, udpListen].some((address) => address !== null && !isLoopback(address.host));
  return [
    ...(access === 'open' ? ['No access key exists: requests are taken unsigned, or signed with any key.'] : []),
    ...(access === 'keys' && udpListen !== null && ingestAllow.length === 0
      ? ['Datagrams are refused: they carry no key, and --ingest-allow names no network to take them from.']
      : []),
    ...(access === 'open' && isOpen
      ? ['It listens beyond loopback without authentication (--allow-unauthenticated).']
      : []),
    ...(journal === 'file' && durability === 'os'
      ? ['Durability is "os": a power cut may lose the last documents acknowledged.']
      : []),
  ];
}
