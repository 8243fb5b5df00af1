import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { openJournalReader, type DamagedDetail } from '@fluoroscope/journal';
import { StoreError, type TraceStore } from '@fluoroscope/store';
import { openDuckDbStore } from '@fluoroscope/store-duckdb';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.ts';
import { startWriter, type Writer } from './writer.ts';

/** The storage thread: owns the store, follows the journal, answers reads. */
async function main(port: MessagePort, settings: WorkerSettings): Promise<void> {
  const say = (message: FromWorker): void => port.postMessage(message);
  let store: TraceStore;
  try {
    store = await openDuckDbStore({
      file: settings.storeFile,
      memoryBytesMax: settings.storeMemoryBytes,
      threads: settings.storeThreads,
    });
  } catch (error) {
    say({ kind: 'refused', ...describe(error) });
    port.close();
    return;
  }
  const writtenSequence = await store.readSequence();
  let writer: Promise<Writer> | undefined;

  async function follow(): Promise<Writer> {
    const reader = await openJournalReader({
      dir: settings.journalDir,
      after: writtenSequence,
      events: {
        damaged: (detail) =>
          say({ kind: 'damaged', detail: JSON.stringify(detail), lostCount: countLost(detail, writtenSequence) }),
      },
    });
    return startWriter({
      store,
      reader,
      cachedEntitiesMax: settings.cachedEntitiesMax,
      events: {
        written: (batch) => say({ kind: 'written', batch }),
        failing: (message) => say({ kind: 'failing', message }),
      },
    });
  }

  async function close(): Promise<void> {
    if (writer !== undefined) await (await writer)[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    say({ kind: 'closed' });
    port.close();
  }

  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'follow':
        writer = follow();
        return;
      case 'committed':
        void writer?.then((running) => running.committed(message.sequence));
        return;
      case 'call':
        void answer(store, message).then(say);
        return;
      case 'close':
        void close();
        return;
      default:
        message satisfies never;
    }
  });
  say({ kind: 'open', writtenSequence });
}

async function answer(store: TraceStore, call: ToWorker & { readonly kind: 'call' }): Promise<FromWorker> {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller is our own typed proxy
    const read = store[call.method] as (...args: unknown[]) => Promise<unknown>;
    return { kind: 'answer', id: call.id, value: await read.apply(store, [...call.args]) };
  } catch (error) {
    return { kind: 'error', id: call.id, ...describe(error) };
  }
}

/** Of what the store did not have already. More than were lost where a failed append left a gap in the numbers. */
function countLost({ afterSequence, beforeSequence }: DamagedDetail, writtenSequence: number): number {
  if (beforeSequence === null) return 0;
  return Math.max(0, beforeSequence - 1 - Math.max(afterSequence, writtenSequence));
}

function describe(error: unknown): { code: StoreError['code']; message: string } {
  const code = error instanceof StoreError ? error.code : 'failed';
  return { code, message: error instanceof Error ? error.message : String(error) };
}

if (parentPort !== null) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- thread.ts is the only one to start it
  await main(parentPort, workerData as WorkerSettings);
}
