import { expect, test } from 'vitest';
import { openJournal } from './file-journal.ts';
import { FRAME_HEADER_BYTES } from './frame.ts';
import { openJournalReader } from './journal-reader.ts';
import { RECORD_BYTES_MAX } from './limits.ts';
import type { RecordSealer } from './record-sealer.ts';
import { createMemoryFiles } from './torture/memory-files.ts';
import { createRandom } from './torture/random.ts';

const DIR = '/journal';

/** Its sequence, and the record backwards. */
const BACKWARDS: RecordSealer = {
  overheadBytes: 4,
  seal: (record, sequence) => Buffer.concat([Buffer.from(`${sequence}`.padStart(4)), record.toReversed()]),
};

test('a record is sealed under the sequence it gets, by what held when its call was made', async () => {
  const { journal, use, readTexts } = await open();
  use(BACKWARDS);
  const first = append(journal, 'ab', 'cd');
  use(null);
  const second = append(journal, 'ef');
  use(BACKWARDS);
  expect(await Promise.all([first, second, append(journal, 'gh')])).toEqual([2, 3, 4]);
  expect(await readTexts()).toEqual(['   1ba', '   2dc', 'ef', '   4hg']);
});

test('what sealing adds counts: in the size, and against both limits', async () => {
  const { journal, use } = await open(FRAME_HEADER_BYTES + 200);
  const emptyBytes = journal.stats().sizeBytes;
  use(BACKWARDS);
  await append(journal, 'x'.repeat(10));
  expect(journal.stats().sizeBytes - emptyBytes).toBe(HEADER_AND_FRAME_BYTES + 14);
  const leftBytes = FRAME_HEADER_BYTES + 200 - journal.stats().sizeBytes;
  const fits = leftBytes - HEADER_AND_FRAME_BYTES - 4;
  await expect(append(journal, 'x'.repeat(fits + 1))).rejects.toMatchObject({ code: 'full' });
  await append(journal, 'x'.repeat(fits));
  await expect(journal.append([new Uint8Array(RECORD_BYTES_MAX - 3)])).rejects.toMatchObject({ code: 'too-large' });
});

test('a record that cannot be sealed refuses its group, and the journal goes on', async () => {
  const { journal, use, readTexts } = await open();
  use({
    overheadBytes: 0,
    seal() {
      throw new Error('no key');
    },
  });
  await expect(append(journal, 'a')).rejects.toMatchObject({ code: 'failed' });
  use(null);
  await append(journal, 'b');
  expect(await readTexts()).toEqual(['b']);
});

const HEADER_AND_FRAME_BYTES = 36 + FRAME_HEADER_BYTES;

function append(journal: { append(records: readonly Uint8Array[]): Promise<number> }, ...texts: readonly string[]) {
  return journal.append(texts.map((text) => Buffer.from(text)));
}

async function open(sizeBytesMax = 1e6) {
  const files = createMemoryFiles({ random: createRandom(1), faultOf: () => null });
  const events = { damaged: () => expect.fail('nothing is damaged') };
  let sealer: RecordSealer | null = null;
  const journal = await openJournal({
    dir: DIR,
    sizeBytesMax,
    durability: 'fsync',
    nextSequence: 1,
    files,
    sealer: () => sealer,
    events,
  });
  return {
    journal,
    use: (next: RecordSealer | null) => (sealer = next),
    readTexts: async () => {
      const reader = await openJournalReader({ dir: DIR, after: 0, files, events });
      const records = await reader.read(journal.committedSequence, Infinity);
      return records.map(({ bytes }) => Buffer.from(bytes).toString());
    },
  };
}
