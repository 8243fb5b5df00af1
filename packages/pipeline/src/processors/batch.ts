import { PipelineError } from '../pipeline-error.ts';
import { bytesOf, type Consumer, type Parcel, type ProcessorEvents, type Stage } from '../stage.ts';
import { createOutbox } from './outbox.ts';

export interface BatchOptions {
  /** Handed on once so many documents wait. */
  readonly sendBatchSize: number;
  /** Documents of one call of the next part; 0 for no limit. */
  readonly sendBatchMaxSize: number;
  /** Handed on at the latest after this. */
  readonly timeoutMs: number;
}

/** Documents that may wait, as a multiple of `sendBatchSize`; then senders are told to come again. */
const WAITING_BATCHES_MAX = 4;

/** Bytes that may wait, likewise. */
const BATCH_WAITING_BYTES_MAX: number = 64 * 1024 * 1024;

/** Gathers documents so that the next part is called seldom. */
export function createBatch(
  next: Consumer,
  options: BatchOptions,
  events: Pick<ProcessorEvents, 'dropped'>,
  waitingBytesMax: number = BATCH_WAITING_BYTES_MAX,
): Stage {
  const { sendBatchSize, sendBatchMaxSize, timeoutMs } = options;
  const partMax = sendBatchMaxSize === 0 ? Number.POSITIVE_INFINITY : sendBatchMaxSize;
  const outbox = createOutbox({ next, events, partMax });
  let gathered: Parcel[] = [];
  let gatheredBytes = 0;
  let timer: NodeJS.Timeout | null = null;
  let isClosed = false;

  function release(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    outbox.add(gathered);
    gathered = [];
    gatheredBytes = 0;
  }

  function isFull(): boolean {
    const count = gathered.length + outbox.count;
    return count >= sendBatchSize * WAITING_BATCHES_MAX || gatheredBytes + outbox.bytes >= waitingBytesMax;
  }

  return {
    async consume(parcels) {
      if (isClosed) throw new PipelineError('closed', 'batch');
      if (isFull()) throw new PipelineError('full', `batch: ${gathered.length + outbox.count} documents wait already`);
      for (const parcel of parcels) gathered.push(parcel);
      gatheredBytes += bytesOf(parcels);
      if (gathered.length >= sendBatchSize || timeoutMs === 0) release();
      else timer ??= setTimeout(release, timeoutMs);
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      release();
      await outbox[Symbol.asyncDispose]();
    },
  };
}
