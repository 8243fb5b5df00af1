import { timeUs } from '@fluoroscope/model';
import type { RetentionReport, TraceStore } from '@fluoroscope/store';
import { RETENTION_INTERVAL_MS } from './limits.ts';

export interface RetentionOptions {
  readonly store: Pick<TraceStore, 'retain'>;
  /** How long documents are kept after they arrived, in µs. */
  readonly retentionUs: number;
  readonly sizeBytesMax: number | null;
  readonly events: {
    readonly expired: (report: RetentionReport) => void;
    readonly failing: (message: string) => void;
  };
  readonly intervalMs?: number;
  readonly nowMs?: () => number;
}

/** Lets go of what has grown too old or too large, at once and then every minute, until disposed. */
export function startRetention(options: RetentionOptions): AsyncDisposable {
  const { store, retentionUs, sizeBytesMax, events } = options;
  const { intervalMs = RETENTION_INTERVAL_MS, nowMs = Date.now } = options;
  let timer: NodeJS.Timeout | undefined;
  let closing = false;

  async function look(): Promise<void> {
    try {
      const arrivedBeforeUs = timeUs(nowMs() * 1_000 - retentionUs);
      const report = await store.retain({ arrivedBeforeUs, sizeBytesMax });
      if (report.sliceCount > 0) events.expired(report);
    } catch (error) {
      events.failing(error instanceof Error ? error.message : String(error));
    }
    if (!closing) timer = setTimeout(() => void (looking = look()), intervalMs);
  }

  let looking = look();
  return {
    async [Symbol.asyncDispose]() {
      closing = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
