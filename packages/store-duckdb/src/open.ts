import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TraceId } from '@fluoroscope/model';
import { StoreError, sumByDay, type StoreStats, type TraceStore } from '@fluoroscope/store';
import { messageOf, toCallError, toOpenError } from './engine-error.ts';
import { openEngine, type Engine } from './engine.ts';
import {
  ATTACHED_DOCUMENTS_MAX,
  ATTACHED_SLICES_MAX,
  COUNTED_SLICES_MAX,
  HEAD_BYTES_MAX,
  HEAD_MEMORY_SHARE,
  IDS_PER_STATEMENT_MAX,
  MERGE_BYTES_MAX,
  MERGE_DOCUMENTS_MAX,
  MERGE_SLICES_MAX,
  MERGE_SLICES_MIN,
} from './limits.ts';
import { createReadConnections, type Run } from './read-connections.ts';
import { countAll, type StoredCounts } from './readers/counts.ts';
import { readDocumentPage } from './readers/document-page.ts';
import { readDocumentsById } from './readers/documents.ts';
import { findTraceIds, findTracePage } from './readers/find-traces.ts';
import { sumGraph, sumGraphSeries } from './readers/graph.ts';
import { readRowsById } from './readers/trace-rows.ts';
import { openSliceStore, type SliceStore, type SliceStoreOptions } from './slices/slice-store.ts';

export interface DuckDbStoreOptions {
  /** Created when missing. All in it is the store's. */
  readonly dir: string;
  /** Of the engine's buffers and the tables in memory; the process needs some 150 MB beside them. */
  readonly memoryBytesMax: number;
  readonly threads: number;
  readonly events?: DuckDbStoreEvents;
  /** Less than `HEAD_BYTES_MAX`: after how many bytes a slice is written. */
  readonly headBytesMax?: number;
  /** Other than `MERGE_SLICES_MIN` and `MERGE_DOCUMENTS_MAX`. */
  readonly mergeSlicesMin?: number;
  readonly mergeDocumentsMax?: number;
  /** Other than `ATTACHED_SLICES_MAX`. */
  readonly attachedSlicesMax?: number;
}

export interface DuckDbStoreEvents {
  /** A slice could not be written, or let go of; tried again later. */
  failing(message: string): void;
}

/** Of the store before slices: one file beside our folder. */
const ONE_FILE_STORE = 'fluoroscope.duckdb';

/** Takes the folder for this process. Runs in the calling thread: encoding a batch keeps it busy for some 10 ms at a time. */
export async function openDuckDbStore(options: DuckDbStoreOptions): Promise<TraceStore> {
  const { dir } = options;
  let engine: Engine | undefined;
  try {
    await refuseOneFileStore(dir);
    engine = await openEngine(options);
    const failed = (error: unknown): void => options.events?.failing(messageOf(error));
    return createStore(engine, await openSliceStore(engine, { ...limitsOf(options), failed }));
  } catch (error) {
    engine?.[Symbol.dispose]();
    throw toOpenError(dir, error);
  }
}

function limitsOf(options: DuckDbStoreOptions): Omit<SliceStoreOptions, 'failed'> {
  const { headBytesMax = HEAD_BYTES_MAX, mergeSlicesMin = MERGE_SLICES_MIN } = options;
  return {
    headBytesMax: Math.min(headBytesMax, options.memoryBytesMax * HEAD_MEMORY_SHARE),
    mergeLimits: {
      slicesMin: mergeSlicesMin,
      slicesMax: MERGE_SLICES_MAX,
      documentsMax: options.mergeDocumentsMax ?? MERGE_DOCUMENTS_MAX,
      bytesMax: MERGE_BYTES_MAX,
    },
    attachmentLimits: {
      slicesMax: options.attachedSlicesMax ?? ATTACHED_SLICES_MAX,
      documentsMax: ATTACHED_DOCUMENTS_MAX,
    },
  };
}

