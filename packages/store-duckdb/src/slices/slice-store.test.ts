import { mkdir, mkdtemp, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeUs } from '@fluoroscope/model';
import type { StoreBatch, TraceStore } from '@fluoroscope/store';
import {
  BASE_US,
  batchOf,
  documentOf,
  graphQueryOf,
  nodeFactOf,
  ORIGIN,
  rowOf,
  serviceOf,
  traceIdOf,
  traceQueryOf,
} from '@fluoroscope/store/conformance';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDuckDbStore, type DuckDbStoreOptions } from '../open.ts';
import { orderRangeOf, printSliceName } from './slice-name.ts';

let folder = '';
let dir = '';
const opened: TraceStore[] = [];
const failing: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluoroscope-slices-'));
  dir = join(folder, 'store');
  failing.length = 0;
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const DAY_US = 86_400_000_000;
/** For what happens in the background, on a busy machine too. */
const PATIENCE = { timeout: 20_000 } as const;
/** Never merges by itself. */
const APART = { mergeSlicesMin: 1_000 } as const;

async function open(limits: Partial<DuckDbStoreOptions> = APART): Promise<TraceStore> {
  const events = { failing: (message: string) => failing.push(message) };
  const store = await openDuckDbStore({ dir, memoryBytesMax: 128 * 2 ** 20, threads: 1, events, ...limits });
  opened.push(store);
  return store;
}

async function close(store: TraceStore): Promise<void> {
  opened.splice(opened.indexOf(store), 1);
  await store[Symbol.asyncDispose]();
}

/** The orders of the slices on disk, oldest first. */
async function slices(): Promise<string> {
  const ranges = (await readdir(dir)).sort().map(orderRangeOf);
  return ranges.flatMap((range) => (range === null ? [] : [`${range.firstOrder}-${range.lastOrder}`])).join(' ');
}

/** One document, row and fact, the same trace in every batch. */
function batchAt(sequence: number, day = 0): StoreBatch {
  const document = { ...documentOf(1, sequence), receivedUs: timeUs(BASE_US + day * DAY_US) };
  const row = rowOf(1, { revision: sequence, services: [serviceOf(`s${sequence}`)] });
  return batchOf(sequence, { documents: [document], traces: [row], facts: [nodeFactOf('a')] });
}

async function writeSlices(store: TraceStore, days: readonly number[]): Promise<void> {
  for (const [index, day] of days.entries()) {
    await store.write(batchAt(index + 1, day));
    await store.flush();
  }
}

async function expectAll(store: TraceStore, count: number): Promise<void> {
  expect(await store.readStats()).toMatchObject({ traceCount: 1, documentCount: count });
  expect(await store.readDocuments([traceIdOf(1)])).toHaveLength(count);
  expect((await store.findTraces(traceQueryOf())).rows.map(({ revision }) => revision)).toEqual([count]);
  expect((await store.readGraph(graphQueryOf())).nodes.map(({ counts }) => counts.ok)).toEqual([count]);
}

test('closing writes what is in memory', async () => {
  const store = await open();
  await store.write(batchAt(1));
  await close(store);
  expect(await slices()).toBe('1-1');
  await expectAll(await open(), 1);
});

test('closing without anything new writes nothing', async () => {
  await close(await open());
  await close(await open());
  expect(await slices()).toBe('');
});

test('a full head becomes a slice by itself, and the sequence is safe then', async () => {
  const store = await open({ ...APART, headBytesMax: 1 });
  for (const sequence of [1, 2, 3]) await store.write(batchAt(sequence));
  await vi.waitFor(async () => {
    const { durableSequence } = await store.readProgress(ORIGIN);
    expect(durableSequence).toBeGreaterThanOrEqual(2);
  }, PATIENCE);
  await expectAll(store, 3);
});

test('an empty batch survives a crash as well, and an origin without new batches is not forgotten', async () => {
  const store = await open();
  await store.write({ ...batchOf(7), origin: 'first' });
  await store.flush();
  await store.write(batchOf(1));
  await close(store);
  const again = await open();
  expect((await again.readProgress('first')).durableSequence).toBe(7);
  expect((await again.readProgress(ORIGIN)).durableSequence).toBe(1);
});

test('slices of a day that is over are merged, days are kept apart, and all is as before', async () => {
  const store = await open({ mergeSlicesMin: 1_000 });
  await writeSlices(store, [0, 0, 1, 1, 1, 2]);
  await vi.waitFor(async () => expect(await slices()).toBe('1-2 3-5 6-6'), PATIENCE);
  await expectAll(store, 6);
  await close(store);
  await expectAll(await open(), 6);
});

test('reads under way keep the slices that a merge replaces', async () => {
  const store = await open({ mergeSlicesMin: 4 });
  await writeSlices(store, [0, 0, 0]);
  const writing = writeAll(store, 4, 12);
  while (!(await writing.isDone())) expect((await store.readDocuments([traceIdOf(1)])).length).toBeGreaterThan(2);
  await expectAll(store, 12);
});

function writeAll(store: TraceStore, first: number, last: number): { isDone(): Promise<boolean> } {
  let isDone = false;
  const run = async (): Promise<void> => {
    for (let sequence = first; sequence <= last; sequence += 1) {
      await store.write(batchAt(sequence));
      await store.flush();
    }
    isDone = true;
  };
  const running = run();
  return { isDone: () => Promise.race([running.then(() => true), Promise.resolve(isDone)]) };
}

