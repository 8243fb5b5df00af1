import { stat } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';
import { JournalError } from '@fluoroscope/journal';
import { secondsFromUs, timeUs } from '@fluoroscope/model';
import { PipelineError } from '@fluoroscope/pipeline';
import { StoreError } from '@fluoroscope/store';
import { createApp, readClock, type App } from './app.ts';
import { openControl, type Control } from './control/control.ts';
import { makeFolder } from './data-folder.ts';
import { missingKeys, openEncryption, type Encryption } from './encryption/encryption.ts';
import { checkJournalKeys } from './encryption/journal-keys.ts';
import { createEvents, type Events } from './events.ts';
import { listenHttp } from './http/listen.ts';
import { chooseJournal, openSink } from './journal.ts';
import { printListen, type ListenAddress } from './settings/kinds.ts';
import { SETTINGS, type Settings } from './settings.ts';
import { SPAN_LISTENERS, type SpanListenerKind } from './spans/listeners.ts';
import { StartError } from './start-error.ts';
import { CACHED_ENTITIES_MAX, LARGE_BATCHES, SLICE_SECONDS_MAX, SMALL_BATCHES } from './storage/limits.ts';
import type { FollowedJournal, WorkerSettings } from './storage/messages.ts';
import { chooseStore } from './store-choice.ts';
import type { Storage } from './storage/storage.ts';
import { openStorageThread } from './storage/thread.ts';
import { listenUdp } from './udp.ts';

export interface ServeOptions {
  readonly version: string;
  /** The console's build; null when there is none. */
  readonly consoleFolder: string | null;
}

export interface Listener {
  readonly name: 'http' | 'udp' | SpanListenerKind['name'];
  /** host:port, as bound. */
  readonly address: string;
}

export interface RunningServer extends AsyncDisposable {
  readonly listeners: readonly Listener[];
  /** What the operator should know of this start. */
  readonly notices: readonly string[];
  /** Null without an HTTP listener. */
  readonly consoleUrl: string | null;
  /** Resolves if the server cannot go on; `failure` then says why. */
  readonly died: Promise<void>;
  readonly failure: Error | null;
  /** Reads the encryption keys again; null without --encryption-keys. */
  readonly reloadKeys: (() => Promise<void>) | null;
}

/**
 * The composition root of `serve`: takes the data folder, opens journal and store, then the ports. Rejects with
 * a StartError for what its user can mend. Disposing drains: what was received is durable, then stored.
 */
export async function serve(settings: Settings, { version, consoleFolder }: ServeOptions): Promise<RunningServer> {
  const events = createEvents({ logLevel: settings.logLevel });
  const listeners: Listener[] = [];
  const notices: string[] = [];
  const opened: AsyncDisposable[] = [];
  let encryption: Encryption;
  let failure: Error | null = null;
  let tellDied: () => void = () => {};
  const died = new Promise<void>((resolve) => (tellDied = resolve));

  function die(error: Error): void {
    events.troubleMet('the storage thread has ended', error);
    failure ??= error;
    tellDied();
  }

  try {
    makeFilesPrivate();
    await makeDataFolder(settings.dataDir, notices);
    const followed = await chooseJournal(settings);
    const store = await chooseStore(settings);
    const storage = await openStorage(settings, { store, journal: followed }, events, die);
    opened.push(storage);
    const control = await openControl({ settings, nowUs: readClock });
    encryption = await openKeys(settings, { control, storage, journal: followed, events });
    const { vault } = encryption;
    const journal = await openSink({ settings, followed, storage, vault, events, notices });
    // Closed after the storage thread, which writes what is left and lets go of the journal's files.
    opened.unshift(journal);
    const app = await createApp({
      settings,
      journal,
      storage,
      control,
      encryption,
      events,
      version,
      consoleFolder,
      listeners: () => listeners,
      notices: () => [...notices, ...encryption.notices()],
    });
    opened.push(app);
    const listening: AsyncDisposable[] = [];
    opened.push({ [Symbol.asyncDispose]: () => closeTogether(listening, events) });
    await openListeners(settings, app, events, { listeners, notices, listening });
  } catch (error) {
    await closeAll(opened, events);
    throw toStartError(error, settings);
  }

  const http = listeners.find(({ name }) => name === 'http');
  return {
    listeners,
    notices,
    consoleUrl: http === undefined ? null : `${settings.tlsCert === null ? 'http' : 'https'}://${http.address}/`,
    died,
    get failure() {
      return failure;
    },
    reloadKeys: settings.encryptionKeys === null ? null : () => encryption.reload(),
    [Symbol.asyncDispose]: () => closeAll(opened, events),
  };
}

/** Traces are nobody else's to read, and the store's engine would leave its files open to all. */
function makeFilesPrivate(): void {
  if (isMainThread) process.umask(0o077);
}

/** A folder that was there keeps its mode: others may have their reasons to enter it. */
async function makeDataFolder(dataDir: string, notices: string[]): Promise<void> {
  try {
    await makeFolder(dataDir);
    const mode = (await stat(dataDir)).mode & 0o777;
    if (process.platform === 'win32' || (mode & 0o077) === 0) return;
    notices.push(`other users of this machine can enter the data folder (mode ${mode.toString(8)}): chmod 700 it`);
  } catch (error) {
    throw new StartError(`--data-dir: ${dataDir} cannot be made a folder of (${codeOf(error)}): choose another one`, {
      cause: error,
    });
  }
}

