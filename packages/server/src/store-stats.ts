import type { StoreStats } from '@fluoroscope/store';
import { STORE_STATS_WAIT_MS, STORE_STUCK_MS } from './limits.ts';
import type { StoreReader } from './storage/storage.ts';

/** What health and metrics tell of the store: an answer in any case, however slow or broken it is. */
export type StoreReport =
  | { readonly state: 'ok'; readonly stats: StoreStats }
  /** It has not answered for a long time. */
  | { readonly state: 'stuck'; readonly stats: StoreStats }
  | { readonly state: 'unreadable' };

export interface StoreStatsOptions {
  readonly waitMs?: number;
  readonly stuckMs?: number;
  /** Milliseconds that never go back. */
  readonly nowMs?: () => number;
}

/** Waits `waitMs`, or as long as the reader was made with, for figures of now. */
export type StoreStatsReader = (waitMs?: number) => Promise<StoreReport>;

const NOTHING_KNOWN: StoreStats = { traceCount: 0, documentCount: 0, sizeBytes: 0, retainedFromUs: null, days: [] };

/** Whoever asks while a read is under way shares it; who has waited long enough gets the last known figures. */
export function createStoreStats(
  store: Pick<StoreReader, 'readStats'>,
  options: StoreStatsOptions = {},
): StoreStatsReader {
  const { waitMs = STORE_STATS_WAIT_MS, stuckMs = STORE_STUCK_MS, nowMs = () => performance.now() } = options;
  let known = NOTHING_KNOWN;
  let reading: { readonly startedMs: number; readonly report: Promise<StoreReport> } | null = null;

  async function read(): Promise<StoreReport> {
    try {
      known = await store.readStats();
      return { state: 'ok', stats: known };
    } catch {
      return { state: 'unreadable' };
    } finally {
      reading = null;
    }
  }

  return async (ownWaitMs = waitMs) => {
    reading ??= { startedMs: nowMs(), report: read() };
    const { startedMs, report } = reading;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<StoreReport>((resolve) => {
      const giveUp = (): void => resolve({ state: nowMs() - startedMs >= stuckMs ? 'stuck' : 'ok', stats: known });
      timer = setTimeout(giveUp, ownWaitMs);
    });
    try {
      return await Promise.race([report, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