test('what a crash leaves over is cleared up', async () => {
  const store = await open();
  await writeSlices(store, [0, 0]);
  await close(store);
  const unfinished = `${printSliceName({ firstOrder: 3, lastOrder: 3 })}.new`;
  await writeFile(join(dir, unfinished), 'half a slice');
  await writeFile(join(dir, `${unfinished}.wal`), 'and its log');
  await mkdir(join(dir, 'spill'));
  await writeFile(join(dir, 'spill', 'duckdb_temp_block-1.block'), 'spilled');
  await expectAll(await open(), 2);
  expect((await readdir(dir)).filter((name) => name !== 'store.duckdb' && name !== 'store.duckdb.wal')).toHaveLength(2);
});

test('a flush that fails says so, keeps all that it has, takes batches meanwhile and succeeds later', async () => {
  const store = await open();
  const obstacle = join(dir, printSliceName({ firstOrder: 1, lastOrder: 1 }));
  await mkdir(obstacle);
  await writeFile(join(obstacle, 'file'), '');
  await store.write(batchAt(1));
  await expect(store.flush()).rejects.toMatchObject({ name: 'StoreError' });
  expect(failing).toHaveLength(1);
  await store.write(batchAt(2));
  await expectAll(store, 2);
  expect(await store.readProgress(ORIGIN)).toMatchObject({ sequence: 2, durableSequence: 0 });
  await rm(obstacle, { recursive: true });
  await store.flush();
  expect(await store.readProgress(ORIGIN)).toMatchObject({ sequence: 2, durableSequence: 2 });
  await close(store);
  await expectAll(await open(), 2);
});

test('when two heads are full and cannot be written a batch waits; closing turns it away', async () => {
  const store = await open({ ...APART, headBytesMax: 1 });
  const obstacle = join(dir, printSliceName({ firstOrder: 1, lastOrder: 1 }));
  await mkdir(obstacle);
  await store.write(batchAt(1));
  await store.write(batchAt(2));
  const third = store.write(batchAt(3));
  await vi.waitFor(() => expect(failing.length).toBeGreaterThan(0), PATIENCE);
  await expectAll(store, 2);
  await Promise.all([close(store), expect(third).rejects.toMatchObject({ code: 'closed' })]);
  await rmdir(obstacle);
  expect((await (await open()).readProgress(ORIGIN)).sequence).toBe(0);
});

test('retention drops whole slices, oldest first, with their disk space, and remembers it', async () => {
  const store = await open();
  await writeSlices(store, [0, 1, 2, 3]);
  const before = await store.readStats();
  const report = await store.retain({ arrivedBeforeUs: timeUs(BASE_US + 2 * DAY_US), sizeBytesMax: null });
  expect(report).toMatchObject({ sliceCount: 2, documentCount: 2 });
  expect(await slices()).toBe('3-3 4-4');
  const after = await store.readStats();
  expect(report.sizeBytes).toBeGreaterThan(0);
  // But for some bytes of the store's own log.
  expect(Math.abs(after.sizeBytes - (before.sizeBytes - report.sizeBytes))).toBeLessThan(16_384);
  expect(after).toMatchObject({ traceCount: 1, documentCount: 2, retainedFromUs: BASE_US + DAY_US });
  await close(store);
  const again = await open();
  expect(await again.readStats()).toMatchObject({ documentCount: 2, retainedFromUs: BASE_US + DAY_US });
  expect(again.mayKnow(traceIdOf(1))).toBe(true);
  expect(again.mayKnow(traceIdOf(2))).toBe(false);
});

test('retention by size keeps the newest slice, however large', async () => {
  const store = await open();
  await writeSlices(store, [0, 0, 0]);
  expect(await store.retain({ arrivedBeforeUs: null, sizeBytesMax: 1 })).toMatchObject({ sliceCount: 2 });
  expect(await store.retain({ arrivedBeforeUs: null, sizeBytesMax: 1 })).toMatchObject({ sliceCount: 0 });
  expect(await slices()).toBe('3-3');
  expect((await store.readProgress(ORIGIN)).durableSequence).toBe(3);
});

test('files of slices let go that a crash left are deleted', async () => {
  const store = await open();
  await writeSlices(store, [0, 0]);
  await store.retain({ arrivedBeforeUs: null, sizeBytesMax: 1 });
  await close(store);
  await writeFile(join(dir, printSliceName({ firstOrder: 1, lastOrder: 1 })), 'left');
  await open();
  expect(await slices()).toBe('2-2');
});

test('a head ends with the day of its first document, so that retention can let go of it', async () => {
  const store = await open();
  await store.write(batchAt(1, 0));
  await store.write(batchAt(2, 0));
  await store.write(batchAt(3, 2));
  await vi.waitFor(async () => expect(await slices()).toBe('1-1'), PATIENCE);
  await store.flush();
  expect(await slices()).toBe('1-1 2-2');
  const before = { arrivedBeforeUs: timeUs(BASE_US + DAY_US), sizeBytesMax: null };
  expect(await store.retain(before)).toMatchObject({ sliceCount: 1, documentCount: 2 });
});