function openStorage(
  settings: Settings,
  chosen: Pick<WorkerSettings, 'store' | 'journal'>,
  events: Events,
  die: (error: Error) => void,
): Promise<Storage> {
  return openStorageThread(
    {
      ...chosen,
      batches: settings.storeUrl === null ? SMALL_BATCHES : LARGE_BATCHES,
      cachedEntitiesMax: CACHED_ENTITIES_MAX,
      retentionUs: settings.retention,
      retentionBytes: settings.retentionSize,
    },
    {
      written: (batch) => events.batchWritten(batch),
      failing: (message) => events.troubleMet('documents wait in the journal', new Error(message)),
      damaged(detail, lostCount) {
        events.documentsDamaged(lostCount);
        events.troubleMet('the journal has damaged frames', new Error(detail));
      },
      expired: (report) => events.documentsExpired(report.documentCount),
      died: die,
    },
  );
}

interface KeysOptions {
  readonly control: Control;
  readonly storage: Storage;
  readonly journal: FollowedJournal;
  readonly events: Events;
}

/** Before anything is read from the journal: what waits there may need a key, and is stored as is chosen. */
async function openKeys(
  { encryptionKeys, region, accountId, retention }: Settings,
  { control, storage, journal, events }: KeysOptions,
): Promise<Encryption> {
  const encryption = await openEncryption({
    keyFile: encryptionKeys,
    choice: control.encryption,
    setStorageKeys: (keys) => storage.setKeys(keys),
    account: { region, accountId },
    retentionSeconds: secondsFromUs(timeUs(retention)) + SLICE_SECONDS_MAX,
    nowSeconds: () => secondsFromUs(readClock()),
    events,
  });
  if (journal.kind === 'file') {
    const missing = missingKeys(control.encryption.current().usedKeys, encryption.vault.keys);
    await checkJournalKeys({ dir: journal.dir, after: storage.durableSequence, missing });
  }
  return encryption;
}

interface Announcements {
  /** To be closed. */
  readonly listening: AsyncDisposable[];
  readonly listeners: Listener[];
  readonly notices: string[];
}

async function openListeners(
  settings: Settings,
  app: App,
  events: Events,
  { listening, listeners, notices }: Announcements,
): Promise<void> {
  const { udpListen, httpListen } = settings;
  if (udpListen !== null) {
    const udp = await orExplain(SETTINGS.udpListen.name, udpListen, () =>
      listenUdp({
        at: udpListen,
        bufferBytes: settings.udpBuffer,
        ingest: app.ingest,
        takesFrom: app.access.gate.takesDatagram,
        events,
      }),
    );
    listening.push(udp);
    listeners.push({ name: 'udp', address: udp.address });
    if (udp.notice !== null) notices.push(udp.notice);
  }
  for (const { key, name, open } of SPAN_LISTENERS) {
    const at = settings[key];
    if (at === null) continue;
    const flag = SETTINGS[key].name;
    try {
      const spans = await orExplain(flag, at, () => open(at, settings, app.spans));
      listening.push(spans);
      listeners.push({ name, address: spans.address });
    } catch (error) {
      if (!at.mayBeTaken || !(error instanceof StartError) || !isTaken(error.cause)) throw error;
      notices.push(
        `${name} is closed: ${printListen(at)} is in use by another program; --${flag} sets another port, or off`,
      );
    }
  }
  // The last: who finds it open finds the others open too. Announced as the first.
  if (httpListen !== null) {
    const address = await orExplain(SETTINGS.httpListen.name, httpListen, () => listenHttp(app.http, httpListen));
    listeners.unshift({ name: 'http', address });
  }
}

async function orExplain<T>(flag: string, at: ListenAddress, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    throw new StartError(`--${flag}: ${printListen(at)} ${whyNot(cause, flag)}`, { cause });
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof PipelineError ? error.code === 'address-in-use' : codeOf(error) === 'EADDRINUSE';
}

/** All at once: each waits a while for those that are being answered. */
async function closeTogether(parts: readonly AsyncDisposable[], events: Events): Promise<void> {
  await Promise.all(parts.map((part) => closeAll([part], events)));
}

/** Last opened first: sockets, then what they feed. */
async function closeAll(opened: AsyncDisposable[], events: Events): Promise<void> {
  for (const part of opened.splice(0).toReversed()) {
    try {
      await part[Symbol.asyncDispose]();
    } catch (error) {
      events.troubleMet('a part of the server could not be closed in order', error);
    }
  }
}

const MEND_FOLDER = 'choose another folder, or mend this one';
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['locked', 'stop that one, or choose another folder'],
  ['unknown-version', 'start the newer version that wrote it, or choose another folder'],
]);

function toStartError(error: unknown, settings: Settings): unknown {
  if (error instanceof StoreError && settings.storeUrl !== null && error.code !== 'locked') {
    return new StartError(`--store-url: ${unprefixed(error)}: see docs/clickhouse.md`, { cause: error });
  }
  if (error instanceof StoreError || error instanceof JournalError) {
    const advice = ADVICE.get(error.code) ?? MEND_FOLDER;
    return new StartError(`--data-dir: ${unprefixed(error)}: ${advice}`, { cause: error });
  }
  if (error instanceof Error && 'code' in error && 'path' in error) {
    return new StartError(`--data-dir: ${String(error.path)} cannot be used (${codeOf(error)}): ${MEND_FOLDER}`, {
      cause: error,
    });
  }
  return error;
}

/** Without its code, which is for programs. */
function unprefixed(error: Error): string {
  return error.message.replace(/^\[[a-z-]+\] /, '');
}

function whyNot(error: unknown, flag: string): string {
  if (isTaken(error))
    return `is in use by another program: stop that one, or choose another port (0 picks a free one) with --${flag}`;
  const code = codeOf(error instanceof PipelineError && error.cause !== undefined ? error.cause : error);
  if (code === 'EACCES') return 'may not be listened on by this user: choose a port of 1024 or more';
  return `cannot be listened on (${code})`;
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
