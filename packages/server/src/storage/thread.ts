import { Worker } from 'node:worker_threads';
import {
  StoreError,
  cancelled,
  type GraphPeriod,
  type RetentionReport,
  type StoredDocument,
  type StoreStats,
  type TraceCursor,
} from '@fluoroscope/store';
import { CLOSE_MS_MAX, OLD_GENERATION_MB, YOUNG_GENERATION_MB } from './limits.ts';
import type { VaultKeys } from '../encryption/vault.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.ts';
import { unpackGraph, type PackedGraph } from './packed-graph.ts';
import { unpackPage, unpackRows, type PackedPage, type PackedRows } from './packed-rows.ts';
import { createProgress } from './progress.ts';
import type { Storage, StoreReader } from './storage.ts';
import type { WrittenBatch } from './write-batch.ts';

export interface StorageEvents {
  readonly written: (batch: WrittenBatch) => void;
  readonly failing: (message: string) => void;
  /** Journal records could not be read; `lostCount` of them are lost for the store. */
  readonly damaged: (detail: string, lostCount: number) => void;
  /** Documents were let go of: too old, or too much. */
  readonly expired: (report: RetentionReport) => void;
  /** The thread ended without being asked to; nothing more will be stored or read. */
  readonly died: (error: Error) => void;
}

/** Starts the thread and takes the store for this process. Rejects with the StoreError of opening it. */
export async function openStorageThread(settings: WorkerSettings, events: StorageEvents): Promise<Storage> {
  const worker = startWorker(settings);
  const { durableSequence, nextSequence } = await opened(worker);
  const calls = createCalls(worker);
  const progress = createProgress(settings.journal.kind, durableSequence);
  let closed: (() => void) | undefined;
  let hasEnded = false;

  worker.on('message', (message: FromWorker) => {
    progress.take(message);
    if (message.kind === 'written') events.written(message.batch);
    else if (message.kind === 'failing') events.failing(message.message);
    else if (message.kind === 'damaged') events.damaged(message.detail, message.lostCount);
    else if (message.kind === 'expired') events.expired(message.report);
    else if (message.kind === 'answer' || message.kind === 'error') calls.settle(message);
    else if (message.kind === 'closed') closed?.();
  });

  /** An error is followed by the exit: the first says more. */
  function onEnd(error: Error): void {
    if (hasEnded) return;
    hasEnded = true;
    calls.fail(error);
    if (closed === undefined) events.died(error);
    closed?.();
  }
  worker.once('error', onEnd);
  worker.once('exit', () => onEnd(new StoreError('closed', 'the storage thread has ended')));

  const post = sendTo(worker);
  return {
    store: calls.reader,
    durableSequence,
    nextSequence,
    get revision() {
      return progress.revision;
    },
    get backlogCount() {
      return progress.backlogCount;
    },
    get failing() {
      return progress.failing;
    },
    get lags() {
      return progress.lags;
    },
    setKeys: (keys) => calls.setKeys(keys),
    follow: () => post({ kind: 'follow' }),
    committed(sequence) {
      progress.committed(sequence);
      post({ kind: 'committed', sequence });
    },
    flush: () => post({ kind: 'flush' }),
    onWritten: (listener) => progress.onWritten(listener),
    onDurable: (listener) => progress.onDurable(listener),
    async [Symbol.asyncDispose]() {
      // Who has ended by itself does not answer.
      if (hasEnded) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CLOSE_MS_MAX);
        closed = () => {
          clearTimeout(timer);
          resolve();
        };
        post({ kind: 'close' });
      });
      await worker.terminate();
    },
  };
}

function sendTo(worker: Worker): (message: ToWorker) => void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window's
  return (message) => worker.postMessage(message);
}

function startWorker(settings: WorkerSettings): Worker {
  // Node 20 cannot start a thread from a TypeScript file: from sources, the built one is taken.
  const program = import.meta.url.endsWith('.ts') ? '../../dist/storage/worker.js' : 'worker.js';
  return new Worker(new URL(program, import.meta.url), {
    workerData: settings,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB, maxOldGenerationSizeMb: OLD_GENERATION_MB },
  });
}

