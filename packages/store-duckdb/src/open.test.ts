import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSameAnswers, describeTraceStore, type StoreUnderTest } from '@fluoroscope/store/conformance';
import { openDuckDbStore, type DuckDbStoreOptions } from './open.ts';

/** Every batch fills a head, and any two slices are merged: what is asked for lies in heads, slices and merged slices. */
const TINY = { headBytesMax: 1, mergeSlicesMin: 2 } as const;
/** Many slices, of which each is let go of as soon as the next one is asked. */
const ONE_FILE = { headBytesMax: 1, mergeSlicesMin: 5, attachedSlicesMax: 1 } as const;
/** Fewer than usual: each run writes several slices. */
const TINY_RUN_COUNT = 15;
const ONE_FILE_RUN_COUNT = 8;

describeTraceStore('the DuckDB store', () => openTemporary({}));
describeSameAnswers('the DuckDB store', () => openTemporary({}));
describeTraceStore('the DuckDB store with tiny heads', () => openTemporary(TINY));
describeSameAnswers('the DuckDB store with tiny heads', () => openTemporary(TINY), TINY_RUN_COUNT);
describeTraceStore('the DuckDB store with one file attached', () => openTemporary(ONE_FILE));
describeSameAnswers('the DuckDB store with one file attached', () => openTemporary(ONE_FILE), ONE_FILE_RUN_COUNT);

async function openTemporary(limits: Partial<DuckDbStoreOptions>): Promise<StoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-duckdb-'));
  const openStore = () =>
    openDuckDbStore({ dir: join(folder, 'store'), memoryBytesMax: 256 * 2 ** 20, threads: 2, ...limits });
  const store = await openStore();
  return {
    store,
    async reopen() {
      await store[Symbol.asyncDispose]();
      return openStore();
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
