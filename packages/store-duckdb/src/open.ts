import type { DuckDBConnection } from '@duckdb/node-api';
import type { TraceId } from '@fluoroscope/model';
import { StoreError, type StoreBatch, type TraceStore } from '@fluoroscope/store';
import { openEngine, type Engine } from './engine.ts';
import { IDS_PER_STATEMENT_MAX } from './limits.ts';
import { migrate } from './migrate.ts';
import { toOpenError } from './engine-error.ts';
import { readDocumentsById } from './readers/documents.ts';
import { findTracePage } from './readers/find-traces.ts';
import { sumGraph } from './readers/graph.ts';
import { createReadConnections } from './readers/read-connections.ts';
import { readSequence, readStats } from './readers/stats.ts';
import { readRowsById } from './readers/trace-rows.ts';
import { openWriter, type Writer } from './writer.ts';

export interface DuckDbStoreOptions {
  /** Created when missing; its folder must be there. The engine puts `.wal` and `.tmp` beside it. */
  readonly file: string;
  /** Of the engine's buffers; the process needs some 150 MB beside them. */
  readonly memoryBytesMax: number;
  readonly threads: number;
}

/** Takes the file for this process. Runs in the calling thread: encoding a batch keeps it busy for some 10 ms at a time. */
export async function openDuckDbStore(options: DuckDbStoreOptions): Promise<TraceStore> {
  const { file } = options;
  let engine: Engine | undefined;
  try {
    engine = await openEngine(options);
    const connection = await engine.connect();
    await migrate(connection);
    return createStore(file, engine, connection, await openWriter(connection));
  } catch (error) {
    engine?.[Symbol.dispose]();
    throw toOpenError(file, error);
  }
}

function createStore(file: string, engine: Engine, connection: DuckDBConnection, writer: Writer): TraceStore {
  const reads = createReadConnections(engine);
  const running = new Set<Promise<unknown>>();
  let lastWrite: Promise<void> = Promise.resolve();
  let closing: Promise<void> | null = null;

  /** Closing waits for what is running: the engine must not lose its file under a query. */
  function track<Answer>(start: () => Promise<Answer>): Promise<Answer> {
    if (closing !== null) return Promise.reject(new StoreError('closed', 'the store has been closed'));
    const call = start();
    running.add(call);
    const forget = (): unknown => running.delete(call);
    call.then(forget, forget);
    return call;
  }

  function enqueueWrite(batch: StoreBatch): Promise<void> {
    const write = lastWrite.then(() => writer.write(batch));
    lastWrite = write.catch(() => {});
    return write;
  }

  async function close(): Promise<void> {
    await Promise.allSettled(running);
    reads[Symbol.dispose]();
    // Folds the log into the file, so that the next start has nothing to replay.
    await connection.run('CHECKPOINT').catch(() => {});
    connection.closeSync();
    engine[Symbol.dispose]();
  }

  return {
    capabilities: { durable: true },
    write: (batch) => track(() => enqueueWrite(batch)),
    readSequence: () => track(() => reads.read(readSequence)),
    readDocuments: (ids) =>
      track(() => reads.read((reader) => inChunks(ids, (chunk) => readDocumentsById(reader, chunk)))),
    findTraces: (query) => track(() => reads.read((reader) => findTracePage(reader, query))),
    readTraceRows: (ids) => track(() => reads.read((reader) => inChunks(ids, (chunk) => readRowsById(reader, chunk)))),
    readGraph: (query) => track(() => reads.read((reader) => sumGraph(reader, query))),
    mayKnow: (id) => writer.mayKnow(id),
    readStats: () => track(() => reads.read((reader) => readStats(reader, file))),
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
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
