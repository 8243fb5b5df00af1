import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from '@fluoroscope/store';
import { toOpenError } from './engine-error.ts';
import { openEngine, STORE_FILE } from './engine.ts';
import { readRetained, sortOut, type Retained } from './slices/recover.ts';
import type { OrderRange } from './slices/slice-name.ts';

export interface StoppedStoreOptions {
  readonly dir: string;
  /** Standard: `STOPPED_MEMORY_BYTES`. */
  readonly memoryBytesMax?: number;
}

/** A store that no server has open, for a look at its files; slices are neither changed nor cleared up. */
export interface StoppedStore {
  readonly connection: DuckDBConnection;
  readonly dir: string;
  readonly retained: Retained;
  /** Oldest first. */
  readonly ranges: readonly OrderRange[];
}

/** What looking through a store may use, in bytes: the machine may be a small one. */
const STOPPED_MEMORY_BYTES = 256 * 2 ** 20;
const STOPPED_THREADS = 2;

/** Holds the folder while `look` runs, so that no server starts on it. */
export async function withStoppedStore<Answer>(
  options: StoppedStoreOptions,
  look: (store: StoppedStore) => Promise<Answer>,
): Promise<Answer> {
  const { dir, memoryBytesMax = STOPPED_MEMORY_BYTES } = options;
  if ((await stat(join(dir, STORE_FILE)).catch(() => null)) === null) {
    throw new StoreError('unreadable', `${dir} is no store: it has no ${STORE_FILE}`);
  }
  try {
    using engine = await openEngine({ dir, memoryBytesMax, threads: STOPPED_THREADS });
    const connection = await engine.connect();
    const retained = await readRetained(connection);
    const { ranges } = sortOut(await readdir(engine.dir), retained.droppedThroughOrder);
    return await look({ connection, dir: engine.dir, retained, ranges });
  } catch (error) {
    throw toOpenError(dir, error);
  }
}
