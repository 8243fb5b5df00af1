import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createFileFeed,
  openJournal,
  openJournalReader,
  type FeedBatch,
  type JournalRecord,
  type RecordFeed,
} from '@fluoroscope/journal';
import { expect, onTestFinished, test } from 'vitest';
import { checkJournalKeys } from './journal-keys.ts';
import { createOpeningFeed, createRecordSealer, createSealingSink, type RecordPlace } from './records.ts';
import { keyOf } from './testing/keys.ts';
import { createVault } from './vault.ts';

const K1 = keyOf('k1', 1);
const K2 = keyOf('k2', 2);
const FILE: RecordPlace = { kind: 'file' };

test('records of the files are sealed each with the key of its append, and opened in order', async () => {
  const { vault, journal, readAll, bytesOnDisk } = await openFiles();
  await journal.append(recordsOf('plain'));
  vault.set({ keys: [K1], active: K1 });
  const first = journal.append(recordsOf('marked-1', 'marked-2'));
  vault.set({ keys: [K1, K2], active: K2 });
  await Promise.all([first, journal.append(recordsOf('marked-3'))]);
  vault.set({ keys: [K1, K2], active: null });
  await journal.append(recordsOf('plain again'));
  expect(await readAll()).toEqual(['plain', 'marked-1', 'marked-2', 'marked-3', 'plain again']);
  const disk = await bytesOnDisk();
  expect([disk.includes('plain'), disk.includes('marked'), disk.includes('k1'), disk.includes('k2')]).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

test('while a key is missing nothing is given out and nothing lost', async () => {
  const { vault, journal, openFeed } = await openFiles();
  vault.set({ keys: [K1], active: K1 });
  const sequence = await journal.append(recordsOf('a', 'b'));
  vault.set({ keys: [K2], active: K2 });
  const { feed } = await openFeed(sequence);
  const message = expect.stringContaining(`record 1: encrypted with the key "k1" (fingerprint ${K1.fingerprint})`);
  await expect(feed.read()).rejects.toMatchObject({ code: 'unreadable', message });
  await expect(feed.read()).rejects.toMatchObject({ code: 'unreadable' });
  vault.set({ keys: [K1, K2], active: K2 });
  expect(textsOf(await feed.read())).toEqual(['a', 'b']);
});

test('a batch that is another process’s by now is not waited for', async () => {
  const vault = createVault({ keys: [K1], active: K1 });
  const place: RecordPlace = { kind: 'kafka', topic: 't' };
  const sealed = await sealForTopic('t', 'a');
  vault.set({ keys: [], active: null });
  let isOurs = true;
  const feed = createOpeningFeed(
    feedOf([sealed], [], () => isOurs),
    vault,
    place,
  );
  await expect(feed.read()).rejects.toMatchObject({ code: 'unreadable' });
  isOurs = false;
  expect(await feed.read()).toBeNull();
});

test.each([
  ['moved to another sequence', { sequence: 2 }, FILE],
  ['from another topic', {}, { kind: 'kafka', topic: 'other' } as const],
])('a record %s is no record', async (_name, moved, place) => {
  const vault = createVault({ keys: [K1], active: K1 });
  const seal = createRecordSealer(vault)();
  const bytes = place.kind === 'file' ? seal?.seal(Buffer.from('a'), 1) : (await sealForTopic('t', 'a')).bytes;
  if (bytes === undefined) throw new Error('no sealer');
  const [record] =
    (await createOpeningFeed(feedOf([{ sequence: 1, bytes, ...moved }]), vault, place).read())?.records ?? [];
  expect(record?.bytes).toEqual(bytes);
});

test('records of a topic are sealed, keys and all else stay', async () => {
  const sealed = await sealForTopic('t', 'marked');
  expect(Buffer.from(sealed.bytes).includes('marked')).toBe(false);
  const vault = createVault({ keys: [K1], active: K1 });
  const feed = createOpeningFeed(feedOf([sealed]), vault, { kind: 'kafka', topic: 't' });
  expect(textsOf(await feed.read())).toEqual(['marked']);
});

test('the start is refused while the journal needs a key that is missing, and only then', async () => {
  const { vault, journal, dir } = await openFiles();
  vault.set({ keys: [K1], active: K1 });
  const sequence = await journal.append(recordsOf('a'));
  const check = (after: number, missing = [K1]) => checkJournalKeys({ dir, after, missing });
  await expect(check(0)).rejects.toThrow(
    `"k1" (fingerprint ${K1.fingerprint}), which is not among the keys: put it back`,
  );
  await check(sequence);
  await check(0, [K2]);
  await check(0, []);
  await checkJournalKeys({ dir: join(dir, 'none'), after: 0, missing: [K1] });
});

function recordsOf(...texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => Buffer.from(text));
}

function textsOf(batch: FeedBatch | null): string[] {
  return (batch?.records ?? []).map(({ bytes }) => Buffer.from(bytes).toString());
}

async function sealForTopic(topic: string, text: string): Promise<JournalRecord> {
  const appended: Uint8Array[] = [];
  const sink = createSealingSink(
    {
      append(records, keys) {
        appended.push(...records);
        expect(keys).toEqual(['trace']);
        return Promise.resolve(records.length);
      },
      stats: () => expect.fail('not asked for'),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    createVault({ keys: [K1], active: K1 }),
    topic,
  );
  await sink.append(recordsOf(text), ['trace']);
  return { sequence: 1, bytes: appended[0] ?? new Uint8Array() };
}

function feedOf(
  first: readonly JournalRecord[],
  second: readonly JournalRecord[] = [],
  isOurs = () => true,
): RecordFeed {
  const left = [first, second].filter((records) => records.length > 0);
  return {
    async read() {
      const records = left.shift();
      return records === undefined ? null : { origin: 'o', records, generation: 0, isOurs };
    },
    durable: () => {},
    stop: () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function openFiles() {
  const dir = mkdtempSync(join(tmpdir(), 'fluoroscope-records-'));
  const vault = createVault();
  const events = { damaged: () => expect.fail('nothing is damaged') };
  const sealer = createRecordSealer(vault);
  const journal = await openJournal({ dir, sizeBytesMax: 2 ** 24, durability: 'os', nextSequence: 1, sealer, events });
  onTestFinished(async () => {
    await journal[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });
  async function openFeed(committed: number) {
    const reader = await openJournalReader({ dir, after: 0, events });
    const progress = { sequence: 0, unfinishedSequence: null };
    const limits = { batchBytesMax: 2 ** 20, gatherMs: 0 };
    const files = createFileFeed({ reader, origin: 'journal', progress, limits, durable: () => {} });
    files.committed(committed);
    const feed = createOpeningFeed(files, vault, FILE);
    onTestFinished(() => feed[Symbol.asyncDispose]());
    return { feed };
  }
  return {
    dir,
    vault,
    journal,
    openFeed,
    readAll: async () => {
      const { feed } = await openFeed(journal.committedSequence);
      return textsOf(await feed.read());
    },
    bytesOnDisk: async () => {
      const names = await readdir(dir);
      return Buffer.concat(await Promise.all(names.map((name) => readFile(join(dir, name)))));
    },
  };
}
