import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  StoreError,
  type RetentionPolicy,
  type RetentionReport,
  type StoreBatch,
  type StoreProgress,
} from '@fluoroscope/store';
import { detach, STORE_FILE, type Engine } from '../engine.ts';
import { createGate, type Gate } from '../gate.ts';
import { MERGE_URGENT_SLICES } from '../limits.ts';
import type { BeginRead, ReadLane, SliceReader, Snapshot } from '../source.ts';
import { openHeadTransactions } from '../head-transactions.ts';
import { createWriter, type Writer } from '../writer.ts';
import { createAttachments, type AttachmentLimits, type Attachments } from './attachments.ts';
import { createCatalog, type Catalog } from './catalog.ts';
import { openHeads, type Heads } from './heads.ts';
import { openMerger, type Merger } from './merger.ts';
import { countSmall, type MergeLimits } from './plan-merge.ts';
import { readRetained, recoverSlices } from './recover.ts';
import { retainSlices } from './retention.ts';
import type { Slice } from './slice.ts';
import { reattachSlice } from './write-slice.ts';

/** Heads and slices of one folder, and all that changes them. */
export interface SliceStore {
  readonly catalog: Catalog;
  readonly beginRead: BeginRead;
  /** Of a read that looks at rows of traces. */
  readonly beginRowRead: BeginRead;
  sliceReaderOn(connection: DuckDBConnection): SliceReader;
  /** One after another. Rows of traces are not there before `settle`. */
  write(batch: StoreBatch): Promise<void>;
  /** Writes the rows that wait; a read of rows then begins sooner. */
  settle(): Promise<void>;
  readProgress(origin: string): StoreProgress;
  flush(): Promise<void>;
  retain(policy: RetentionPolicy): Promise<RetentionReport>;
  /** On disk. */
  readSizeBytes(): Promise<number>;
  /** From now on nothing waits for what may take for ever. */
  stopWaiting(): void;
  /** After the last call. */
  close(): Promise<void>;
}

export interface SliceStoreOptions {
  readonly headBytesMax: number;
  readonly mergeLimits: MergeLimits;
  readonly attachmentLimits: AttachmentLimits;
  readonly failed: (error: unknown) => void;
}

export async function openSliceStore(engine: Engine, options: SliceStoreOptions): Promise<SliceStore> {
  const gate = createGate();
  const catalog = createCatalog(options.failed);
  const connection = await engine.connect();
  const retained = await readRetained(connection);
  const attachments = await openAttachments(engine, options);
  const slices = await recoverSlices(connection, { dir: engine.dir, retained, attachments });
  for (const slice of slices) catalog.add(slice);
  catalog.retainFrom(retained.retainedFromUs);
  const newest = slices.at(-1);

  const transactions = await openHeadTransactions(await engine.connect(), { gate, catalog });
  const writer = createWriter({ transactions, progress: newest?.progress ?? new Map(), failed: options.failed });
  let lastWriteMs = -Infinity;
  const free = (slice: Slice): Promise<void> => freeSlice(attachments, engine.dir, slice);
  const merger = await openMerger({
    engine,
    gate,
    catalog,
    attachments,
    limits: options.mergeLimits,
    isFlushing: () => heads.isFlushing,
    lastWriteMs: () => lastWriteMs,
    isUrgent: () => countSmall(catalog.slices, options.mergeLimits) >= MERGE_URGENT_SLICES,
    free,
    failed: options.failed,
  });
  const heads: Heads = await openHeads({
    engine,
    gate,
    catalog,
    attachments,
    connection,
    firstOrder: (newest?.lastOrder ?? retained.droppedThroughOrder) + 1,
    headBytesMax: options.headBytesMax,
    settle: () => settleAll(writer),
    flushed: () => merger.wake(),
    failed: options.failed,
  });
  merger.wake();
  const inOrder = createGate();
  const inRetention = createGate();

  return {
    catalog,
    ...beginningReads({ gate, writer, begin: (lane) => beginRead(lane, catalog, attachments) }),
    sliceReaderOn: (reader) => sliceReaderOn(reader, attachments),
    write: (batch) =>
      inOrder(async () => {
        lastWriteMs = performance.now();
        await writer.write(batch, await heads.room(batch));
      }),
    settle: () => writer.settle(),
    readProgress: (origin) => progressOf(origin, writer, catalog),
    async flush() {
      // First what is frozen: while that cannot be written, a batch may wait for it, and we behind the batch.
      await heads.flush();
      await inOrder(() => heads.freeze());
      await heads.flush();
    },
    retain: (policy) =>
      inRetention(async () => {
        const otherBytes = await sizeOfStoreFile(engine.dir);
        return retainSlices(policy, { connection, gate, catalog, merger, otherBytes, free });
      }),
    async readSizeBytes() {
      const slicesBytes = catalog.slices.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      return slicesBytes + (await sizeOfStoreFile(engine.dir));
    },
    stopWaiting: () => heads.stopWaiting(),
    close: () => closeAll({ writer, heads, merger, catalog, attachments, connection, failed: options.failed }),
  };
}

