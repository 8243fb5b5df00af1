import { openEngine } from './engine.ts';
import { toOpenError } from './engine-error.ts';

/** It only stands there. */
const MEMORY_BYTES = 32 * 2 ** 20;

/** Takes a data folder for this process without a store in it, as opening one would: rejects with `locked` alike. */
export async function holdDataFolder(dir: string): Promise<Disposable> {
  try {
    return await openEngine({ dir, memoryBytesMax: MEMORY_BYTES, threads: 1 });
  } catch (error) {
    throw toOpenError(dir, error);
  }
}
