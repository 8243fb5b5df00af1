import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { diskFiles } from './files.ts';
import { openJournal } from './file-journal.ts';
import { openJournalReader } from './journal-reader.ts';

const roots: string[] = [];

afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true });
});

test('on a real disk: written while it is read, rotated, released, opened again', async () => {
  const dir = join(await makeRoot(), 'data', 'journal');
  const seen: number[] = [];
  const journal = await openJournal(optionsOf(dir));
  const reader = await openJournalReader({ dir, after: 0, events });
  const writing = (async () => {
    for (let call = 1; call <= 60; call++) {
      await Promise.all([1, 2, 3].map((part) => journal.append([Buffer.alloc(700 * part, call)])));
    }
  })();
  while (seen.length < 180) {
    seen.push(...(await reader.read(journal.committedSequence, 10_000)).map(({ sequence }) => sequence));
    if (seen.length < 120) await journal.release(seen.at(-1) ?? 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await writing;
  expect(journal.stats()).toMatchObject({ appendedRecords: 180, failing: null, damagedCount: 0 });
  expect(seen).toEqual(Array.from({ length: 180 }, (_, index) => index + 1));
  await reader[Symbol.asyncDispose]();
  await journal[Symbol.asyncDispose]();

  const again = await openJournal({ ...optionsOf(dir), nextSequence: 150 });
  expect(again.committedSequence).toBe(180);
  const late = await openJournalReader({ dir, after: 149, events });
  const left = await late.read(180, Infinity);
  expect(left.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 31 }, (_, index) => index + 150));
  expect(left.every(({ bytes, sequence }) => bytes[0] === Math.ceil(sequence / 3))).toBe(true);
  await again.release(180);
  expect(await readdir(dir)).toEqual([]);
  await late[Symbol.asyncDispose]();
  await again[Symbol.asyncDispose]();
});

test('nobody else can read the journal', async () => {
  const dir = join(await makeRoot(), 'journal');
  const journal = await openJournal(optionsOf(dir));
  await journal.append([Buffer.from('secret')]);
  await journal[Symbol.asyncDispose]();
  const [name = ''] = await readdir(dir);
  expect([(await stat(dir)).mode & 0o777, (await stat(join(dir, name))).mode & 0o777]).toEqual([0o700, 0o600]);
});

test('salts differ from file to file', () => {
  expect(new Set(Array.from({ length: 5 }, () => diskFiles.salt())).size).toBe(5);
});

test('a file where the folder should be is unreadable', async () => {
  const opened = openJournal(optionsOf(new URL(import.meta.url).pathname));
  await expect(opened).rejects.toMatchObject({ code: 'unreadable' });
});

const events = { damaged: () => expect.unreachable() };

function optionsOf(dir: string) {
  return { dir, sizeBytesMax: 10_000_000, fileBytesMax: 20_000, durability: 'fsync', nextSequence: 1, events } as const;
}

async function makeRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'fluoroscope-journal-'));
  roots.push(root);
  return root;
}