interface Beginning {
  readonly gate: Gate;
  readonly writer: Writer;
  readonly begin: BeginRead;
}

function beginningReads({ gate, writer, begin }: Beginning): Pick<SliceStore, 'beginRead' | 'beginRowRead'> {
  const beginInGate: BeginRead = (lane) => gate(() => begin(lane));
  return {
    beginRead: beginInGate,
    async beginRowRead(lane) {
      const snapshot = await gate(async () => (writer.isSettled ? begin(lane) : null));
      return snapshot ?? writer.settled(() => beginInGate(lane));
    },
  };
}

/** Rejects while a row cannot be written: the head that wants it cannot be frozen. */
async function settleAll(writer: Writer): Promise<void> {
  await writer.settle();
  if (!writer.isSettled) throw new StoreError('failed', 'rows of traces still wait to be written');
}

/** Naming a table is what starts the transaction's snapshot; BEGIN alone does not. */
async function beginRead(
  { connection, slices }: ReadLane,
  catalog: Catalog,
  attachments: Attachments<Slice>,
): Promise<Snapshot> {
  await connection.run('BEGIN TRANSACTION READ ONLY; SELECT 1 FROM memory.main.superseded LIMIT 0');
  const seen = catalog.take();
  const held: Disposable[] = [];
  return {
    sources: seen.sources,
    retainedFromUs: seen.retainedFromUs,
    slices,
    async hold(sources) {
      held.push(await attachments.use(sources));
    },
    [Symbol.dispose]() {
      for (const use of held) use[Symbol.dispose]();
      seen[Symbol.dispose]();
    },
  };
}

function sliceReaderOn(connection: DuckDBConnection, attachments: Attachments<Slice>): SliceReader {
  return {
    async on(slices, run) {
      using _attached = await attachments.use(slices);
      return await run(connection);
    },
  };
}

async function openAttachments(
  engine: Engine,
  { attachmentLimits: limits, failed }: SliceStoreOptions,
): Promise<Attachments<Slice>> {
  const connection = await engine.connect();
  return createAttachments({
    limits,
    attach: (slice) => reattachSlice(connection, engine.dir, slice),
    detach: ({ databaseName }) => detach(connection, databaseName),
    failed,
  });
}

function progressOf(origin: string, writer: Writer, catalog: Catalog): StoreProgress {
  return {
    sequence: writer.progress.get(origin) ?? 0,
    durableSequence: catalog.slices.at(-1)?.progress.get(origin) ?? 0,
    unfinishedSequence: null,
  };
}

async function freeSlice(attachments: Attachments<Slice>, dir: string, slice: Slice): Promise<void> {
  await attachments.forget(slice);
  await rm(join(dir, slice.fileName), { force: true });
}

/** The log is there only between checkpoints. Only `stat`, never opened: closing any descriptor would drop the engine's lock. */
async function sizeOfStoreFile(dir: string): Promise<number> {
  const file = join(dir, STORE_FILE);
  const sizes = await Promise.all([file, `${file}.wal`].map((name) => stat(name).catch(() => ({ size: 0 }))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

interface Closing {
  readonly writer: Writer;
  readonly heads: Heads;
  readonly merger: Merger;
  readonly catalog: Catalog;
  readonly attachments: Attachments<Slice>;
  readonly connection: DuckDBConnection;
  readonly failed: (error: unknown) => void;
}

async function closeAll({ writer, heads, merger, catalog, attachments, connection, failed }: Closing): Promise<void> {
  await merger.close();
  await heads.close();
  writer[Symbol.dispose]();
  await catalog.settled();
  await attachments.settled();
  // Folds the log into the file.
  await connection.run('CHECKPOINT store').catch(failed);
}