async function refuseOneFileStore(dir: string): Promise<void> {
  const file = join(dirname(dir), ONE_FILE_STORE);
  const found = await stat(file).catch(() => null);
  if (found === null) return;
  throw new StoreError(
    'unknown-version',
    `${file} was written by Fluoroscope 0.1.0 or earlier, which kept all in one file; this version cannot read it: move it away`,
  );
}

function createStore(engine: Engine, slices: SliceStore): TraceStore {
  const { catalog } = slices;
  const reads = createReadConnections(engine, {
    begin: slices.beginRead,
    beginRows: slices.beginRowRead,
    sliceReaderOn: (connection) => slices.sliceReaderOn(connection),
  });
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | null = null;

  /** Closing waits for what is running: the engine must not lose its files under a query. */
  function track<Answer>(start: () => Promise<Answer>): Promise<Answer> {
    if (closing !== null) return Promise.reject(new StoreError('closed', 'the store has been closed'));
    const call = start();
    running.add(call);
    const forget = (): unknown => running.delete(call);
    call.then(forget, forget);
    return call;
  }

  async function close(): Promise<void> {
    slices.stopWaiting();
    await Promise.allSettled(running);
    reads[Symbol.dispose]();
    await slices.close();
    engine[Symbol.dispose]();
  }

  /** What rows say. They are written before a connection is taken, of which there are few. */
  async function readRows<Answer>(run: Run<Answer>, signal?: AbortSignal): Promise<Answer> {
    await slices.settle();
    return reads.readRows(run, signal);
  }

  async function countInSteps(): Promise<StoredCounts> {
    // At last without end, should every step find something new to be stale.
    for (let left = catalog.slices.length; ; left -= COUNTED_SLICES_MAX) {
      const askedMax = left > 0 ? COUNTED_SLICES_MAX : Infinity;
      const counts = await readRows((...read) => countAll(...read, askedMax));
      if (counts !== null) return counts;
    }
  }

  async function readStats(): Promise<StoreStats> {
    const counts = await countInSteps();
    const parts = catalog.slices.map(({ lastReceivedUs, documentCount, sizeBytes }) => ({
      receivedUs: lastReceivedUs,
      documentCount,
      sizeBytes,
    }));
    const sizeBytes = await slices.readSizeBytes();
    return { ...counts, sizeBytes, retainedFromUs: catalog.retainedFromUs, days: sumByDay(parts) };
  }

  return {
    capabilities: { durable: true },
    write: (batch) => track(() => slices.write(batch)),
    readProgress: (origin) => track(async () => slices.readProgress(origin)),
    flush: () => track(() => asCall('a flush failed', () => slices.flush())),
    retain: (policy) => track(() => asCall('retention failed', () => slices.retain(policy))),
    readDocuments: (ids, signal) =>
      track(() => reads.read((...read) => inChunks(ids, (chunk) => readDocumentsById(...read, chunk)), signal)),
    readDocumentPage: (query) => track(() => reads.read((...read) => readDocumentPage(...read, query))),
    findTraces: (query, signal) =>
      track(() => readRows((...read) => findTracePage(...read, { query, beside: reads.besideOf(signal) }), signal)),
    findTraceIds: (query, signal) => track(() => readRows((...read) => findTraceIds(...read, query), signal)),
    readTraceRows: (ids) => track(() => readRows((...read) => inChunks(ids, (chunk) => readRowsById(...read, chunk)))),
    readGraph: (query) => track(() => reads.read((...read) => sumGraph(...read, query))),
    readGraphSeries: (query) => track(() => reads.read((...read) => sumGraphSeries(...read, query))),
    mayKnow: (id) => catalog.mayKnow(id),
    readStats: () => track(readStats),
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
}

async function asCall<Answer>(call: string, run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    throw toCallError(call, error);
  }
}

async function inChunks<Item>(
  ids: readonly TraceId[],
  read: (chunk: readonly TraceId[]) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const distinct = [...new Set(ids)];
  const items: Item[] = [];
  for (let at = 0; at < distinct.length; at += IDS_PER_STATEMENT_MAX) {
    for (const item of await read(distinct.slice(at, at + IDS_PER_STATEMENT_MAX))) items.push(item);
  }
  return items;
}
