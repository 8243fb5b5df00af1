import { resolve } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from '@fluoroscope/store';
import { CHECKPOINT_MIB, LATE_ROWS_MAX, ROW_GROUP_ROWS } from './limits.ts';

/** The engine with one file attached. */
export interface Engine extends Disposable {
  connect(): Promise<DuckDBConnection>;
}

export interface EngineOptions {
  readonly file: string;
  readonly memoryBytesMax: number;
  readonly threads: number;
}

/**
 * The system's file locks keep other processes out, not this one, where two engines on one file would destroy it.
 * As many as there are open engines; a worker has a set of its own, so one file belongs to one thread.
 */
const heldFiles = new Set<string>();

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const file = resolve(options.file);
  if (heldFiles.has(file)) throw new StoreError('locked', `${file} is in use by process ${process.pid}, this one`);
  heldFiles.add(file);
  try {
    const instance = await createInstance({ ...options, file });
    return {
      async connect() {
        const connection = await instance.connect();
        await connection.run('USE store');
        return connection;
      },
      [Symbol.dispose]() {
        instance.closeSync();
        heldFiles.delete(file);
      },
    };
  } catch (error) {
    heldFiles.delete(file);
    throw error;
  }
}

async function createInstance({ file, memoryBytesMax, threads }: EngineOptions): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.floor(memoryBytesMax / 1024)}KiB`,
    threads: String(threads),
    temp_directory: `${file}.tmp`,
    checkpoint_threshold: `${CHECKPOINT_MIB}MiB`,
    late_materialization_max_rows: String(LATE_ROWS_MAX),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    const connection = await instance.connect();
    // Attached rather than opened: only so can the size of a row group be chosen. The latest format, since the
    // default for new files is that of an old engine, which has no zstd.
    await connection.run(
      `ATTACH ${quoteText(file)} AS store (ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, STORAGE_VERSION 'latest')`,
    );
    // From here on nothing but this file is read or loaded, whatever a query says.
    await connection.run('SET enable_external_access = false; SET lock_configuration = true');
    connection.closeSync();
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** ATTACH takes no parameters. The file's name comes from the operator. */
function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
