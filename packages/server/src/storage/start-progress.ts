import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError, type StoreProgress, type TraceStore } from '@fluoroscope/store';
import { RETRY_MS_MAX, RETRY_MS_MIN } from './limits.ts';
import type { FromWorker } from './messages.ts';
import type { StoreChoice } from './open-store.ts';

/**
 * From where the journal goes on. A store that is away does not say: then its last known sequence is taken from a file,
 * so that the journal numbers no record twice, and following waits until the store is there. A sequence is in the file
 * before the journal may let go of its records; what the store has beyond it is therefore still in the journal.
 */
export interface StartProgress {
  readonly known: StoreProgress;
  /** Null when it was given up waiting. */
  readonly followFrom: <Follower>(follow: (progress: StoreProgress) => Promise<Follower>) => Promise<Follower | null>;
  readonly stopWaiting: () => void;
  /** For the follower: what is durable is remembered before it is said. */
  readonly say: (message: FromWorker) => void;
}

export interface StartOptions {
  readonly store: Pick<TraceStore, 'readProgress'>;
  readonly origin: string;
  readonly choice: StoreChoice;
  readonly say: (message: FromWorker) => void;
}

export async function findStart({ store, origin, choice, say }: StartOptions): Promise<StartProgress> {
  const stop = new AbortController();
  let lastRemembered: Promise<void> = Promise.resolve();
  const storedFile = choice.kind === 'clickhouse' ? choice.storedFile : null;

  /** The error of a store that is away. */
  async function ask(): Promise<StoreProgress | StoreError> {
    try {
      return await store.readProgress(origin);
    } catch (error) {
      if (error instanceof StoreError && error.code === 'away') return error;
      throw error;
    }
  }

  async function wait(): Promise<StoreProgress | null> {
    for (let waitMs = RETRY_MS_MIN; !stop.signal.aborted; waitMs = Math.min(waitMs * 2, RETRY_MS_MAX)) {
      const progress = await ask();
      if (!(progress instanceof StoreError)) return progress;
      say({ kind: 'failing', message: progress.message });
      await sleep(waitMs, undefined, { signal: stop.signal }).catch(() => {});
    }
    return null;
  }

  async function rememberAndSay(file: string, message: FromWorker & { readonly kind: 'durable' }): Promise<void> {
    try {
      await writeSequence(file, message.sequence);
      say(message);
    } catch (error) {
      say({ kind: 'failing', message: `${file} cannot be written: ${String(error)}` });
    }
  }

  const answer = await ask();
  const found = answer instanceof StoreError ? null : answer;
  return {
    known: found ?? (await readRemembered(storedFile)),
    async followFrom(follow) {
      const progress = found ?? (await wait());
      return progress === null ? null : follow(progress);
    },
    stopWaiting() {
      stop.abort();
    },
    say(message) {
      if (message.kind !== 'durable' || storedFile === null) return say(message);
      lastRemembered = lastRemembered.then(() => rememberAndSay(storedFile, message));
    },
  };
}

async function readRemembered(file: string | null): Promise<StoreProgress> {
  const text = file === null ? '' : await readFile(file, 'utf8').catch(() => '');
  const sequence = /^\d{1,15}\n$/.test(text) ? Number(text) : 0;
  return { sequence, durableSequence: sequence, unfinishedSequence: null };
}

/** Whole or not at all, whatever happens in between. */
async function writeSequence(file: string, sequence: number): Promise<void> {
  const part = `${file}.part`;
  await sync(part, 'w', (handle) => handle.writeFile(`${sequence}\n`));
  await rename(part, file);
  await sync(dirname(file), 'r', async () => {});
}

async function sync(
  path: string,
  flags: 'w' | 'r',
  write: (handle: { writeFile(text: string): Promise<void> }) => Promise<void>,
): Promise<void> {
  const handle = await open(path, flags, 0o600);
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
