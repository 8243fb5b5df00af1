import {
  createSendingQueue,
  createStoredQueue,
  type Send,
  type SendingQueueOptions,
  type Stage,
} from '@fluoroscope/pipeline';
import { z } from 'zod';
import { duration, integer, text } from '../config/kinds.ts';
import type { ExporterContext } from './component.ts';

const MIB = 1024 * 1024;
const COUNT_MAX = 10_000_000;
/** A queue on disk is several files, and each batch a small part of one. */
const STORED_MIB_MIN = 16;
export const PLAIN_BATCHES: Batches = { documentsMax: 2_048, bytesMax: 8 * MIB };

const flag = z.boolean({ error: 'expected true or false' });

export interface SendingConfig {
  readonly timeout: number;
  readonly sending_queue: {
    readonly queue_size: number;
    readonly queue_mib: number;
    readonly num_consumers: number;
    readonly storage?: string | undefined;
  };
  readonly retry_on_failure: {
    readonly enabled: boolean;
    readonly initial_interval: number;
    readonly max_interval: number;
    readonly max_elapsed_time: number;
    readonly multiplier: number;
    readonly randomization_factor: number;
  };
}

/** What every exporter that sends has; as OpenTelemetry names it. */
export const SENDING: { readonly [Key in keyof SendingConfig]: z.ZodType<SendingConfig[Key]> } = {
  timeout: duration.default(5_000),
  sending_queue: z
    .strictObject({
      queue_size: integer(1, COUNT_MAX).default(100_000),
      queue_mib: integer(1, COUNT_MAX).default(64),
      num_consumers: integer(1, 1_000).default(10),
      storage: text.optional(),
      enabled: z.literal(true, { error: 'expected true: there is always a queue' }).default(true),
      sizer: z.literal('items', { error: 'expected items: documents are counted' }).default('items'),
    })
    .refine(({ storage, queue_mib: mib }) => storage === undefined || mib >= STORED_MIB_MIN, {
      path: ['queue_mib'],
      message: `expected ${STORED_MIB_MIN} or more with storage`,
    })
    .prefault({}),
  retry_on_failure: z
    .strictObject({
      enabled: flag.default(true),
      initial_interval: duration.default(1_000),
      max_interval: duration.default(30_000),
      max_elapsed_time: duration.default(300_000),
      multiplier: z
        .number({ error: 'expected a number of 1 or more' })
        .min(1, 'expected a number of 1 or more')
        .default(1.5),
      randomization_factor: z
        .number({ error: 'expected a number from 0 to 1' })
        .min(0, 'expected a number from 0 to 1')
        .max(1, 'expected a number from 0 to 1')
        .default(0.5),
    })
    .prefault({}),
};

export interface Batches {
  readonly documentsMax: number;
  readonly bytesMax: number;
  /** Being sent at once; else as the queue says. */
  readonly consumers?: number | undefined;
}

/** Rejects when its storage cannot be opened. */
export async function queueOf(
  send: Send,
  { timeout, sending_queue: queue, retry_on_failure: retry }: SendingConfig,
  batches: Batches,
  { drainMs, events, troubled, damaged, openStore }: ExporterContext,
): Promise<Stage> {
  const bytesMax = queue.queue_mib * MIB;
  const options: Omit<SendingQueueOptions, 'bytesMax'> = {
    documentsMax: queue.queue_size,
    consumers: batches.consumers ?? queue.num_consumers,
    batchDocumentsMax: batches.documentsMax,
    batchBytesMax: batches.bytesMax,
    timeoutMs: timeout,
    closeMs: drainMs,
    retry: {
      enabled: retry.enabled,
      initialMs: retry.initial_interval,
      maxMs: retry.max_interval,
      elapsedMsMax: retry.max_elapsed_time,
      growth: retry.multiplier,
      jitter: retry.randomization_factor,
    },
  };
  if (queue.storage === undefined) return createSendingQueue(send, { ...options, bytesMax }, events);
  const store = await openStore(queue.storage, bytesMax);
  return createStoredQueue(send, { ...options, store }, { ...events, troubled, damaged });
}

/** The queue ends first: it sends what it holds. Nothing stays open when there is none. */
export async function ending(starting: Promise<Stage>, connections: Disposable | AsyncDisposable): Promise<Stage> {
  const queue = await starting.catch(async (error: unknown) => {
    await close(connections);
    throw error;
  });
  return {
    consume: queue.consume,
    async [Symbol.asyncDispose]() {
      await queue[Symbol.asyncDispose]();
      await close(connections);
    },
  };
}

async function close(connections: Disposable | AsyncDisposable): Promise<void> {
  if (Symbol.asyncDispose in connections) await connections[Symbol.asyncDispose]();
  else connections[Symbol.dispose]();
}
