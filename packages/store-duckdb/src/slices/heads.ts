import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError, type StoreBatch, type StoredDocument } from '@fluoroscope/store';
import type { Engine } from '../engine.ts';
import type { Gate } from '../gate.ts';
import { createHead, dropHead, type Head } from '../head.ts';
import type { Attachments } from './attachments.ts';
import type { Catalog } from './catalog.ts';
import { createRetry } from './retry.ts';
import { dayOf } from './plan-merge.ts';
import type { Slice } from './slice.ts';
import { writeSlice } from './write-slice.ts';

/** The head that takes the batches, and the one before it on its way into a slice. */
export interface Heads {
  /** Where this batch goes. Waits while this head and the one before it are both full. */
  room(batch: StoreBatch): Promise<Head>;
  /** Lets a new head take over and starts to write the old one; between two batches. Waits for a frozen one before. */
  freeze(): Promise<void>;
  /** Writes the frozen head, if there is one; rejects when that fails, and goes on trying. */
  flush(): Promise<void>;
  /** A slice is being made of a head. */
  readonly isFlushing: boolean;
  /** Who waits for room is turned away once a flush fails. */
  stopWaiting(): void;
  /** After the last batch: everything into slices; a failure is told and given up. */
  close(): Promise<void>;
}

export interface HeadsOptions {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly catalog: Catalog;
  readonly attachments: Attachments<Slice>;
  /** For dropping heads. */
  readonly connection: DuckDBConnection;
  readonly firstOrder: number;
  readonly headBytesMax: number;
  /** Completes the head that takes the batches: some of its rows may wait to be written. */
  readonly settle: () => Promise<void>;
  readonly flushed: () => void;
  readonly failed: (error: unknown) => void;
}

interface State {
  active: Head;
  frozen: Head | null;
  isFlushing: boolean;
  isClosing: boolean;
}

export async function openHeads(options: HeadsOptions): Promise<Heads> {
  const first = await addHead(options, options.firstOrder);
  const state: State = { active: first, frozen: null, isFlushing: false, isClosing: false };
  /** Told when the frozen head is gone, or will not be before closing. */
  const settled = createSignal();
  const retry = createRetry({ work: flushFrozen, failed: options.failed });

  async function flushFrozen(): Promise<void> {
    const head = state.frozen;
    if (head === null) return;
    state.isFlushing = true;
    try {
      await turnIntoSlice(options, head);
      state.frozen = null;
    } finally {
      state.isFlushing = false;
      settled.tell();
    }
    options.flushed();
  }

  async function freeze(): Promise<void> {
    while (state.frozen !== null) {
      if (state.isClosing && !state.isFlushing) throw new StoreError('closed', 'closed before there was room');
      await settled.next();
    }
    if (!state.active.isWritten) return;
    await options.settle();
    const next = await addHead(options, state.active.orderNo + 1);
    state.frozen = state.active;
    state.active = next;
    void retry.run().catch(() => {});
  }

  async function flush(): Promise<void> {
    if (state.frozen !== null) await retry.run();
  }

  return {
    async room({ documents }) {
      const { active } = state;
      if (active.sizeBytes >= options.headBytesMax || isOfAnotherDay(active, documents[0])) await freeze();
      return state.active;
    },
    freeze,
    flush,
    get isFlushing() {
      return state.isFlushing;
    },
    stopWaiting() {
      state.isClosing = true;
      retry[Symbol.dispose]();
      if (!state.isFlushing) settled.tell();
    },
    async close() {
      try {
        await flush();
        await freeze();
        await flush();
      } catch {
        // Told already. What is not in a slice is still where the batches came from.
      }
    },
  };
}

async function addHead({ engine, gate, catalog }: HeadsOptions, orderNo: number): Promise<Head> {
  const head = await createHead(engine, orderNo);
  await gate(async () => catalog.add(head));
  return head;
}

async function turnIntoSlice(options: HeadsOptions, head: Head): Promise<void> {
  const { engine, gate, catalog, attachments, connection } = options;
  const slice = await writeSlice(engine, {
    firstOrder: head.orderNo,
    lastOrder: head.orderNo,
    from: [head],
    older: null,
    progress: head.progress,
    pause: async () => {},
  });
  attachments.add(slice);
  await gate(async () => catalog.replace([head], slice, () => dropHead(connection, head)));
}

interface Signal {
  next(): Promise<void>;
  tell(): void;
}

function createSignal(): Signal {
  let waiting: (() => void)[] = [];
  return {
    next: () => new Promise((resolve) => waiting.push(resolve)),
    tell() {
      const told = waiting;
      waiting = [];
      for (const resolve of told) resolve();
    },
  };
}

/** A slice is let go of whole: a head that fills slowly must not hold a month. */
function isOfAnotherDay({ firstReceivedUs }: Head, next: StoredDocument | undefined): boolean {
  return firstReceivedUs !== null && next !== undefined && dayOf(firstReceivedUs) !== dayOf(next.receivedUs);
}
