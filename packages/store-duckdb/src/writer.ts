import {
  lastOfEach,
  readChangedRow,
  startTurns,
  StoreError,
  type ChangedTrace,
  type StoreBatch,
  type TraceRow,
} from '@fluoroscope/store';
import { toCallError } from './engine-error.ts';
import { createGate } from './gate.ts';
import { RowFault, type HeadTransactions } from './head-transactions.ts';
import type { Head } from './head.ts';
import { LateRows } from './late-rows.ts';
import { WAITING_QUIET_MS } from './limits.ts';

/** Where all batches go through. */
export interface Writer extends Disposable {
  /** Into this head; one after another. Ignores a batch whose sequence is not above its origin's. Late rows are written later. */
  write(batch: StoreBatch, head: Head): Promise<void>;
  /** Writes the rows that wait into the head of their batches: before that head is frozen. */
  settle(): Promise<void>;
  /** No row waits. */
  readonly isSettled: boolean;
  /**
   * The same before `begin`, and no batch in between: what that sees has its rows. But for those of which documents must be read, since
   * whoever calls holds a connection that this would wait for.
   */
  settled<Answer>(begin: () => Promise<Answer>): Promise<Answer>;
  /** How far each origin is, as reads see it. */
  readonly progress: ReadonlyMap<string, number>;
}

export interface WriterOptions {
  readonly transactions: HeadTransactions;
  readonly progress: ReadonlyMap<string, number>;
  /** Told when rows could not be made, or not be written while nobody waited for them. */
  readonly failed: (error: unknown) => void;
}

/** Of what waits, and what has become of it. */
interface Made {
  readonly due: readonly ChangedTrace[];
  readonly rows: readonly TraceRow[];
}

export function createWriter({ transactions, progress: known, failed }: WriterOptions): Writer {
  const late = new LateRows();
  const run = createRun(transactions, failed);
  /** Of the newest batch. */
  let lateHead: Head | null = null;
  const inTurn = createGate();
  let progress = known;
  // When no batch comes any more.
  const later = createLater(async () => {
    await inTurn(() => commitLate(late.due(performance.now(), [])));
    return late.size > 0;
  }, failed);

  async function commitBatch(batch: StoreBatch, head: Head): Promise<void> {
    const changed = lastOfEach(batch.traces);
    // What waits is of this head: one is settled before the next one takes over.
    const due = late.due(performance.now(), changed).filter(isAtHand);
    const waiting = changed.filter(isLate);
    const rows = [...due, ...changed.filter((one) => !isLate(one))];
    await run(head, { ...batch, rows }, (written) => {
      late.remove([...due, ...changed]);
      head.noteRows(written);
      late.add(waiting, performance.now());
      progress = new Map([...progress, [batch.origin, batch.sequence]]);
      head.note(batch, progress);
    });
    lateHead = head;
  }

  /** Documents are never read in a turn: those who read them may wait for it. */
  async function commitLate(wanted: readonly ChangedTrace[], readBefore: Made | null = null): Promise<void> {
    const atHand = wanted.filter(isAtHand);
    const due = [...(readBefore?.due ?? []), ...atHand];
    const rows = [...(readBefore?.rows ?? []), ...atHand];
    const head = lateHead;
    if (due.length === 0 || head === null) return;
    await run(head, { documents: [], facts: [], rows }, (written) => {
      late.remove(due);
      head.noteRows(written);
    });
  }

  async function settle(): Promise<void> {
    if (late.size === 0) return;
    try {
      const readBefore = await make(late.all().filter(isToRead), failed);
      await inTurn(() => {
        // One that was changed meanwhile is left to the next time.
        const isStill = readBefore.due.every((changed) => late.has(changed));
        return commitLate(late.all(), isStill ? readBefore : null);
      });
    } catch (error) {
      throw toCallError('rows of traces were not written', error);
    }
  }

  return {
    get progress() {
      return progress;
    },
    write: (batch, head) =>
      inTurn(async () => {
        if (batch.sequence <= (progress.get(batch.origin) ?? 0)) return;
        try {
          await commitBatch(batch, head);
        } catch (error) {
          throw toCallError(`batch ${batch.sequence} was not written`, error);
        }
        later.wake();
      }),
    settle,
    get isSettled() {
      return late.size === 0;
    },
    settled: (begin) => inTurn(() => commitLate(late.all()).then(begin)),
    [Symbol.dispose]: () => later[Symbol.dispose](),
  };
}

/** A transaction. Should one row not be made, then all rows before any is written, and without it. */
function createRun(transactions: HeadTransactions, failed: (error: unknown) => void): HeadTransactions['run'] {
  return async (head, contents, committed) => {
    try {
      await transactions.run(head, contents, committed);
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      const { rows } = await make(contents.rows, failed);
      await transactions.run(head, { ...contents, rows }, committed);
    }
  };
}

/** Runs `work` in `WAITING_QUIET_MS`, and again as long as it says that something is left. */
function createLater(work: () => Promise<boolean>, failed: (error: unknown) => void): { wake(): void } & Disposable {
  let timer: NodeJS.Timeout | null = null;
  function wake(): void {
    timer ??= setTimeout(() => {
      timer = null;
      work().then((isLeft) => {
        if (isLeft) wake();
      }, failed);
    }, WAITING_QUIET_MS).unref();
  }
  return {
    wake,
    [Symbol.dispose]() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function isLate(changed: ChangedTrace): boolean {
  return 'readRow' in changed && !changed.isLikelyWhole;
}

function isToRead(changed: ChangedTrace): boolean {
  return 'mustRead' in changed && changed.mustRead;
}

function isAtHand(changed: ChangedTrace): boolean {
  return !isToRead(changed);
}

/** A row that cannot be made is a fault of whoever was to make it: it must not keep all others waiting for good. */
async function make(due: readonly ChangedTrace[], failed: (error: unknown) => void): Promise<Made> {
  const rows: TraceRow[] = [];
  const turns = startTurns();
  for (const changed of due) {
    try {
      const row = readChangedRow(changed);
      rows.push(row instanceof Promise ? await row : row);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      failed(error);
    }
    if (turns.isOver) await turns.next();
  }
  return { due, rows };
}
