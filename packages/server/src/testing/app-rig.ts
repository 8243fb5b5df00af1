import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileFeed, openJournal, openJournalReader, type FeedLimits, type Journal } from '@fluoroscope/journal';
import { createMemoryStore, type TraceStore } from '@fluoroscope/store';
import { createApp, readClock, type App, type AppOptions } from '../app.ts';
import { openControl } from '../control/control.ts';
import { openEncryption } from '../encryption/encryption.ts';
import { createEvents, type Events } from '../events.ts';
import { parseSettings } from '../settings/load-settings.ts';
import type { Settings } from '../settings.ts';
import type { Storage } from '../storage/storage.ts';
import { SMALL_BATCHES } from '../storage/limits.ts';
import { JOURNAL_ORIGIN } from '../storage/write-batch.ts';
import { startWriter } from '../storage/writer.ts';

/** Tests only: the whole server but the thread and the ports, on a memory store and a folder of its own. */
export interface AppRig extends AsyncDisposable {
  readonly app: App;
  readonly events: Events;
  readonly storage: Storage;
  readonly dataDir: string;
  /** What was logged, parsed. */
  readonly logs: readonly Record<string, unknown>[];
  /** Resolves when all that is durable can be read. */
  readonly settle: () => Promise<void>;
  /** `POST path` with this JSON and a loopback Host. */
  readonly post: (path: string, body: unknown) => Promise<{ status: number; body: Record<string, unknown> }>;
}

export interface AppRigOptions {
  readonly flags?: readonly string[];
  readonly journal?: (journal: Journal) => Journal;
  readonly store?: (store: TraceStore) => TraceStore;
  readonly app?: Partial<AppOptions>;
  /** `SMALL_BATCHES` when left out. */
  readonly batches?: FeedLimits;
}

export async function openAppRig(options: AppRigOptions = {}): Promise<AppRig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fluoroscope-app-'));
  const logs: Record<string, unknown>[] = [];
  const events = createEvents({ logLevel: 'info', logTo: { write: (line) => void logs.push(JSON.parse(line)) } });
  const settings = settingsOf([...(options.flags ?? []), '--data-dir', dataDir, '--http-listen', '127.0.0.1:0']);
  const dir = join(dataDir, 'journal');
  const opened = await openJournal({
    dir,
    sizeBytesMax: settings.journalSize,
    durability: 'os',
    nextSequence: 1,
    events: { damaged: () => {} },
  });
  const journal = options.journal?.(opened) ?? opened;
  const store = options.store?.(createMemoryStore()) ?? createMemoryStore();
  const storage = await openStorage({ dir, store, events, batches: options.batches ?? SMALL_BATCHES });
  const control = await openControl({ settings, nowUs: options.app?.nowUs ?? readClock });
  const encryption = await openEncryption({
    keyFile: null,
    choice: control.encryption,
    setStorageKeys: (keys) => storage.setKeys(keys),
    account: settings,
    retentionSeconds: 0,
    nowSeconds: () => 0,
    events,
  });
  const app = await createApp({
    settings,
    journal,
    storage,
    control,
    encryption,
    events,
    version: '0.0.0-test',
    consoleFolder: null,
    listeners: () => [],
    ...options.app,
  });

  async function settle(): Promise<void> {
    await app.ingest.drain();
    await untilWritten(storage, opened.committedSequence);
  }

  return {
    app,
    events,
    storage,
    dataDir,
    logs,
    settle,
    async post(path, body) {
      const response = await app.http.inject({
        method: 'POST',
        url: path,
        headers: { host: 'localhost' },
        body: JSON.stringify(body),
      });
      return { status: response.statusCode, body: response.json() };
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function settingsOf(flags: readonly string[]): Settings {
  const settings = parseSettings(flags, {});
  if (!settings.ok) throw new Error(settings.problem.expected);
  return settings.value;
}

async function untilWritten(storage: Storage, sequence: number): Promise<void> {
  while (storage.revision < sequence) {
    await new Promise<void>((resolve) => {
      const listening = storage.onWritten(() => {
        listening[Symbol.dispose]();
        resolve();
      });
    });
  }
}

interface StorageOptions {
  /** The journal's. */
  readonly dir: string;
  readonly store: TraceStore;
  readonly events: Events;
  readonly batches: FeedLimits;
}

/** The storage thread's work without the thread. */
async function openStorage({ dir, store, events, batches }: StorageOptions): Promise<Storage> {
  const listeners = new Set<(sequence: number) => void>();
  let revision = 0;
  let committedSequence = 0;
  const feed = createFileFeed({
    reader: await openJournalReader({ dir, after: 0, events: { damaged: () => {} } }),
    origin: JOURNAL_ORIGIN,
    progress: { sequence: 0, unfinishedSequence: null },
    limits: batches,
    durable: () => {},
  });
  const writer = startWriter({
    store,
    feed,
    cachedEntitiesMax: 100_000,
    events: {
      failing: () => {},
      written(batch) {
        revision = batch.sequence;
        events.batchWritten(batch);
        for (const listener of listeners) listener(revision);
      },
    },
  });
  return {
    store,
    nextSequence: 1,
    durableSequence: 0,
    get revision() {
      return revision;
    },
    get backlogCount() {
      return Math.max(0, committedSequence - revision);
    },
    onDurable: () => ({ [Symbol.dispose]: () => {} }),
    flush: () => {},
    failing: null,
    lags: [],
    setKeys: () => Promise.resolve(),
    follow: () => {},
    committed(sequence) {
      committedSequence = Math.max(committedSequence, sequence);
      feed.committed(sequence);
    },
    onWritten(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    async [Symbol.asyncDispose]() {
      await writer[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}
