import type { TraceStore } from '@fluoroscope/store';
import type { ClickHouseStoreOptions } from '@fluoroscope/store-clickhouse';
import { holdDataFolder, openDuckDbStore } from '@fluoroscope/store-duckdb';
import type { FollowedJournal } from './messages.ts';

export type StoreChoice =
  | { readonly kind: 'embedded'; readonly dir: string; readonly memoryBytes: number; readonly threads: number }
  | ({
      readonly kind: 'clickhouse';
      /** Where an embedded store would be: held, since the journal beside it is one process's. */
      readonly dir: string;
      readonly storedFile: string;
    } & Omit<ClickHouseStoreOptions, 'journal'>);

/** Rejects with the StoreError of a store that cannot be used; one that is away opens all the same. */
export async function openStore(
  choice: StoreChoice,
  journal: FollowedJournal,
  failing: (message: string) => void,
): Promise<TraceStore> {
  if (choice.kind === 'embedded') {
    const { dir, memoryBytes, threads } = choice;
    return openDuckDbStore({ dir, memoryBytesMax: memoryBytes, threads, events: { failing } });
  }
  const hold = await holdDataFolder(choice.dir);
  try {
    const { openClickHouseStore } = await import('@fluoroscope/store-clickhouse');
    const store = await openClickHouseStore({ ...choice, journal: nameOf(journal) });
    return {
      ...store,
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        hold[Symbol.dispose]();
      },
    };
  } catch (error) {
    hold[Symbol.dispose]();
    throw error;
  }
}

/** Processes that share a topic are one writer to the store; a journal of files is its process's own. */
function nameOf(journal: FollowedJournal): string {
  return journal.kind === 'file' ? journal.origin : `kafka:${journal.access.topic}`;
}
