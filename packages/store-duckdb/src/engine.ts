import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { holdFolder } from './folder-lock.ts';
import {
  FREED_BYTES_KEPT,
  LATE_ROWS_MAX,
  ROW_GROUP_ROWS,
  SMALL_BLOCK_BYTES,
  SPILL_BYTES_MAX,
  UNSAVED_BYTES_MAX,
} from './limits.ts';
import { migrate } from './migrate.ts';
import { readSchema } from './sql-files.ts';

/** The engine with its tables in memory and the folder's own file attached as `store`. */
export interface Engine extends Disposable {
  /** Absolute; the only place that the engine can reach. */
  readonly dir: string;
  connect(): Promise<DuckDBConnection>;
  /** The files stay locked until every connection is closed; disposing closes those that are left. */
  disconnect(connection: DuckDBConnection): void;
}

export interface EngineOptions {
  readonly dir: string;
  readonly memoryBytesMax: number;
  readonly threads: number;
}

/** The folder's own file: its lock and what concerns all slices (sql/schema/001-store.sql). */
export const STORE_FILE = 'store.duckdb';

/** Where the engine puts what does not fit in memory; of no use to a later run. */
const SPILL_FOLDER = 'spill';

export async function openEngine(options: EngineOptions): Promise<Engine> {
  await mkdir(options.dir, { recursive: true });
  const dir = await realpath(options.dir);
  const hold = holdFolder(dir, join(dir, STORE_FILE));
  let instance: DuckDBInstance | undefined;
  try {
    instance = await createInstance({ ...options, dir });
    const opened = instance;
    // Only now is the folder ours.
    await rm(join(dir, SPILL_FOLDER), { recursive: true, force: true });
    await prepare(opened);
    const connections = new Set<DuckDBConnection>();
    return {
      dir,
      async connect() {
        const connection = await opened.connect();
        connections.add(connection);
        return connection;
      },
      disconnect(connection) {
        if (connections.delete(connection)) connection.closeSync();
      },
      [Symbol.dispose]() {
        for (const connection of connections) connection.closeSync();
        connections.clear();
        opened.closeSync();
        hold[Symbol.dispose]();
      },
    };
  } catch (error) {
    instance?.closeSync();
    hold[Symbol.dispose]();
    throw error;
  }
}

async function createInstance({ dir, memoryBytesMax, threads }: EngineOptions): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.floor(memoryBytesMax / 1024)}KiB`,
    threads: String(threads),
    temp_directory: join(dir, SPILL_FOLDER),
    max_temp_directory_size: `${Math.floor(SPILL_BYTES_MAX / 1024)}KiB`,
    late_materialization_max_rows: String(LATE_ROWS_MAX),
    checkpoint_threshold: `${Math.floor(UNSAVED_BYTES_MAX / 1024)}KiB`,
    allocator_background_threads: 'true',
    allocator_flush_threshold: `${Math.floor(FREED_BYTES_KEPT / 1024)}KiB`,
    allocator_bulk_deallocation_flush_threshold: `${Math.floor(FREED_BYTES_KEPT / 1024)}KiB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    await withConnection(instance, async (connection) => {
      await connection.run(`SET allowed_directories = [${quoteText(join(dir, '/'))}]`);
      // From here on nothing outside of the folder is read, written or loaded, whatever a query says.
      await connection.run('SET enable_external_access = false; SET lock_configuration = true');
      await attachNew(connection, {
        file: join(dir, STORE_FILE),
        name: 'store',
        blockBytes: SMALL_BLOCK_BYTES,
        hasLog: true,
      });
    });
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function prepare(instance: DuckDBInstance): Promise<void> {
  await withConnection(instance, async (connection) => {
    await connection.run('USE store');
    await migrate(connection);
    await connection.run('USE memory');
    await connection.run(readSchema('memory'));
  });
}

/** An instance is not closed while it has an open connection. */
async function withConnection(
  instance: DuckDBInstance,
  run: (connection: DuckDBConnection) => Promise<void>,
): Promise<void> {
  const connection = await instance.connect();
  try {
    await run(connection);
  } finally {
    connection.closeSync();
  }
}

export interface NewFile {
  readonly file: string;
  /** Under which the engine knows it. */
  readonly name: string;
  readonly blockBytes: number;
  /** False for a file that is of no use before its checkpoint: all that is written would be written to a log first. */
  readonly hasLog: boolean;
}

/** A file that is written. The latest format, since the default for new files is that of an old engine, which has no zstd. */
export async function attachNew(
  connection: DuckDBConnection,
  { file, name, blockBytes, hasLog }: NewFile,
): Promise<void> {
  const options = [`ROW_GROUP_SIZE ${ROW_GROUP_ROWS}`, `BLOCK_SIZE ${blockBytes}`, "STORAGE_VERSION 'latest'"];
  if (!hasLog) options.push('RECOVERY_MODE no_wal_writes');
  await connection.run(`ATTACH ${quoteText(file)} AS ${name} (${options.join(', ')})`);
}

export async function attachSealed(connection: DuckDBConnection, file: string, name: string): Promise<void> {
  await connection.run(`ATTACH ${quoteText(file)} AS ${name} (READ_ONLY)`);
}

export async function detach(connection: DuckDBConnection, name: string): Promise<void> {
  await connection.run(`DETACH DATABASE IF EXISTS ${name}`);
}

/** ATTACH takes no parameters. The folder's name comes from the operator. */
function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
