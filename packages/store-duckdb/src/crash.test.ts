import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TraceStore } from '@fluoroscope/store';
import { graphQueryOf, segmentIdOf, traceIdOf } from '@fluoroscope/store/conformance';
import { expect, test } from 'vitest';
import { openDuckDbStore } from './open.ts';

const KILL_COUNT = 10;
const WRITER = fileURLToPath(new URL('crash-writer.e2e.ts', import.meta.url));
// As the child writes them.
const BATCH_TRACES = 200;
const TRACES_KEPT = 50;

test(
  'a writer killed at random moments loses no batch it reported, and leaves none half',
  { timeout: 120_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-crash-'));
    const file = join(folder, 'store.db');
    for (let kill = 0; kill < KILL_COUNT; kill += 1) {
      const reported = await writeUntilKilled(file, Math.random() * 700);
      const store = await openDuckDbStore({ file, memoryBytesMax: 256 * 2 ** 20, threads: 2 });
      await checkStore(store, reported);
      await store[Symbol.asyncDispose]();
    }
    await rm(folder, { recursive: true });
  },
);

/** The last sequence that the child reported. The clock starts with its first. */
async function writeUntilKilled(file: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', WRITER, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let reported = 0;
  for await (const line of createInterface(child.stdout)) {
    if (reported === 0) setTimeout(() => child.kill('SIGKILL'), afterMs);
    reported = Number(line);
  }
  return reported;
}

async function checkStore(store: TraceStore, reported: number): Promise<void> {
  const sequence = await store.readSequence();
  expect(sequence).toBeGreaterThanOrEqual(reported);
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
  const ids = (await store.readDocuments([shared])).map(({ id }) => id);
  expect(ids).toEqual(sequence === 1 ? [segmentIdOf(1)] : [segmentIdOf(sequence - 1), segmentIdOf(sequence)]);
}
