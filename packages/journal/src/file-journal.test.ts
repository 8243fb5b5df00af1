import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { openJournal, type JournalOptions } from './file-journal.ts';
import { FRAME_HEADER_BYTES, HEADER_BYTES } from './frame.ts';
import type { DamagedDetail, Journal } from './journal.ts';
import { openJournalReader } from './journal-reader.ts';
import { GROUP_SPACING_MS, PENDING_BYTES_MAX, RECORD_BYTES_MAX } from './limits.ts';
import { createMemoryFiles, type Fault, type MemoryFiles, type Operation } from './torture/memory-files.ts';
import { createRandom } from './torture/random.ts';

const DIR = '/journal';

test('append resolves with the sequence of the last record; those of one call are consecutive', async () => {
  const { journal, readTexts } = await open();
  expect(await Promise.all([append(journal, 'a', 'b', 'c'), append(journal, 'd'), append(journal)])).toEqual([3, 4, 0]);
  expect(await append(journal, 'e')).toBe(5);
  expect(await readTexts()).toEqual(['1 a', '2 b', '3 c', '4 d', '5 e']);
});

test('calls are answered in order', async () => {
  const { journal } = await open();
  const answered: number[] = [];
  const calls = [1, 2, 3, 4].map(async () => answered.push(await append(journal, 'x', 'y')));
  await Promise.all(calls);
  expect(answered).toEqual([2, 4, 6, 8]);
});

test('calls made together share one sync, and those made during a sync share the next', async () => {
  const { journal } = await open();
  const first = Array.from({ length: 50 }, () => append(journal, 'first'));
  await new Promise((resolve) => setImmediate(resolve));
  const second = Array.from({ length: 50 }, () => append(journal, 'second'));
  await Promise.all([...first, ...second]);
  expect(journal.stats()).toMatchObject({ appendedRecords: 100, syncCount: 2 });
});

test('a record is on stable storage when its call resolves', async () => {
  const { journal, files } = await open();
  await append(journal, 'a');
  const cut = await open({ files: files.cutPower() });
  expect(await cut.readTexts()).toEqual(['1 a']);
});

test('with durability os nothing is synced', async () => {
  const { journal, files } = await open({ durability: 'os' });
  await append(journal, 'a');
  expect(journal.stats()).toMatchObject({ appendedRecords: 1, syncCount: 0 });
  expect(journal.committedSequence).toBe(1);
  expect(await (await open({ files })).readTexts()).toEqual(['1 a']);
});

test('committedSequence is 0 before the first, and goes on from the sequence given', async () => {
  expect((await open()).journal.committedSequence).toBe(0);
  const later = await open({ nextSequence: 101 });
  expect(later.journal.committedSequence).toBe(100);
  expect(await append(later.journal, 'a')).toBe(101);
});

test('sequences go on above what is on disk', async () => {
  const { journal, files } = await open();
  await append(journal, 'a', 'b');
  const again = await open({ files, nextSequence: 2 });
  expect(again.journal.committedSequence).toBe(2);
  expect(await append(again.journal, 'c')).toBe(3);
  expect(await again.readTexts()).toEqual(['1 a', '2 b', '3 c']);
});

test('a full journal refuses at once, and takes records again after a release', async () => {
  const sizeBytesMax = 2000;
  const { journal } = await open({ sizeBytesMax });
  const record = 'x'.repeat(180);
  let sequence = 0;
  for (; sequence < 9; sequence++) await append(journal, record);
  const { syncCount, sizeBytes } = journal.stats();
  expect(sizeBytes).toBeLessThanOrEqual(sizeBytesMax);
  await expect(append(journal, record)).rejects.toMatchObject({ code: 'full' });
  expect(journal.stats()).toMatchObject({ syncCount, sizeBytes, failing: null });
  await journal.release(sequence);
  expect(journal.stats()).toMatchObject({ sizeBytes: 0, fileCount: 0 });
  expect(await append(journal, record)).toBe(10);
});

test('a call that fits an empty journal fits one whose records are all released', async () => {
  const { journal } = await open({ sizeBytesMax: 1000 });
  const large = 'x'.repeat(1000 - FRAME_HEADER_BYTES - HEADER_BYTES);
  await append(journal, 'small');
  await expect(append(journal, large)).rejects.toMatchObject({ code: 'full' });
  await journal.release(1);
  expect(await append(journal, large)).toBe(2);
});

