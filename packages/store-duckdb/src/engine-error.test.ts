import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { batchOf, documentOf, rowOf } from '@fluoroscope/store/conformance';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEngine } from './engine.ts';
import { openDuckDbStore } from './open.ts';

let folder = '';
let dir = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluoroscope-open-'));
  dir = join(folder, "it's a store");
});
afterEach(() => rm(folder, { recursive: true }));

const options = () => ({ dir, memoryBytesMax: 128 * 2 ** 20, threads: 1 });
const open = () => openDuckDbStore(options());
const slice = (order: number) =>
  join(dir, `${String(order).padStart(10, '0')}-${String(order).padStart(10, '0')}.duckdb`);

/** A folder with this many slices. */
async function writeSlices(count: number): Promise<void> {
  const store = await open();
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const documents = [documentOf(sequence, 1, 'x'.repeat(100_000))];
    await store.write(batchOf(sequence, { documents, traces: [rowOf(sequence)] }));
    await store.flush();
  }
  await store[Symbol.asyncDispose]();
}

test('a folder that another process holds is `locked`, and the message names the process', async () => {
  const writer = fileURLToPath(new URL('crash-writer.e2e.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', writer, dir], { stdio: 'pipe' });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  await expect(open()).rejects.toMatchObject({
    code: 'locked',
    message: expect.stringContaining(`process ${child.pid}`),
  });
  child.kill('SIGKILL');
});

test('a folder that this thread holds is `locked`', async () => {
  const store = await open();
  await expect(open()).rejects.toMatchObject({ code: 'locked', message: expect.stringContaining(`${process.pid}`) });
  await store[Symbol.asyncDispose]();
});

test('a folder that another thread of this process holds is `locked`', async () => {
  await writeSlices(0);
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    require('node:fs').openSync(workerData, 'r');
    setInterval(() => {}, 1_000);
    parentPort.postMessage('open');
  `;
  const worker = new Worker(source, { eval: true, workerData: join(dir, 'store.duckdb') });
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await expect(open()).rejects.toMatchObject({ code: 'locked', message: expect.stringContaining(`${process.pid}`) });
  await worker.terminate();
});

test('after closing, and after a failure to open, the folder is free again', async () => {
  await writeSlices(1);
  await truncate(slice(1), 6_000);
  await expect(open()).rejects.toMatchObject({ code: 'corrupt' });
  await rm(slice(1));
  const store = await open();
  await store[Symbol.asyncDispose]();
});

test('a store file that is none is `corrupt`', async () => {
  await writeSlices(0);
  await writeFile(join(dir, 'store.duckdb'), 'x'.repeat(20_000));
  await expect(open()).rejects.toMatchObject({ name: 'StoreError', code: 'corrupt' });
});

test.each([
  ['cut short', (file: string) => truncate(file, 6_000)],
  ['overwritten', (file: string) => writeFile(file, 'x'.repeat(20_000))],
  ['empty', (file: string) => truncate(file, 0)],
])('a slice %s is `corrupt`, and the message names it', async (_name, damage) => {
  await writeSlices(2);
  await damage(slice(1));
  await expect(open()).rejects.toMatchObject({ code: 'corrupt', message: expect.stringContaining(slice(1)) });
});

test('a slice that is missing between others is `corrupt`, and the message says which', async () => {
  await writeSlices(3);
  await rm(slice(2));
  await expect(open()).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('order 2 is missing'),
  });
});

test('a folder that cannot be made is `unreadable`', async () => {
  await writeFile(join(folder, 'file'), '');
  dir = join(folder, 'file', 'store');
  await expect(open()).rejects.toMatchObject({ code: 'unreadable' });
});

test('the one file of an earlier version is `unknown-version`, and nothing is made beside it', async () => {
  await writeFile(join(folder, 'fluoroscope.duckdb'), '');
  await expect(open()).rejects.toMatchObject({ code: 'unknown-version', message: expect.stringContaining('0.1') });
  expect(await readdir(folder)).toEqual(['fluoroscope.duckdb']);
});

test('a schema of a later version is `unknown-version`, and the file is left alone', async () => {
  await writeSlices(0);
  const engine = await openEngine(options());
  const connection = await engine.connect();
  await connection.run("INSERT INTO store.schema_steps VALUES (999, 'later', 0)");
  engine[Symbol.dispose]();
  await expect(open()).rejects.toMatchObject({ code: 'unknown-version', message: expect.stringContaining('999') });
  await expect(open()).rejects.toMatchObject({ code: 'unknown-version' });
});

test('nothing outside of the folder can be reached, and the settings cannot be changed', async () => {
  await writeFile(join(folder, 'outside.csv'), 'a\n1\n');
  using engine = await openEngine(options());
  const connection = await engine.connect();
  const refused = [
    `SELECT * FROM read_csv('${folder}/outside.csv')`,
    `SELECT * FROM read_csv('${dir.replaceAll("'", "''")}/../outside.csv')`,
    `COPY (SELECT 1) TO '${folder}/out.csv'`,
    `ATTACH '${folder}/other.duckdb' AS other`,
    'INSTALL httpfs',
    'SET enable_external_access = true',
    "SET allowed_directories = ['/']",
  ];
  for (const sql of refused) await expect(connection.run(sql)).rejects.toThrow(/disabled by configuration|locked/i);
});
