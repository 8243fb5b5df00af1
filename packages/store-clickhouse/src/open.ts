import type { TimeUs, TraceId } from '@fluoroscope/model';
import {
  checkAwaited,
  StoreError,
  type RetentionPolicy,
  type RetentionReport,
  type StoreBatch,
  type TraceStore,
} from '@fluoroscope/store';
import { createClaim, UNCLAIMED, type Claim } from './claim.ts';
import { isAway } from './clickhouse-error.ts';
import { connect, type Connection, type Credentials } from './connection.ts';
import { createKnownTraces } from './known-traces.ts';
import { prepareServer } from './prepare.ts';
import { toStoreProgress } from './progress.ts';
import { readDocumentPage, readDocumentsById } from './readers/documents.ts';
import { findTraceIds, findTracePage } from './readers/find-traces.ts';
import { readGraphPeriods, readGraphSums } from './readers/graph.ts';
import { readStoreStats } from './readers/stats.ts';
import { readRowsById } from './readers/trace-rows.ts';
import { dropSlices, readRetainedFrom } from './retention.ts';
import { parseStoreUrl } from './store-url.ts';
import { createWriter } from './writer.ts';

export interface ClickHouseStoreOptions {
  /** See `parseStoreUrl`. */
  readonly url: string;
  readonly credentials: Credentials;
  /** What numbers the records that are written: one at a time may write to a database. Without it nobody is refused. */
  readonly journal?: string | undefined;
}

/**
 * The store of a ClickHouse server or cluster, which several processes may share. Rejects when the server answers but is
 * not fit: its version, its schema, the user, or a database that is written from another journal. While it cannot be reached the store opens all the same: calls reject with
 * `away`, and the first one that reaches the server makes it ready.
 */
export async function openClickHouseStore({ url, credentials, journal }: ClickHouseStoreOptions): Promise<TraceStore> {
  const place = parseStoreUrl(url);
  if (!place.ok) throw new StoreError('unreadable', `${place.problem}: not the address of a ClickHouse server`);
  const connection = connect(place.value, credentials);
  const store = createStore(connection, journal === undefined ? UNCLAIMED : createClaim(connection, journal));
  try {
    await store.ready();
  } catch (error) {
    if (!isAway(error)) {
      await connection[Symbol.asyncDispose]();
      throw error;
    }
  }
  return store;
}

function createStore(connection: Connection, claim: Claim): TraceStore & { ready(): Promise<void> } {
  const known = createKnownTraces(connection);
  const writer = createWriter(connection, known);
  const running = new Set<Promise<unknown>>();
  let retainedFromUs: TimeUs | null = null;
  let preparing: Promise<void> | null = null;
  let lastWrite: Promise<void> = Promise.resolve();
  let closing: Promise<void> | null = null;

  async function prepare(): Promise<void> {
    await prepareServer(connection).then(() => claim.hold());
    retainedFromUs = await readRetainedFrom(connection);
    await writer.load();
  }

  /** Once it has succeeded it is never done again; calls that come together share one attempt. */
  function ready(): Promise<void> {
    preparing ??= prepare().catch((error: unknown) => {
      preparing = null;
      throw error;
    });
    return preparing;
  }

  /** Closing waits for what is running. */
  function track<Answer>(start: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
    if (closing !== null) return Promise.reject(new StoreError('closed', 'the store has been closed'));
    const call = ready()
      .then(() => checkAwaited(signal))
      .then(start);
    running.add(call);
    void call.catch(() => {}).finally(() => running.delete(call));
    return call;
  }

  function enqueueWrite(batch: StoreBatch): Promise<void> {
    const write = lastWrite.then(() => claim.hold()).then(() => writer.write(batch));
    lastWrite = write.catch(() => {});
    return write;
  }

  async function refreshRetained(): Promise<void> {
    retainedFromUs = await readRetainedFrom(connection);
  }

  async function retain(policy: RetentionPolicy): Promise<RetentionReport> {
    const report = await dropSlices(connection, policy);
    await refreshRetained();
    return report;
  }

  async function close(): Promise<void> {
    await Promise.allSettled(running);
    await claim.release().then(() => connection[Symbol.asyncDispose]());
  }

  const retainedFrom = (): number => retainedFromUs ?? -Infinity;
  return {
    capabilities: { durable: true },
    ready,
    write: (batch) => track(() => enqueueWrite(batch)),
    readProgress: (origin) =>
      track(() => Promise.all([writer.readProgress(origin), refreshRetained()]).then(([now]) => toStoreProgress(now))),
    // A write resolves when the server has it on its disks: there is nothing left to be made durable.
    flush: () => track(async () => {}),
    retain: (policy) => track(() => retain(policy)),
    readDocuments: (ids, signal) => track(() => readDocumentsById(connection.until(signal), ids), signal),
    readDocumentPage: (query) => track(() => readDocumentPage(connection, query)),
    findTraces: (query, signal) => track(() => findTracePage(connection.until(signal), query), signal),
    findTraceIds: (query, signal) => track(() => findTraceIds(connection.until(signal), query), signal),
    readTraceRows: (ids) => track(() => readRowsById(connection, ids)),
    readGraph: (query) => track(() => readGraphSums(connection, query, retainedFrom())),
    readGraphSeries: (query) => track(() => readGraphPeriods(connection, query, retainedFrom())),
    mayKnow: (id: TraceId) => known.mayKnow(id),
    readStats: () => track(() => readStoreStats(connection, retainedFromUs)),
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
}
