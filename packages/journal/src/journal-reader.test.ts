import { expect, test } from 'vitest';
import { openJournal } from './file-journal.ts';
import { encodeFrame, FRAME_HEADER_BYTES, HEADER_BYTES } from './frame.ts';
import type { DamagedDetail, JournalReader } from './journal.ts';
import { openJournalReader } from './journal-reader.ts';
import { createMemoryFiles, type Operation } from './torture/memory-files.ts';
import { createRandom } from './torture/random.ts';

const DIR = '/journal';

test('records come in order up to the committed sequence, and empty when it has caught up', async () => {
  const { write, openReader } = await setUp();
  await write(5);
  const reader = await openReader();
  expect(await read(reader, 3)).toEqual([1, 2, 3]);
  expect(await read(reader, 3)).toEqual([]);
  expect(await read(reader, 5)).toEqual([4, 5]);
  expect(await read(reader, 5)).toEqual([]);
});

test('a read gives about bytesMax, and at least one record', async () => {
  const { write, openReader } = await setUp();
  await write(6);
  const reader = await openReader();
  expect(await read(reader, 6, 0)).toEqual([1]);
  expect(await read(reader, 6, 200)).toEqual([2, 3]);
  expect(await read(reader, 6)).toEqual([4, 5, 6]);
});

test('a reader with nothing new to see asks the disk for nothing', async () => {
  const { write, openReader, operations } = await setUp();
  await write(3);
  const reader = await openReader();
  await read(reader, 3);
  operations.length = 0;
  await read(reader, 3);
  expect(operations).toEqual([]);
});

test('reading takes a few large reads, not one for each record', async () => {
  const { write, openReader, operations } = await setUp({ fileBytesMax: 1e6 });
  await write(200);
  const reader = await openReader();
  operations.length = 0;
  expect(await read(reader, 200)).toHaveLength(200);
  expect(operations.filter((operation) => operation === 'read')).toHaveLength(1);
});

test('records stay as they were given out, however much is read afterwards', async () => {
  const { journal, openReader } = await setUp({ fileBytesMax: 1e9 });
  const reader = await openReader();
  const kept = [];
  for (let round = 1; round <= 30; round++) {
    await journal.append([Buffer.alloc(20_000, round)]);
    kept.push(...(await reader.read(journal.committedSequence, Infinity)));
  }
  expect(kept.every(({ bytes, sequence }) => bytes.every((byte) => byte === sequence))).toBe(true);
  expect(kept).toHaveLength(30);
});

test('opened behind a sequence, it skips whole files without opening them', async () => {
  const { write, openReader, operations } = await setUp();
  await write(60);
  const reader = await openReader(55);
  operations.length = 0;
  expect(await read(reader, 60)).toEqual([56, 57, 58, 59, 60]);
  expect(operations.filter((operation) => operation === 'open').length).toBeLessThanOrEqual(3);
});

