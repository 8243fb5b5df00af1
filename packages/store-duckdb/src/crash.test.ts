import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TraceStore } from '@fluoroscope/store';
import { graphQueryOf, ORIGIN, traceIdOf } from '@fluoroscope/store/conformance';
import { expect, test } from 'vitest';
import { checkStore } from './check.ts';
import { openDuckDbStore } from './open.ts';
import { orderRangeOf } from './slices/slice-name.ts';

const KILL_COUNT = 8;
const LIFE_MS_MAX = 1_500;
const WRITER = fileURLToPath(new URL('crash-writer.e2e.ts', import.meta.url));
// As the child writes them.
const BATCH_TRACES = 200;
const TRACES_KEPT = 50;

test(
  'a writer killed while it writes, flushes and merges: what was safe is there, batch by batch, and nothing half or twice',
  // Kills at other moments each time: what one of them finds must not be tried again.
  { timeout: 180_000, retry: 0 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-crash-'));
    const dir = join(folder, 'store');
    for (let kill = 0; kill < KILL_COUNT; kill += 1) {
      const durable = await writeUntilKilled(dir, Math.random() * LIFE_MS_MAX);
      const store = await openDuckDbStore({ dir, memoryBytesMax: 256 * 2 ** 20, threads: 2 });
      await expectBatches(store, durable);
      await store[Symbol.asyncDispose]();
      const names = await readdir(dir);
      expect(names.filter((name) => name !== 'store.duckdb' && orderRangeOf(name) === null)).toEqual([]);
      expect(await checkStore({ dir })).toEqual([]);
    }
    await rm(folder, { recursive: true });
  },
);

/** The highest sequence that the child reported as safe. The clock starts with its first report. */
async function writeUntilKilled(dir: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', WRITER, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let reported: number | null = null;
  for await (const line of createInterface(child.stdout)) {
    if (reported === null) setTimeout(() => child.kill('SIGKILL'), afterMs);
    reported = Number(line.split(' ')[1]);
  }
  return reported ?? 0;
}

async function expectBatches(store: TraceStore, durable: number): Promise<void> {
  const { sequence, durableSequence } = await store.readProgress(ORIGIN);
  expect(sequence).toBe(durableSequence);
  expect(sequence).toBeGreaterThanOrEqual(durable);
  if (sequence === 0) return;
  const { traceCount, documentCount } = await store.readStats();
  expect(documentCount).toBe(sequence * (BATCH_TRACES + TRACES_KEPT));
  expect(traceCount).toBe(sequence * BATCH_TRACES + TRACES_KEPT);

  const { nodes, edges } = await store.readGraph(graphQueryOf());
  const names = Array.from({ length: sequence }, (_item, at) => `s${at + 1}`).sort();
  expect(nodes.map(({ service }) => service.name).sort()).toEqual(names);
  expect(edges.map(({ target }) => target.name).sort()).toEqual(names);
  const counts = [...nodes, ...edges].map((sum) => sum.counts.ok);
  expect(new Set(counts)).toEqual(new Set([BATCH_TRACES + TRACES_KEPT]));

  // The newest batch replaced rows of the one before, and its own are there.
  const shared = traceIdOf(sequence * BATCH_TRACES - 1);
  const [row] = await store.readTraceRows([shared]);
  expect(row?.revision).toBe(sequence);
  const texts = (await store.readDocuments([shared])).map(({ text }) => text);
  expect(texts).toEqual(sequence === 1 ? ['{"id":1}'] : [`{"id":${sequence - 1}}`, `{"id":${sequence}}`]);
}
