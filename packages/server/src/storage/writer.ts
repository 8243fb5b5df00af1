import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedBatch, RecordFeed } from '@fluoroscope/journal';
import { createIndexer } from '@fluoroscope/query';
import type { TraceStore } from '@fluoroscope/store';
import { DRAIN_MS_MAX, DURABLE_ASKED_MS, RETRY_MS_MAX, RETRY_MS_MIN } from './limits.ts';
import { writeBatch, type WrittenBatch } from './write-batch.ts';

export interface WriterOptions {
  readonly store: TraceStore;
  /** Closed by the writer. */
  readonly feed: RecordFeed;
  readonly cachedEntitiesMax: number;
  /** How long disposing drains, in ms (`DRAIN_MS_MAX`). */
  readonly drainMsMax?: number;
  readonly events: WriterEvents;
}

export interface WriterEvents {
  readonly written: (batch: WrittenBatch) => void;
  /** The journal could not be read or the store refused; the same is tried again. */
  readonly failing: (message: string) => void;
}

/**
 * Follows the journal into the store: the only place that writes to it. Disposing drains what was durable in the
 * journal for as long as it may; should that take longer, or the store refuse then, the rest stays there for the next start.
 */
export function startWriter(options: WriterOptions): AsyncDisposable {
  const { store, feed, cachedEntitiesMax, drainMsMax = DRAIN_MS_MAX, events } = options;
  const faultMet = (error: unknown): void => events.failing(messageOf(error));
  const durability = createDurabilityWatch({ store, feed, faultMet });
  const indexer = createIndexer({
    readDocuments: (ids) => store.readDocuments(ids),
    readTraceRows: (ids) => store.readTraceRows(ids),
    mayKnow: (id) => store.mayKnow(id),
    cachedEntitiesMax,
  });
  let closing = false;
  let drainUntilMs = Infinity;
  let generation = 0;

  async function run(): Promise<void> {
    while (performance.now() < drainUntilMs) {
      const batch = await untilDone(() => feed.read());
      if (batch === null || batch === 'closing') return;
      if (batch.generation !== generation) indexer.forget();
      generation = batch.generation;
      const written = await untilDone(() => write(batch));
      if (written === 'closing') return;
      if (written === 'lost') continue;
      events.written(written);
      await untilDone(() => durability.ask(written.origin, written.sequence));
    }
  }

  /** Looked at before each attempt: while the store refuses, the origin may have become another's. */
  async function write({ origin, records, isOurs }: FeedBatch): Promise<WrittenBatch | 'lost'> {
    return isOurs() ? writeBatch(records, { store, indexer, origin, faultMet }) : 'lost';
  }

  /** Again and again until it succeeds, or fails while closing. */
  async function untilDone<T>(step: () => Promise<T>): Promise<T | 'closing'> {
    for (let retryMs = RETRY_MS_MIN; ; retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)) {
      try {
        return await step();
      } catch (error) {
        faultMet(error);
        if (closing) return 'closing';
        await sleep(retryMs);
      }
    }
  }

  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      closing = true;
      drainUntilMs = performance.now() + drainMsMax;
      feed.stop();
      await running;
      durability[Symbol.dispose]();
      await feed[Symbol.asyncDispose]();
    },
  };
}

interface DurabilityWatch extends Disposable {
  /** After each batch: this was written. */
  ask(origin: string, sequence: number): Promise<void>;
}

/** The store makes things durable in its own time: it is asked after each batch, and now and then. */
function createDurabilityWatch(options: {
  readonly store: Pick<TraceStore, 'readProgress'>;
  readonly feed: Pick<RecordFeed, 'durable'>;
  readonly faultMet: (error: unknown) => void;
}): DurabilityWatch {
  const { store, feed, faultMet } = options;
  /** By origin: written, and not yet durable. */
  const awaited = new Map<string, number>();

  async function look(origin: string): Promise<void> {
    const { durableSequence } = await store.readProgress(origin);
    feed.durable(origin, durableSequence);
    if (durableSequence >= (awaited.get(origin) ?? 0)) awaited.delete(origin);
  }

  async function lookAll(): Promise<void> {
    for (const origin of awaited.keys()) await look(origin);
  }

  const timer = setInterval(() => void lookAll().catch(faultMet), DURABLE_ASKED_MS);
  return {
    ask(origin, sequence) {
      awaited.set(origin, sequence);
      return look(origin);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
