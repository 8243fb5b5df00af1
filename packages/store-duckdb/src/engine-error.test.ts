import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { batchOf, documentOf } from '@fluoroscope/store/conformance';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEngine } from './engine.ts';
import { openDuckDbStore } from './open.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluoroscope-open-'));
  file = join(folder, "it's a store.db");
});
afterEach(() => rm(folder, { recursive: true }));

const options = () => ({ file, memoryBytesMax: 128 * 2 ** 20, threads: 1 });
const open = () => openDuckDbStore(options());

test('a file that another process holds is `locked`, and the message names the process', async () => {
  const writer = fileURLToPath(new URL('crash-writer.e2e.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', writer, file], { stdio: 'pipe' });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  await expect(open()).rejects.toMatchObject({
    code: 'locked',
    message: expect.stringContaining(`process ${child.pid}`),
  });
  child.kill('SIGKILL');
});

test('a file that this process holds is `locked`', async () => {
  const store = await open();
  await expect(open()).rejects.toMatchObject({ code: 'locked', message: expect.stringContaining(`${process.pid}`) });
  await store[Symbol.asyncDispose]();
});

test('a file that is no store is `corrupt`', async () => {
  await writeFile(file, 'x'.repeat(20_000));
  await expect(open()).rejects.toMatchObject({ name: 'StoreError', code: 'corrupt' });
});

test('a file cut short is `corrupt`', async () => {
  const store = await open();
  await store.write(batchOf(1, { documents: [documentOf(1, 1, 'x'.repeat(500_000))] }));
  await store[Symbol.asyncDispose]();
  await truncate(file, 6_000);
  await expect(open()).rejects.toMatchObject({ code: 'corrupt' });
});

test('a missing folder is `unreadable`', async () => {
  file = join(folder, 'none', 'store.db');
  await expect(open()).rejects.toMatchObject({ code: 'unreadable' });
});

test('a folder in place of the file is `unreadable`', async () => {
  await mkdir(file);
  await expect(open()).rejects.toMatchObject({ code: 'unreadable' });
});

test('a schema of a later version is `unknown-version`, and the file is left alone', async () => {
  await (await open())[Symbol.asyncDispose]();
  const engine = await openEngine(options());
  const connection = await engine.connect();
  await connection.run("INSERT INTO schema_steps VALUES (999, 'later', 0)");
  connection.closeSync();
  engine[Symbol.dispose]();
  await expect(open()).rejects.toMatchObject({ code: 'unknown-version', message: expect.stringContaining('999') });
  await expect(open()).rejects.toMatchObject({ code: 'unknown-version' });
});
