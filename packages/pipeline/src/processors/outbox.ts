import { PipelineError } from '../pipeline-error.ts';
import type { Consumer, Parcel, ProcessorEvents } from '../stage.ts';

export interface OutboxOptions {
  readonly next: Consumer;
  readonly events: Pick<ProcessorEvents, 'dropped'>;
  /** Parcels handed on in one call. */
  readonly partMax: number;
  /** Between two tries when the next part is full. */
  readonly retryMs?: number;
  /** How long disposing tries before what is left counts as lost. */
  readonly closeMs?: number;
}

/** Parcels that wait to be handed on, in order. Its owner keeps it small: nothing here refuses. */
export interface Outbox extends AsyncDisposable {
  readonly add: (parcels: readonly Parcel[]) => void;
  readonly count: number;
  readonly bytes: number;
}

const RETRY_MS = 100;
const CLOSE_MS_MAX = 5_000;

export function createOutbox(options: OutboxOptions): Outbox {
  const { next, events, partMax, retryMs = RETRY_MS, closeMs = CLOSE_MS_MAX } = options;
  let waiting: Parcel[] = [];
  let bytes = 0;
  let running: Promise<void> | null = null;
  let deadlineMs = Number.POSITIVE_INFINITY;

  function leave(part: readonly Parcel[]): void {
    for (const parcel of part) bytes -= parcel.bytes;
    waiting = waiting.slice(part.length);
  }

  async function run(): Promise<void> {
    let part: readonly Parcel[] = [];
    /** Hands the part to whoever has not taken it yet. */
    let hand: (() => Promise<void>) | null = null;
    while (waiting.length > 0) {
      if (hand === null) {
        const taken = waiting.slice(0, partMax);
        part = taken;
        hand = () => next.consume(taken);
      }
      try {
        await hand();
        leave(part);
        hand = null;
      } catch (error) {
        const isFull = error instanceof PipelineError && error.code === 'full';
        if (isFull && performance.now() < deadlineMs) {
          hand = error.rest ?? hand;
          await sleep(retryMs);
        } else {
          leave(part);
          hand = null;
          events.dropped(part.length, isFull ? 'full' : 'failed');
        }
      }
    }
  }

  function start(): void {
    running ??= run().finally(() => {
      running = null;
      // Added between the last look and now.
      if (waiting.length > 0) start();
    });
  }

  return {
    add(parcels) {
      if (parcels.length === 0) return;
      for (const parcel of parcels) {
        bytes += parcel.bytes;
        waiting.push(parcel);
      }
      start();
    },
    get count() {
      return waiting.length;
    },
    get bytes() {
      return bytes;
    },
    async [Symbol.asyncDispose]() {
      deadlineMs = performance.now() + closeMs;
      while (waiting.length > 0) await running;
    },
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