function opened(worker: Worker): Promise<FromWorker & { readonly kind: 'open' }> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error): void => reject(new StoreError('failed', cause.message, { cause }));
    const onExit = (code: number): void => reject(new StoreError('failed', `the storage thread ended with ${code}`));
    worker.once('error', onError).once('exit', onExit);
    worker.once('message', (message: FromWorker) => {
      worker.off('error', onError).off('exit', onExit);
      if (message.kind === 'open') resolve(message);
      else if (message.kind === 'refused') reject(new StoreError(message.code, unprefixed(message)));
      else reject(new StoreError('failed', `the storage thread began with "${message.kind}"`));
    });
  });
}

interface Calls {
  readonly reader: StoreReader;
  setKeys(keys: VaultKeys): Promise<void>;
  settle(message: FromWorker & { readonly kind: 'answer' | 'error' }): void;
  fail(error: Error): void;
}

function createCalls(worker: Worker): Calls {
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const post = sendTo(worker);
  let nextId = 1;
  let ended: Error | undefined;

  function ask(messageOf: (id: number) => ToWorker): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      const id = nextId++;
      pending.set(id, { resolve, reject });
      post(messageOf(id));
    });
  }

  /** Given up, and so told to the thread, once whoever asks says so. */
  function giveUp(id: number): void {
    const waiter = pending.get(id);
    if (waiter === undefined) return;
    pending.delete(id);
    post({ kind: 'cancel', id });
    waiter.reject(cancelled());
  }

  function call(method: keyof StoreReader): ReturnType<Call> {
    return async (args, signal) => {
      let stop = (): void => {};
      const answered = ask((id) => {
        stop = () => giveUp(id);
        return { kind: 'call', id, method, args };
      });
      if (signal?.aborted === true) stop();
      signal?.addEventListener('abort', stop, { once: true });
      try {
        return await answered;
      } finally {
        signal?.removeEventListener('abort', stop);
      }
    };
  }

  return {
    reader: readerOf(call),
    async setKeys(keys) {
      await ask((id) => ({ kind: 'keys', id, keys }));
    },
    settle(message) {
      const waiter = pending.get(message.id);
      pending.delete(message.id);
      if (message.kind === 'answer') waiter?.resolve(message.value);
      else waiter?.reject(new StoreError(message.code, unprefixed(message)));
    },
    fail(error) {
      ended = error;
      for (const waiter of pending.values()) waiter.reject(error);
      pending.clear();
    },
  };
}

type Call = (method: keyof StoreReader) => (args: readonly unknown[], signal?: AbortSignal) => Promise<unknown>;

/** The worker applies the very same methods, and packs some answers. */
function readerOf(call: Call): StoreReader {
  const asked = <Answer>(method: keyof StoreReader) => {
    const ask = call(method);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the worker's store answers
    return (args: readonly unknown[], signal?: AbortSignal) => ask(args, signal) as Promise<Answer>;
  };
  const findTraceIds = asked<readonly TraceCursor[]>('findTraceIds');
  const findTraces = asked<PackedPage>('findTraces');
  const readDocumentPage = asked<readonly StoredDocument[]>('readDocumentPage');
  const readDocuments = asked<readonly StoredDocument[]>('readDocuments');
  const readGraph = asked<PackedGraph>('readGraph');
  const readGraphSeries = asked<readonly GraphPeriod[]>('readGraphSeries');
  const readStats = asked<StoreStats>('readStats');
  const readTraceRows = asked<PackedRows>('readTraceRows');
  return {
    findTraceIds: (query, signal) => findTraceIds([query], signal),
    findTraces: async (query, signal) => unpackPage(await findTraces([query], signal)),
    readDocumentPage: (query) => readDocumentPage([query]),
    readDocuments: (ids, signal) => readDocuments([ids], signal),
    readGraph: async (query) => unpackGraph(await readGraph([query])),
    readGraphSeries: (query) => readGraphSeries([query]),
    readStats: () => readStats([]),
    readTraceRows: async (ids) => unpackRows(await readTraceRows([ids])),
  };
}

/** A StoreError puts its code before its message; it must not stand there twice. */
function unprefixed({ code, message }: { code: string; message: string }): string {
  return message.startsWith(`[${code}] `) ? message.slice(code.length + 3) : message;
}
