import { Worker } from 'node:worker_threads';
import { StoreError } from '@fluoroscope/store';
import { CLOSE_MS_MAX } from './limits.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.ts';
import type { Storage, StoreReader } from './storage.ts';
import type { WrittenBatch } from './write-batch.ts';

export interface StorageEvents {
  readonly written: (batch: WrittenBatch) => void;
  readonly failing: (message: string) => void;
  /** Journal records could not be read; `lostCount` of them are lost for the store. */
  readonly damaged: (detail: string, lostCount: number) => void;
  /** The thread ended without being asked to; nothing more will be stored or read. */
  readonly died: (error: Error) => void;
}

/** Starts the thread and takes the store for this process. Rejects with the StoreError of opening it. */
export async function openStorageThread(settings: WorkerSettings, events: StorageEvents): Promise<Storage> {
  const worker = startWorker(settings);
  const writtenSequence = await opened(worker);
  const calls = createCalls(worker);
  const listeners = new Set<(sequence: number) => void>();
  const waiting: { sequence: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  let latest = writtenSequence;
  let failing: string | null = null;
  let closed: (() => void) | undefined;
  let hasEnded = false;

  function onWritten(batch: WrittenBatch): void {
    latest = batch.sequence;
    failing = null;
    events.written(batch);
    for (const listener of listeners) listener(latest);
    for (const waiter of waiting.splice(0)) {
      if (waiter.sequence <= latest) waiter.resolve();
      else waiting.push(waiter);
    }
  }

  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'written') onWritten(message.batch);
    else if (message.kind === 'failing') events.failing((failing = message.message));
    else if (message.kind === 'damaged') events.damaged(message.detail, message.lostCount);
    else if (message.kind === 'answer' || message.kind === 'error') calls.settle(message);
    else if (message.kind === 'closed') closed?.();
  });

  /** An error is followed by the exit: the first says more. */
  function onEnd(error: Error): void {
    if (hasEnded) return;
    hasEnded = true;
    calls.fail(error);
    for (const waiter of waiting.splice(0)) waiter.reject(error);
    if (closed === undefined) events.died(error);
    closed?.();
  }
  worker.once('error', onEnd);
  worker.once('exit', () => onEnd(new StoreError('closed', 'the storage thread has ended')));

  const post = sendTo(worker);
  return {
    store: calls.reader,
    writtenSequence,
    get failing() {
      return failing;
    },
    follow: () => post({ kind: 'follow' }),
    committed: (sequence) => post({ kind: 'committed', sequence }),
    onWritten(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    written: (sequence) =>
      sequence <= latest
        ? Promise.resolve()
        : new Promise<void>((resolve, reject) => waiting.push({ sequence, resolve, reject })),
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
  return new Worker(new URL(program, import.meta.url), { workerData: settings });
}

function opened(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error): void => reject(new StoreError('failed', cause.message, { cause }));
    const onExit = (code: number): void => reject(new StoreError('failed', `the storage thread ended with ${code}`));
    worker.once('error', onError).once('exit', onExit);
    worker.once('message', (message: FromWorker) => {
      worker.off('error', onError).off('exit', onExit);
      if (message.kind === 'open') resolve(message.writtenSequence);
      else if (message.kind === 'refused') reject(new StoreError(message.code, unprefixed(message)));
      else reject(new StoreError('failed', `the storage thread began with "${message.kind}"`));
    });
  });
}

interface Calls {
  readonly reader: StoreReader;
  settle(message: FromWorker & { readonly kind: 'answer' | 'error' }): void;
  fail(error: Error): void;
}

function createCalls(worker: Worker): Calls {
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const post = sendTo(worker);
  let nextId = 1;
  let ended: Error | undefined;

  function call(method: keyof StoreReader): (...args: readonly unknown[]) => Promise<unknown> {
    return (...args) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        const id = nextId++;
        pending.set(id, { resolve, reject });
        post({ kind: 'call', id, method, args });
      });
  }

  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the worker applies the very same methods
  const reader = {
    findTraces: call('findTraces'),
    readDocuments: call('readDocuments'),
    readGraph: call('readGraph'),
    readStats: call('readStats'),
    readTraceRows: call('readTraceRows'),
  } as StoreReader;

  return {
    reader,
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

/** A StoreError puts its code before its message; it must not stand there twice. */
function unprefixed({ code, message }: { code: string; message: string }): string {
  return message.startsWith(`[${code}] `) ? message.slice(code.length + 3) : message;
}
