import { copyFile, mkdtemp, open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { batchOf, documentOf, edgeFactOf, nodeFactOf, rowOf, serviceOf } from '@fluoroscope/store/conformance';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkStore } from './check.ts';
import { describeStore } from './describe.ts';
import { openDuckDbStore } from './open.ts';

let folder = '';
let dir = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluoroscope-check-'));
  dir = join(folder, 'store');
  await writeSlices();
});
afterEach(() => rm(folder, { recursive: true }));

const SLICES = ['0000000001-0000000001.duckdb', '0000000002-0000000002.duckdb'] as const;

/** Two of them; every trace of the first has a row in the second too. */
async function writeSlices(): Promise<void> {
  const store = await openDuckDbStore({ dir, memoryBytesMax: 128 * 2 ** 20, threads: 1 });
  const numbers = Array.from({ length: 500 }, (_item, at) => at + 1);
  for (const sequence of [1, 2]) {
    await store.write(
      batchOf(sequence, {
        documents: numbers.map((number) => documentOf(number, sequence, `${number} `.repeat(200))),
        traces: numbers.map((number) => rowOf(number, { revision: sequence, services: [serviceOf('a')] })),
        facts: numbers.flatMap((trace) => [nodeFactOf('a', { trace }), edgeFactOf('a', 'b', { trace })]),
      }),
    );
    await store.flush();
  }
  await store[Symbol.asyncDispose]();
}

/** Another program writes to a slice. */
async function tamper(name: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(join(dir, name));
  const connection = await instance.connect();
  await connection.run(sql);
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

test('a whole store has no problems, and looking changes nothing', async () => {
  const before = (await readdir(dir)).sort();
  expect(await checkStore({ dir })).toEqual([]);
  expect((await readdir(dir)).sort()).toEqual(before);
});

test.each([
  ['DELETE FROM documents WHERE rowid = 3', 'the number of documents'],
  ['DELETE FROM traces WHERE rowid = 3', 'the number of traces'],
  ['UPDATE documents SET trace_no = 499 WHERE rowid = 3', 'documents out of order'],
  ['UPDATE facts SET fact_count = 2 WHERE rowid = 3', 'sums that do not follow'],
  ['UPDATE rollup_sums_60 SET duration_us = duration_us + 1 WHERE rowid = 0', 'sums that do not follow'],
  ['UPDATE rollup_histograms_5 SET counts = [7] WHERE rowid = 0', 'histograms that do not follow'],
  ['DELETE FROM services', 'services without a name'],
  ['UPDATE ids SET trace_lo = trace_lo + 1000000 WHERE rowid = 499', 'the filter does not know'],
  ['DROP TABLE rollup_sums_60', 'rollup_sums_60'],
])('%s is found', async (sql, problem) => {
  await tamper(SLICES[0], sql);
  expect(await checkStore({ dir })).toContainEqual({ file: SLICES[0], problem: expect.stringContaining(problem) });
});

test('a block that rotted on disk is found, and the other slice is looked at all the same', async () => {
  const file = join(dir, SLICES[0]);
  const { size } = await stat(file);
  const handle = await open(file, 'r+');
  for (let at = Math.floor(size / 3); at < size; at += 16_384) await handle.write('rot', at);
  await handle.close();
  await tamper(SLICES[1], 'DELETE FROM documents WHERE rowid = 3');
  const files = (await checkStore({ dir })).map((problem) => problem.file);
  expect(new Set(files)).toEqual(new Set(SLICES));
});

test.each([
  ['cut short', () => truncate(join(dir, SLICES[1]), 5_000), SLICES[1]],
  ['another one under its name', () => copyFile(join(dir, SLICES[0]), join(dir, SLICES[1])), SLICES[1]],
  ['missing', () => rename(join(dir, SLICES[0]), join(folder, 'elsewhere')), null],
])('a slice that is %s is found', async (_name, damage, file) => {
  await damage();
  expect(await checkStore({ dir })).toEqual([{ file, problem: expect.any(String) }]);
});

test('a folder that is no store is refused, and stays as it was', async () => {
  await expect(checkStore({ dir: folder })).rejects.toMatchObject({ code: 'unreadable' });
  expect(await readdir(folder)).toEqual(['store']);
});

test('a store that is in use is refused', async () => {
  const store = await openDuckDbStore({ dir, memoryBytesMax: 128 * 2 ** 20, threads: 1 });
  await expect(checkStore({ dir })).rejects.toMatchObject({ code: 'locked' });
  await store[Symbol.asyncDispose]();
});

test('slices are described: orders, arrival, rows and bytes', async () => {
  const { slices, retainedFromUs } = await describeStore({ dir });
  expect(retainedFromUs).toBeNull();
  expect(slices).toMatchObject([
    { file: SLICES[0], firstOrder: 1, lastOrder: 1, traceCount: 500, documentCount: 500 },
    { file: SLICES[1], firstOrder: 2, lastOrder: 2, traceCount: 500, documentCount: 500 },
  ]);
  for (const { tables, sizeBytes } of slices) {
    expect(tables.find(({ name }) => name === 'replaced')?.rowCount).toBe(sizeBytes === slices[0]?.sizeBytes ? 0 : 500);
    expect(tables.find(({ name }) => name === 'documents')?.sizeBytes).toBeGreaterThan(0);
    const bytes = tables.reduce((sum, table) => sum + table.sizeBytes, 0);
    expect(bytes).toBeLessThanOrEqual(sizeBytes);
    expect(bytes).toBeGreaterThan(sizeBytes / 2);
  }
});