test('it follows a writer from file to file, also when files behind it are let go', async () => {
  const { journal, openReader, damaged } = await setUp({ fileBytesMax: 700 });
  const reader = await openReader();
  const seen: number[] = [];
  const writing = (async () => {
    for (let call = 0; call < 150; call++) {
      await Promise.all([journal.append([Buffer.alloc(90), Buffer.alloc(5)]), journal.append([Buffer.alloc(33)])]);
    }
  })();
  while (seen.length < 450) {
    seen.push(...(await read(reader, journal.committedSequence, 500)));
    await journal.release(seen.at(-1) ?? 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await writing;
  expect(seen).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
  expect(damaged).toEqual([]);
});

test('a file let go while it is being read is read to its end', async () => {
  const { journal, write, openReader } = await setUp();
  await write(9);
  const reader = await openReader();
  expect(await read(reader, 9, 100)).toEqual([1]);
  await journal.release(9);
  expect((await read(reader, 9)).slice(0, 1)).toEqual([2]);
});

test('frames beyond the committed sequence are not given out, whatever is in the file', async () => {
  const { journal, openReader } = await setUp({ fileBytesMax: 1e6 });
  await journal.append([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]);
  expect(await read(await openReader(), 2)).toEqual([1, 2]);
});

test('damage before a frame that is not committed yet is judged once that one is', async () => {
  const { journal, openReader, files, damaged } = await setUp({ fileBytesMax: 1e6 });
  await journal.append([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]);
  flip(await onlyFile(files), SECOND_FRAME_AT);
  const reader = await openReader();
  expect(await read(reader, 2)).toEqual([1]);
  expect(damaged).toEqual([]);
  expect(await read(reader, 3)).toEqual([3]);
  expect(damaged).toMatchObject([{ kind: 'frames', afterSequence: 1, beforeSequence: 3 }]);
});

test('a frame read ahead, and taken back because its append failed, is not given out', async () => {
  const { journal, openReader, files } = await setUp({ fileBytesMax: 1e6 });
  await journal.append([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]);
  const reader = await openReader();
  expect(await read(reader, 1)).toEqual([1]);
  const name = `${DIR}/${(await files.list(DIR))[0]}`;
  await (await files.open(name, 'write')).truncate(SECOND_FRAME_AT);
  const next = await openJournal({ ...optionsOf(files), nextSequence: 4, events: { damaged: () => undefined } });
  await next.append([Buffer.from('d')]);
  expect(await read(reader, 4)).toEqual([4]);
});

test('a frame seen half-written is looked at again', async () => {
  const { journal, openReader, files, damaged } = await setUp({ fileBytesMax: 1e6 });
  await journal.append([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]);
  const content = await onlyFile(files);
  const reader = await openReader();
  flip(content, SECOND_FRAME_AT);
  expect(await read(reader, 1)).toEqual([1]);
  flip(content, SECOND_FRAME_AT);
  expect(await read(reader, 3)).toEqual([2, 3]);
  expect(damaged).toEqual([]);
});

test('a disk error costs no record: the next call goes on where it was', async () => {
  const { write, openReader, failNext } = await setUp();
  await write(30);
  const reader = await openReader();
  const seen: number[] = [];
  let errors = 0;
  for (let call = 0; seen.length < 30 && call < 300; call++) {
    if (call % 2 === 0) failNext(call % 4 === 0 ? 'read' : 'open');
    try {
      seen.push(...(await read(reader, 30, 300)));
    } catch (error) {
      expect(error).toMatchObject({ code: 'unreadable' });
      errors++;
    }
  }
  expect(seen).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  expect(errors).toBeGreaterThan(0);
});

test('a file that has vanished is reported as missing records', async () => {
  const { write, openReader, files, damaged } = await setUp();
  await write(30);
  const names = [...(await files.list(DIR))].sort();
  const [, second = '', third = ''] = names;
  await files.unlink(`${DIR}/${second}`);
  const lost = Number.parseInt(third, 10) - Number.parseInt(second, 10);
  expect(await read(await openReader(), 30)).toHaveLength(30 - lost);
  expect(damaged).toEqual([
    {
      kind: 'missing',
      file: third,
      offsetBytes: 0,
      lengthBytes: 0,
      afterSequence: Number.parseInt(second, 10) - 1,
      beforeSequence: Number.parseInt(third, 10),
    },
  ]);
});

test('a record that holds a whole frame of another file is only ever that record', async () => {
  const { journal, openReader, files, damaged } = await setUp({ fileBytesMax: 1e6 });
  await journal.append([Buffer.from('first')]);
  const [name = ''] = await files.list(DIR);
  const forged = Buffer.from(files.contentOf(`${DIR}/${name}`));
  await journal[Symbol.asyncDispose]();
  const second = await openJournal({ ...optionsOf(files), events: { damaged: () => undefined } });
  await second.append([forged, Buffer.from('last')]);
  // Damage before the imitation, so that the search for the next frame runs over it.
  const content = files.contentOf(`${DIR}/${[...(await files.list(DIR))].sort()[1]}`);
  content[36] = (content[36] ?? 0) ^ 1;
  expect(await read(await openReader(), 3)).toEqual([1, 3]);
  expect(damaged).toMatchObject([{ kind: 'frames', afterSequence: 1, beforeSequence: 3 }]);
});

test('what a deleted file left on the blocks of a new one is not read', async () => {
  const { journal, openReader, files, damaged } = await setUp({ fileBytesMax: 100 });
  await journal.append([Buffer.from('old')]);
  const old = Buffer.from(await onlyFile(files));
  await journal.append([Buffer.alloc(60)]);
  await journal.append([Buffer.alloc(60)]);
  const [, second = '', third = ''] = [...(await files.list(DIR))].sort();
  files.contentOf(`${DIR}/${second}`).fill(0).set(old);
  expect(await read(await openReader(), 3)).toEqual([1, 3]);
  expect(damaged).toMatchObject([{ kind: 'frames', file: second, afterSequence: 1, beforeSequence: 3 }]);
  expect(Number.parseInt(third, 10)).toBe(3);
});

test.each([3, 9])('nor where a deleted file had sequence %i, which the next file or none has', async (sequence) => {
  const { journal, openReader, files, damaged } = await setUp({ fileBytesMax: 100 });
  for (let count = 0; count < 4; count++) await journal.append([Buffer.alloc(60)]);
  const [, second = ''] = [...(await files.list(DIR))].sort();
  const content = files.contentOf(`${DIR}/${second}`).fill(0);
  encodeFrame(content, HEADER_BYTES, 77, sequence, Buffer.from('old'));
  expect(await read(await openReader(), 4)).toEqual([1, 3, 4]);
  expect(damaged.at(-1)).toMatchObject({ kind: 'frames', file: second, afterSequence: 1, beforeSequence: 3 });
  const again = await openJournal({ ...optionsOf(files), events: { damaged: () => undefined } });
  expect(again.stats().recoveredRecords).toBe(4);
});

test('calls that overlap are answered one after another, and none after disposal', async () => {
  const { write, openReader } = await setUp();
  await write(4);
  const reader = await openReader();
  const overlapping = [read(reader, 4, 0), read(reader, 4, 0), read(reader, 4)];
  expect(await Promise.all(overlapping)).toEqual([[1], [2], [3, 4]]);
  await reader[Symbol.asyncDispose]();
  await expect(read(reader, 4)).rejects.toMatchObject({ code: 'closed' });
});

test('a folder that is not there is unreadable', async () => {
  const files = createMemoryFiles({ random: createRandom(1) });
  const opened = openJournalReader({ dir: '/nowhere', after: 0, files, events: { damaged: () => undefined } });
  await expect(opened).rejects.toMatchObject({ code: 'unreadable' });
});

const SECOND_FRAME_AT = HEADER_BYTES + FRAME_HEADER_BYTES + 1;

async function onlyFile(files: ReturnType<typeof createMemoryFiles>): Promise<Buffer> {
  return files.contentOf(`${DIR}/${(await files.list(DIR))[0]}`);
}

function flip(content: Buffer, at: number): void {
  content[at] = (content[at] ?? 0) ^ 1;
}

async function read(reader: JournalReader, committed: number, bytesMax = Infinity): Promise<number[]> {
  return (await reader.read(committed, bytesMax)).map(({ sequence }) => sequence);
}

function optionsOf(files: ReturnType<typeof createMemoryFiles>) {
  return { dir: DIR, files, sizeBytesMax: 1e9, durability: 'fsync', nextSequence: 1, groupSpacingMs: 0 } as const;
}

async function setUp({ fileBytesMax = 500 } = {}) {
  const operations: Operation[] = [];
  let failing: Operation | null = null;
  const files = createMemoryFiles({
    random: createRandom(2),
    faultOf: (operation) => {
      operations.push(operation);
      if (operation !== failing) return null;
      failing = null;
      return 'EIO';
    },
  });
  const damaged: DamagedDetail[] = [];
  const events = { damaged: (detail: DamagedDetail) => damaged.push(detail) };
  const journal = await openJournal({ ...optionsOf(files), fileBytesMax, events });
  return {
    journal,
    files,
    damaged,
    operations,
    failNext: (operation: Operation) => (failing = operation),
    openReader: (after = 0) => openJournalReader({ dir: DIR, after, files, events }),
    /** Records of 80 bytes, a call each. */
    write: async (count: number) => {
      for (let index = 0; index < count; index++) await journal.append([Buffer.alloc(80, index)]);
    },
  };
}
