import { createFileFeed, openJournalReader, type DamagedDetail, type RecordFeed } from '@fluoroscope/journal';
import type { StoreProgress, TraceStore } from '@fluoroscope/store';
import { createOpeningFeed } from '../encryption/records.ts';
import type { Vault } from '../encryption/vault.ts';
import type { FollowedJournal, FromWorker, WorkerSettings } from './messages.ts';
import { startWriter } from './writer.ts';

/** The journal's way into the store, from where the store has come. */
export interface Follower extends AsyncDisposable {
  /** The file journal has made everything up to `sequence` durable. */
  committed(sequence: number): void;
}

export interface FollowOptions {
  readonly settings: WorkerSettings;
  readonly store: TraceStore;
  readonly vault: Vault;
  /** Of the file journal. */
  readonly progress: StoreProgress;
  readonly say: (message: FromWorker) => void;
}

export async function follow(options: FollowOptions): Promise<Follower> {
  const { journal } = options.settings;
  return journal.kind === 'file' ? followFiles(options, journal) : followTopic(options, journal);
}

async function followFiles(
  options: FollowOptions,
  { dir, origin }: FollowedJournal & { readonly kind: 'file' },
): Promise<Follower> {
  const { settings, progress, say } = options;
  const reader = await openJournalReader({
    dir,
    after: progress.sequence,
    events: { damaged: (detail) => say(damaged(detail, progress.sequence)) },
  });
  const feed = createFileFeed({
    reader,
    origin,
    progress,
    limits: settings.batches,
    durable: (sequence) => say({ kind: 'durable', sequence }),
  });
  const writer = startWriting(createOpeningFeed(feed, options.vault, { kind: 'file' }), options);
  return {
    committed: (sequence) => feed.committed(sequence),
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

async function followTopic(
  options: FollowOptions,
  { access, group }: FollowedJournal & { kind: 'kafka' },
): Promise<Follower> {
  const { settings, store, say } = options;
  const { openKafkaFeed } = await import('@fluoroscope/journal/kafka');
  const feed = openKafkaFeed(access, {
    group,
    limits: settings.batches,
    readProgress: (origin) => store.readProgress(origin),
    events: {
      damaged: (detail) => say(damaged(detail, 0)),
      failing: (message) => say({ kind: 'failing', message }),
      recovered: () => say({ kind: 'recovered' }),
      lag: (report) => say({ kind: 'lag', report }),
    },
  });
  const { topic } = access;
  const writer = startWriting(createOpeningFeed(feed, options.vault, { kind: 'kafka', topic }), options);
  // The brokers tell the feed what is there.
  return { committed: () => {}, [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose]() };
}

function startWriting(feed: RecordFeed, { settings, store, say }: FollowOptions): AsyncDisposable {
  return startWriter({
    store,
    feed,
    cachedEntitiesMax: settings.cachedEntitiesMax,
    events: {
      written: (batch) => say({ kind: 'written', batch }),
      failing: (message) => say({ kind: 'failing', message }),
    },
  });
}

function damaged(detail: DamagedDetail, storedSequence: number): FromWorker {
  return { kind: 'damaged', detail: JSON.stringify(detail), lostCount: countLost(detail, storedSequence) };
}

/** Of what the store did not have already. More than were lost where a failed append left a gap in the numbers. */
function countLost({ afterSequence, beforeSequence }: DamagedDetail, storedSequence: number): number {
  if (beforeSequence === null) return 0;
  return Math.max(0, beforeSequence - 1 - Math.max(afterSequence, storedSequence));
}
