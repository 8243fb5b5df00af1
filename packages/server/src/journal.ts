import { createHash } from 'node:crypto';
import { JournalError, openJournal, type Journal, type RecordSink } from '@fluoroscope/journal';
import type { Events } from './events.ts';
import { createRecordSealer, createSealingSink } from './encryption/records.ts';
import type { Vault } from './encryption/vault.ts';
import { readJournalCredentials } from './journal-credentials.ts';
import { journalDirOf } from './inspect-folder.ts';
import { loadOrCreatePageSecret } from './page-secret.ts';
import type { Settings } from './settings.ts';
import { StartError } from './start-error.ts';
import type { FollowedJournal } from './storage/messages.ts';
import type { Storage } from './storage/storage.ts';
import { JOURNAL_ORIGIN } from './storage/write-batch.ts';

/** Which journal the storage thread follows. */
export async function chooseJournal(settings: Settings): Promise<FollowedJournal> {
  const { journal, journalCredentials, dataDir } = settings;
  if (journal === 'file') return { kind: 'file', dir: journalDirOf(dataDir), origin: await originOf(settings) };
  const credentials = await readJournalCredentials(journalCredentials);
  return { kind: 'kafka', access: { ...journal, credentials }, group: await groupOf(settings, journal.topic) };
}

/**
 * Processes that share a store share the topic. An embedded store is its process's own, and has to see all of the
 * topic: it is a group of its own, known by its data folder.
 */
async function groupOf({ storeUrl, dataDir }: Settings, topic: string): Promise<string> {
  if (storeUrl !== null) return `fluoroscope-${topic}`;
  return `fluoroscope-${topic}-${await folderId(dataDir, 'kafka group')}`;
}

/** Two journals may end in one server: each numbers its own records. */
async function originOf({ storeUrl, dataDir }: Settings): Promise<string> {
  if (storeUrl === null) return JOURNAL_ORIGIN;
  return `${JOURNAL_ORIGIN} ${await folderId(dataDir, 'journal origin')}`;
}

/** The same for as long as the folder lives. */
async function folderId(dataDir: string, use: string): Promise<string> {
  const secret = await loadOrCreatePageSecret(dataDir);
  return createHash('sha256').update(use).update(secret).digest('hex').slice(0, 16);
}

export interface SinkOptions {
  readonly settings: Settings;
  readonly followed: FollowedJournal;
  readonly storage: Storage;
  readonly vault: Vault;
  readonly events: Events;
  readonly notices: string[];
}

/** The journal for receivers to write to; the storage thread follows it from now on. */
export async function openSink({
  settings,
  followed,
  storage,
  vault,
  events,
  notices,
}: SinkOptions): Promise<RecordSink> {
  if (followed.kind === 'file') {
    const journal = await openFiles(followed.dir, { settings, storage, vault, events });
    followFiles(storage, journal, events);
    return journal;
  }
  const journal = await openTopic(followed);
  if (journal.replicaCount === 1) {
    notices.push("The journal's topic keeps one copy of each record: what its broker's disk loses is lost.");
  }
  storage.follow();
  return createSealingSink(journal, vault, followed.access.topic);
}

function openFiles(
  dir: string,
  { settings, storage, vault, events }: Pick<SinkOptions, 'settings' | 'storage' | 'vault' | 'events'>,
): Promise<Journal> {
  return openJournal({
    dir,
    sizeBytesMax: settings.journalSize,
    durability: settings.durability,
    nextSequence: storage.nextSequence,
    sealer: createRecordSealer(vault),
    events: { damaged: (detail) => events.troubleMet('the journal is damaged', new Error(JSON.stringify(detail))) },
  });
}

async function openTopic({ access }: FollowedJournal & { readonly kind: 'kafka' }) {
  try {
    const { openKafkaJournal } = await import('@fluoroscope/journal/kafka');
    return await openKafkaJournal(access);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    const reason = error.message.replace(/^\[[a-z-]+\] /, '');
    throw new StartError(`--journal: ${access.topic}: ${reason} (docs/kafka.md)`, { cause: error });
  }
}

/** Of the journal's size: from there on the store is asked to make durable what it has. */
const FLUSH_FROM_SHARE = 0.25;

export interface JournalUse {
  readonly sizeBytes: number;
  readonly sizeBytesMax: number;
  /** Records that the store shows and may lose in a crash: these can be let go of once it is flushed. */
  readonly heldCount: number;
  /** Records that the store does not have yet: a flush frees nothing of them, and costs the time to write them. */
  readonly waitingCount: number;
}

export function isFlushWanted({ sizeBytes, sizeBytesMax, heldCount, waitingCount }: JournalUse): boolean {
  const heldBytes = heldCount <= 0 ? 0 : (sizeBytes * heldCount) / (heldCount + waitingCount);
  return heldBytes > sizeBytesMax * FLUSH_FROM_SHARE;
}

/** The storage thread reads what the journal has made durable; the journal lets go of what the store has. */
function followFiles(storage: Storage, journal: Journal, events: Events): void {
  let { durableSequence } = storage;
  storage.onWritten((revision) => {
    const use = { heldCount: revision - durableSequence, waitingCount: storage.backlogCount };
    if (isFlushWanted({ ...journal.stats(), ...use })) storage.flush();
  });
  function release(sequence: number): void {
    journal
      .release(sequence)
      .catch((error: unknown) => events.troubleMet('a journal file could not be removed', error));
  }
  storage.onDurable((sequence) => {
    durableSequence = sequence;
    release(sequence);
  });
  release(durableSequence);
  storage.follow();
  storage.committed(journal.committedSequence);
}
