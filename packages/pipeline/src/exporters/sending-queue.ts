import { PipelineError } from '../pipeline-error.ts';
import { bytesOf, type Parcel, type Stage } from '../stage.ts';
import { createParcelQueue } from './parcel-queue.ts';

/** What became of one call to where documents are sent. */
export type SendOutcome =
  /** `refused`: how many of them the far end would not have, and why. */
  | { readonly state: 'sent'; readonly refused: number; readonly message?: string }
  /** For one call: in smaller parts it may be taken. */
  | { readonly state: 'too-large'; readonly message: string }
  /** Worth trying again, after `afterMs` when the far end said so. */
  | { readonly state: 'again'; readonly afterMs?: number | undefined; readonly message: string }
  /** Not worth it. */
  | { readonly state: 'refused'; readonly message: string };

/** Sends one batch. What it rejects with counts as `again`. */
export type Send = (parcels: readonly Parcel[], signal: AbortSignal) => Promise<SendOutcome>;

export interface SendingQueueOptions {
  /** Documents waiting or being sent. */
  readonly documentsMax: number;
  /** Their bytes. */
  readonly bytesMax: number;
  /** Batches being sent at once. */
  readonly consumers: number;
  /** Of one batch. */
  readonly batchDocumentsMax: number;
  readonly batchBytesMax: number;
  /** Of one try. */
  readonly timeoutMs: number;
  readonly retry: RetryOptions;
  /** How long disposing tries to send what is left. */
  readonly closeMs?: number;
}

export interface RetryOptions {
  readonly enabled: boolean;
  readonly initialMs: number;
  readonly maxMs: number;
  /** Of all tries of a batch together; 0 for no end. */
  readonly elapsedMsMax: number;
  /** From one pause to the next; 1.5 unless given. */
  readonly growth?: number;
  /** Share of a pause by which it is shorter or longer at random, 0 to 1; 0.5 unless given. */
  readonly jitter?: number;
}

export interface ExporterEvents {
  readonly sent: (count: number) => void;
  /** Lost, or refused by the far end. The reason is a word for a counter's label, the message is for a log. */
  readonly failed: (count: number, reason: string, message: string) => void;
  readonly retried: (message: string) => void;
  /** Waiting or being sent. */
  readonly queued: (count: number) => void;
}

const CLOSE_MS_MAX = 10_000;
const BACKOFF_GROWTH = 1.5;
const BACKOFF_JITTER = 0.5;

/** Before every exporter: bounded, sends in the background, comes again with growing pauses. */
export function createSendingQueue(send: Send, options: SendingQueueOptions, events: ExporterEvents): Stage {
  const { documentsMax, bytesMax, consumers, closeMs = CLOSE_MS_MAX } = options;
  const closing = new AbortController();
  const deliver = createDelivery(send, options, events, { closing: closing.signal, stopping: closing.signal });
  const active = new Set<Promise<void>>();
  const waiting = createParcelQueue();
  let count = 0;
  let bytes = 0;
  let isClosed = false;

  function pump(): void {
    while (active.size < consumers && !waiting.isEmpty()) {
      const batch = waiting.takeBatch(options.batchDocumentsMax, options.batchBytesMax);
      const sending = deliver(batch).then((stopped) => {
        if (stopped !== null) events.failed(stopped.documents, 'stopped', stopped.message);
        count -= batch.length;
        bytes -= bytesOf(batch);
        events.queued(count);
        active.delete(sending);
        pump();
      });
      active.add(sending);
    }
  }

  return {
    async consume(parcels) {
      if (isClosed) throw new PipelineError('closed', 'exporter');
      const added = bytesOf(parcels);
      // What is larger than the whole queue is taken by an empty one: it would never fit otherwise.
      if (count > 0 && (count + parcels.length > documentsMax || bytes + added > bytesMax)) {
        throw new PipelineError('full', `exporter: ${count} documents wait already`);
      }
      waiting.add(parcels);
      count += parcels.length;
      bytes += added;
      events.queued(count);
      pump();
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      const timer = setTimeout(() => closing.abort(), closeMs);
      while (active.size > 0) await Promise.all(active);
      clearTimeout(timer);
    },
  };
}

/** What was not sent before it had to stop, and why. */
export interface Stopped {
  readonly documents: number;
  readonly message: string;
}

/**
 * Sends a batch until it is sent, or lost and counted; one that is too large for a call in halves. Resolves with null then, or with
 * what was not sent before it had to stop: `stopping` ends the pauses, and no other try follows; `closing` ends the try as well.
 * Never rejects.
 */
export function createDelivery(
  send: Send,
  { retry, timeoutMs }: Pick<SendingQueueOptions, 'retry' | 'timeoutMs'>,
  events: ExporterEvents,
  { closing, stopping }: { readonly closing: AbortSignal; readonly stopping: AbortSignal },
): (batch: readonly Parcel[]) => Promise<Stopped | null> {
  async function trySend(batch: readonly Parcel[]): Promise<SendOutcome> {
    if (stopping.aborted) return { state: 'again', message: 'not sent any more' };
    const trial = new AbortController();
    const stop = (): void => trial.abort(new Error('the collector is stopping'));
    const timer = setTimeout(() => trial.abort(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
    closing.addEventListener('abort', stop);
    try {
      return await send(batch, trial.signal);
    } catch (error) {
      return { state: 'again', message: describe(error) };
    } finally {
      clearTimeout(timer);
      closing.removeEventListener('abort', stop);
    }
  }

  async function inHalves(batch: readonly Parcel[]): Promise<Stopped | null> {
    const middle = Math.ceil(batch.length / 2);
    const first = await deliver(batch.slice(0, middle));
    const second = await deliver(batch.slice(middle));
    if (first === null || second === null) return first ?? second;
    return { documents: first.documents + second.documents, message: second.message };
  }

  const { growth = BACKOFF_GROWTH, jitter = BACKOFF_JITTER } = retry;
  async function deliver(batch: readonly Parcel[]): Promise<Stopped | null> {
    const startMs = performance.now();
    for (let pauseMs = retry.initialMs; ; pauseMs = Math.min(pauseMs * growth, retry.maxMs)) {
      const outcome = await trySend(batch);
      if (outcome.state === 'sent') {
        events.sent(batch.length - outcome.refused);
        if (outcome.refused > 0) events.failed(outcome.refused, 'refused', outcome.message ?? '');
        return null;
      }
      if (outcome.state === 'too-large' && batch.length > 1) return inHalves(batch);
      if (outcome.state !== 'again') {
        events.failed(batch.length, 'refused', outcome.message);
        return null;
      }
      const waitMs = Math.max(outcome.afterMs ?? 0, pauseMs * (1 - jitter + 2 * jitter * Math.random()));
      const endMs = retry.elapsedMsMax === 0 ? Number.POSITIVE_INFINITY : startMs + retry.elapsedMsMax;
      if (stopping.aborted) return { documents: batch.length, message: outcome.message };
      if (!retry.enabled || performance.now() + waitMs > endMs) {
        events.failed(batch.length, 'retries-exhausted', outcome.message);
        return null;
      }
      events.retried(outcome.message);
      await sleep(waitMs, stopping);
    }
  }
  return deliver;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? `${error.message}: ${cause.message}` : error.message;
}

/** Ends early, without an error, when the signal is given. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}