test('what waits for the disk counts as used, and is bounded on its own', async () => {
  const { journal } = await open({ sizeBytesMax: 1e9 });
  const eighth = Buffer.alloc(PENDING_BYTES_MAX / 8);
  const taken = Array.from({ length: 7 }, () => journal.append([eighth]));
  await expect(journal.append([eighth])).rejects.toMatchObject({ code: 'full' });
  expect(await Promise.all(taken)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(await journal.append([eighth])).toBe(8);
});

test('a record beyond the limit is refused, one at the limit is kept', async () => {
  const { journal, readTexts } = await open({ sizeBytesMax: 1e9 });
  const over = journal.append([Buffer.alloc(RECORD_BYTES_MAX + 1)]);
  await expect(over).rejects.toMatchObject({ code: 'too-large' });
  await journal.append([Buffer.alloc(RECORD_BYTES_MAX, 'x'), Buffer.from('behind')]);
  expect((await readTexts()).map((text) => text.length)).toEqual([RECORD_BYTES_MAX + 2, 8]);
});

test.each<[Operation, Fault]>([
  ['write', 'EIO'],
  ['write', 'ENOSPC'],
  ['sync', 'EIO'],
  ['sync', 'ENOSPC'],
])('%s fails with %s: the call is refused, the next one goes to a new file', async (operation, fault) => {
  const { journal, files, fail, readTexts } = await open();
  await append(journal, 'kept');
  fail(operation, fault);
  await expect(append(journal, 'refused')).rejects.toMatchObject({ code: 'failed', cause: { code: fault } });
  expect(journal.stats().failing).toContain(fault);
  expect(journal.committedSequence).toBe(1);
  const sequence = await append(journal, 'next');
  expect(journal.stats()).toMatchObject({ failing: null, fileCount: 2 });
  expect((await files.list(DIR)).length).toBe(2);
  expect(sequence).toBeGreaterThan(2);
  expect(await readTexts()).toEqual(['1 kept', `${sequence} next`]);
});

test('a disk that stays full is told to each call, leaves no files behind, and recovers by itself', async () => {
  const { journal, files, fail, heal } = await open();
  await append(journal, 'kept');
  fail('write', 'ENOSPC', 'sticky');
  for (let call = 0; call < 20; call++) await expect(append(journal, 'x')).rejects.toMatchObject({ code: 'failed' });
  heal();
  expect((await files.list(DIR)).length).toBe(1);
  expect(await append(journal, 'after')).toBeGreaterThan(1);
});

test('a group never waits longer than 5 ms for company', () => {
  expect(GROUP_SPACING_MS).toBeLessThanOrEqual(5);
});

test('a refused group leaves no name behind, not even after a power cut', async () => {
  const { journal, files, fail } = await open();
  await append(journal, 'kept');
  fail('write', 'ENOSPC', 'sticky');
  await expect(append(journal, 'refused')).rejects.toMatchObject({ code: 'failed' });
  await expect(append(journal, 'refused too')).rejects.toMatchObject({ code: 'failed' });
  for (let cut = 0; cut < 10; cut++) expect(await files.cutPower().list(DIR)).toHaveLength(1);
});

test('released files stay away, also after a power cut', async () => {
  const { journal, files } = await open({ fileBytesMax: 200 });
  for (let call = 0; call < 5; call++) await append(journal, 'x'.repeat(80));
  await journal.release(4);
  for (let cut = 0; cut < 10; cut++) expect(await files.cutPower().list(DIR)).toHaveLength(1);
});

test('sequences of refused appends are not among the recovered records', async () => {
  const { journal, files, fail } = await open();
  await append(journal, '1', '2');
  fail('write', 'EIO');
  await expect(append(journal, '3', '4', '5')).rejects.toMatchObject({ code: 'failed' });
  expect(await append(journal, '6', '7')).toBe(7);
  expect((await open({ files })).journal.stats().recoveredRecords).toBe(4);
  expect((await open({ files, nextSequence: 2 })).journal.stats().recoveredRecords).toBe(3);
  expect((await open({ files, nextSequence: 5 })).journal.stats().recoveredRecords).toBe(2);
  expect((await open({ files, nextSequence: 8 })).journal.stats().recoveredRecords).toBe(0);
});

test('files of released records are deleted; others and the current one stay', async () => {
  const { journal, files, readTexts } = await open({ fileBytesMax: 200 });
  for (let call = 0; call < 10; call++) await append(journal, 'x'.repeat(80));
  expect(journal.stats()).toMatchObject({ fileCount: 10 });
  await journal.release(7);
  expect(await files.list(DIR)).toHaveLength(3);
  await journal.release(3);
  expect(await files.list(DIR)).toHaveLength(3);
  expect((await readTexts()).map((text) => text.slice(0, 2))).toEqual(['8 ', '9 ', '10']);
});

test('a release that the disk refuses says so, and the next one does it', async () => {
  const { journal, fail, heal } = await open({ fileBytesMax: 200 });
  for (let call = 0; call < 4; call++) await append(journal, 'x'.repeat(80));
  fail('unlink', 'EIO', 'sticky');
  await expect(journal.release(3)).rejects.toMatchObject({ code: 'failed' });
  heal();
  await journal.release(0);
  expect(journal.stats()).toMatchObject({ fileCount: 1 });
});

test('disposal writes what was accepted, and then everything is refused as closed', async () => {
  const { journal, files } = await open();
  const accepted = append(journal, 'a');
  const disposed = journal[Symbol.asyncDispose]();
  await expect(append(journal, 'late')).rejects.toMatchObject({ code: 'closed' });
  expect(await accepted).toBe(1);
  await disposed;
  await journal[Symbol.asyncDispose]();
  await expect(journal.release(1)).rejects.toMatchObject({ code: 'closed' });
  expect(await (await open({ files })).readTexts()).toEqual(['1 a']);
});

test('a torn tail is cut and counted, and what is appended afterwards is read behind the rest', async () => {
  const { journal, files } = await open();
  await append(journal, 'a');
  await append(journal, 'torn');
  const [name = ''] = await files.list(DIR);
  await (await files.open(`${DIR}/${name}`, 'write')).truncate(HEADER_BYTES + 2 * FRAME_HEADER_BYTES + 3);
  const again = await open({ files });
  expect(again.journal.stats()).toMatchObject({ damagedCount: 1, sizeBytes: HEADER_BYTES + FRAME_HEADER_BYTES + 1 });
  expect(again.damaged).toMatchObject([{ kind: 'tail', file: name, lengthBytes: FRAME_HEADER_BYTES + 2 }]);
  expect(files.contentOf(`${DIR}/${name}`)).toHaveLength(HEADER_BYTES + FRAME_HEADER_BYTES + 1);
  expect(await append(again.journal, 'b')).toBe(2);
  expect(await again.readTexts()).toEqual(['1 a', '2 b']);
  expect(again.damaged).toHaveLength(1);
});

test('what a start found counts as committed, so it survives the next power cut', async () => {
  const { journal, files } = await open({ durability: 'os' });
  const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(200));
  for (const text of texts) await append(journal, text);
  expect((await open({ files })).journal.committedSequence).toBe(8);
  for (let cut = 0; cut < 10; cut++)
    expect(await (await open({ files: files.cutPower() })).readTexts()).toHaveLength(8);
});

