import { resolve } from 'node:path';
import { PipelineError, type BatchStore } from '@fluoroscope/pipeline';
import { openSpool, type SpoolOptions } from '../spool/spool.ts';

/** Folders that exporters keep their queues in: each has one user at a time, whoever comes next waits. */
export interface Folders {
  /**
   * A store in this folder. Rejects when it cannot be opened, where nobody else has the folder; else at once, and what is asked of
   * the store waits until the one before is disposed.
   */
  readonly open: (options: SpoolOptions) => Promise<BatchStore>;
}

export function createFolders(): Folders {
  /** Until the last of its users is done. */
  const busy = new Map<string, Promise<unknown>>();

  return {
    async open(options) {
      const folder = resolve(options.dir);
      const turn = busy.get(folder);
      let leave = (): void => {};
      const left = new Promise<void>((done) => (leave = done));
      const all = Promise.all([turn, left]).then(() => {
        if (busy.get(folder) === all) busy.delete(folder);
      });
      busy.set(folder, all);
      if (turn !== undefined) return waitingStore(turn, options, leave);
      try {
        return leaving(await openSpool(options), leave);
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}

function leaving(store: BatchStore, leave: () => void): BatchStore {
  return {
    append: (batch) => store.append(batch),
    after: (sequence) => store.after(sequence),
    done: (sequence) => store.done(sequence),
    get recoveredSequence() {
      return store.recoveredSequence;
    },
    async [Symbol.asyncDispose]() {
      try {
        await store[Symbol.asyncDispose]();
      } finally {
        leave();
      }
    },
  };
}

/** Opened when it is its turn, unless it was disposed before. */
function waitingStore(turn: Promise<unknown>, options: SpoolOptions, leave: () => void): BatchStore {
  let recoveredSequence = 0;
  let isOpening = false;
  let abandon = (): void => {};
  const abandoned = new Promise<never>((_resolve, reject) => {
    abandon = () => reject(new PipelineError('closed', 'exporter'));
  });
  let isAbandoned = false;
  const opened = turn.then(async () => {
    if (isAbandoned) return abandoned;
    isOpening = true;
    const spool = await openSpool(options);
    recoveredSequence = spool.recoveredSequence;
    return spool;
  });
  const ready = Promise.race([opened, abandoned]);
  ready.catch(() => undefined);
  return {
    append: async (batch) => (await ready).append(batch),
    after: async (sequence) => (await ready).after(sequence),
    done: async (sequence) => (await ready).done(sequence),
    get recoveredSequence() {
      return recoveredSequence;
    },
    async [Symbol.asyncDispose]() {
      isAbandoned = true;
      if (!isOpening) abandon();
      try {
        await (await ready)[Symbol.asyncDispose]();
      } catch {
        // Not opened: there is nothing to close.
      } finally {
        leave();
      }
    },
  };
}
