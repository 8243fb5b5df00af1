import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { TraceStore } from '@fluoroscope/store';
import { createSealingStore } from '../encryption/sealing-store.ts';
import { createVault } from '../encryption/vault.ts';
import { createAnswers, describe } from './answers.ts';
import { follow, type Follower } from './follow.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.ts';
import { LAST_CALLS_MS_MAX } from './limits.ts';
import { openStore } from './open-store.ts';
import { movedMemory } from './packed-graph.ts';
import { startRetention } from './retention.ts';
import { findStart } from './start-progress.ts';
import { JOURNAL_ORIGIN } from './write-batch.ts';

/** The storage thread: owns the store, follows the journal, answers reads. */
async function main(port: MessagePort, settings: WorkerSettings): Promise<void> {
  const say = (message: FromWorker): void =>
    port.postMessage(message, message.kind === 'answer' ? movedMemory(message.value) : []);
  const vault = createVault();
  let store: TraceStore;
  try {
    const bare = await openStore(settings.store, settings.journal, (message) => say({ kind: 'failing', message }));
    store = createSealingStore(bare, vault);
  } catch (error) {
    say({ kind: 'refused', ...describe(error) });
    port.close();
    return;
  }
  const answers = createAnswers(store, say);
  const { journal, retentionUs, retentionBytes } = settings;
  const origin = journal.kind === 'file' ? journal.origin : JOURNAL_ORIGIN;
  const start = await findStart({ store, origin, choice: settings.store, say });
  let follower: Promise<Follower | null> | undefined;
  const retention = startRetention({
    store,
    retentionUs,
    sizeBytesMax: retentionBytes,
    events: {
      expired: (report) => say({ kind: 'expired', report }),
      failing: (message) => say({ kind: 'failing', message }),
    },
  });

  async function close(): Promise<void> {
    start.stopWaiting();
    await (await follower)?.[Symbol.asyncDispose]();
    await retention[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    say({ kind: 'closed' });
    port.close();
  }

  endLateOnFault(port, async () => {
    start.stopWaiting();
    await (await follower)?.[Symbol.asyncDispose]();
    await retention[Symbol.asyncDispose]();
  });
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'follow':
        follower = start.followFrom((progress) => follow({ settings, store, vault, progress, say: start.say }));
        return;
      case 'committed':
        void follower?.then((running) => running?.committed(message.sequence));
        return;
      case 'call':
      case 'cancel':
        answers.take(message);
        return;
      case 'keys':
        vault.set(message.keys);
        say({ kind: 'answer', id: message.id, value: null });
        return;
      case 'flush':
        void store.flush().catch((error: unknown) => say({ kind: 'failing', message: describe(error).message }));
        return;
      case 'close':
        void close();
        return;
      default:
        message satisfies never;
    }
  });
  const { sequence, durableSequence, unfinishedSequence } = start.known;
  // A number that a cut batch may have used is not given to another record.
  say({ kind: 'open', durableSequence, nextSequence: Math.max(sequence, unfinishedSequence ?? 0) + 1 });
}

/**
 * An error that nobody caught ends the thread, but not while the engine works for it: a call that comes back to a thread
 * that is no more aborts the whole process, which could then not say why. `stop`: begins no more of them.
 */
function endLateOnFault(port: MessagePort, stop: () => Promise<void>): void {
  let isEnding = false;
  function onFault(error: Error): void {
    if (isEnding) return;
    isEnding = true;
    port.removeAllListeners('message');
    const isLate = new Promise((resolve) => setTimeout(resolve, LAST_CALLS_MS_MAX));
    void Promise.race([stop(), isLate])
      .catch(() => {})
      .then(() => {
        process.off('uncaughtException', onFault);
        setImmediate(() => {
          throw error;
        });
      });
  }
  process.on('uncaughtException', onFault);
}

if (parentPort !== null) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- thread.ts is the only one to start it
  await main(parentPort, workerData as WorkerSettings);
}