test('a start removes files at the end that hold no record', async () => {
  const { journal, files } = await open();
  await append(journal, 'a');
  await files.open(`${DIR}/0000000000000002.journal`, 'create');
  const again = await open({ files });
  expect(await files.list(DIR)).toHaveLength(1);
  expect(await append(again.journal, 'b')).toBe(2);
  expect(await again.readTexts()).toEqual(['1 a', '2 b']);
});

test('a file of a version to come is refused, and nothing is touched', async () => {
  const { journal, files } = await open();
  await append(journal, 'a');
  await append(journal, 'torn');
  const name = `${DIR}/${(await files.list(DIR))[0]}`;
  const content = files.contentOf(name);
  // Version 2, with the checksum that belongs to it.
  content.writeUInt32LE(2, 8);
  content.writeUInt32LE(crc32(content.subarray(0, 32)), 32);
  const before = Buffer.from(content);
  await expect(open({ files })).rejects.toMatchObject({ code: 'unknown-version' });
  const reader = await openJournalReader({ dir: DIR, after: 0, files, events: { damaged: () => undefined } });
  await expect(reader.read(2, 1000)).rejects.toMatchObject({ code: 'unknown-version' });
  expect(files.contentOf(name)).toEqual(before);
});

test('a folder that cannot be read is unreadable', async () => {
  const { files, fail } = await open();
  fail('list', 'EIO');
  await expect(open({ files })).rejects.toMatchObject({ code: 'unreadable' });
});

function append(journal: Journal, ...texts: string[]): Promise<number> {
  return journal.append(texts.map((text) => Buffer.from(text)));
}

interface Opened {
  readonly journal: Journal;
  readonly files: MemoryFiles;
  readonly damaged: DamagedDetail[];
  readonly fail: (operation: Operation, fault: Fault, mode?: 'sticky') => void;
  readonly heal: () => void;
  /** All committed records, as "sequence text". */
  readonly readTexts: () => Promise<string[]>;
}

async function open(options: Partial<JournalOptions> & { files?: MemoryFiles } = {}): Promise<Opened> {
  const plan: Plan = (options.files && plans.get(options.files)) ?? { next: null };
  const files = options.files ?? createMemoryFiles({ random: createRandom(1), faultOf: faultBy(plan) });
  plans.set(files, plan);
  const damaged: DamagedDetail[] = [];
  const events = { damaged: (detail: DamagedDetail) => damaged.push(detail) };
  const journal = await openJournal({
    dir: DIR,
    sizeBytesMax: 1e6,
    durability: 'fsync',
    nextSequence: 1,
    ...options,
    files,
    events,
  });
  return {
    journal,
    files,
    damaged,
    fail: (operation, fault, mode) => (plan.next = { operation, fault, isSticky: mode === 'sticky' }),
    heal: () => (plan.next = null),
    readTexts: async () => {
      const reader = await openJournalReader({ dir: DIR, after: 0, files, events });
      const records = await reader.read(journal.committedSequence, Infinity);
      return records.map(({ sequence, bytes }) => `${sequence} ${Buffer.from(bytes).toString()}`);
    },
  };
}

interface Plan {
  next: { readonly operation: Operation; readonly fault: Fault; readonly isSticky: boolean } | null;
}

/** A disk keeps its plan when the journal on it is opened again. */
const plans = new WeakMap<MemoryFiles, Plan>();

function faultBy(plan: Plan) {
  return (operation: Operation): Fault | null => {
    const { next } = plan;
    if (next?.operation !== operation) return null;
    if (!next.isSticky) plan.next = null;
    return next.fault;
  };
}
