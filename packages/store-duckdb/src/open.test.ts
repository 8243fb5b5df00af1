import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSameAnswers, describeTraceStore, type StoreUnderTest } from '@fluoroscope/store/conformance';
import { openDuckDbStore } from './open.ts';

describeTraceStore('the DuckDB store', openTemporary);
describeSameAnswers('the DuckDB store', openTemporary);

async function openTemporary(): Promise<StoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-duckdb-'));
  const openFile = () => openDuckDbStore({ file: join(folder, 'store.db'), memoryBytesMax: 256 * 2 ** 20, threads: 2 });
  const store = await openFile();
  return {
    store,
    async reopen() {
      await store[Symbol.asyncDispose]();
      return openFile();
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
