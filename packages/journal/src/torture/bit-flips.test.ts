import { expect, test } from 'vitest';
import { openJournal } from '../file-journal.ts';
import { FRAME_HEADER_BYTES, HEADER_BYTES } from '../frame.ts';
import type { DamagedDetail } from '../journal.ts';
import { openJournalReader } from '../journal-reader.ts';
import { createMemoryFiles, type MemoryFiles } from './memory-files.ts';
import { createRandom } from './random.ts';

const FLIP_COUNT = 2000;
const SEED = 20_261;
const DIR = '/journal';

interface Place {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  /** Null for a file's header. */
  readonly sequence: number | null;
}

test('a flipped bit is detected wherever it is; only its frame is lost, and named', { timeout: 120_000 }, async () => {
  const random = createRandom(SEED);
  const { disk, places } = await writeJournal(random);
  const total = places.reduce((sum, { from, to }) => sum + to - from, 0);
  const all = places.flatMap(({ sequence }) => sequence ?? []);
  const hit = { header: 0, frame: 0, last: 0 };

  for (let flip = 0; flip < FLIP_COUNT; flip++) {
    const copy = disk.clone();
    const { place, offset } = placeAt(places, Math.floor(random() * total));
    const content = copy.contentOf(`${DIR}/${place.file}`);
    content[offset] = (content[offset] ?? 0) ^ (1 << Math.floor(random() * 8));

    const { sequences, damaged } = await readAll(copy);
    expect(sequences, `${place.file} at ${offset}`).toEqual(all.filter((sequence) => sequence !== place.sequence));
    const names = damaged.filter((detail) => detail.file === place.file && covers(detail, offset));
    expect(names.length, `${place.file} at ${offset}`).toBeGreaterThan(0);
    expect(damaged.every((detail) => detail.file === place.file && covers(detail, offset))).toBe(true);
    if (place.sequence !== null) expect(names.every((detail) => namesOnly(detail, place.sequence ?? 0))).toBe(true);
    hit[place.sequence === null ? 'header' : place.sequence === all.length ? 'last' : 'frame']++;
  }
  expect(Math.min(hit.header, hit.frame, hit.last)).toBeGreaterThan(0);
});

function covers({ offsetBytes, lengthBytes }: DamagedDetail, offset: number): boolean {
  return offset >= offsetBytes && offset < offsetBytes + lengthBytes;
}

/** The detail says that exactly this record was lost. */
function namesOnly({ afterSequence, beforeSequence }: DamagedDetail, sequence: number): boolean {
  return afterSequence === sequence - 1 && (beforeSequence ?? sequence + 1) === sequence + 1;
}

function placeAt(places: readonly Place[], index: number): { place: Place; offset: number } {
  let rest = index;
  for (const place of places) {
    const length = place.to - place.from;
    if (rest < length) return { place, offset: place.from + rest };
    rest -= length;
  }
  throw new RangeError(`no byte ${index}`);
}

async function writeJournal(random: () => number): Promise<{ disk: MemoryFiles; places: Place[] }> {
  const disk = createMemoryFiles({ random });
  const places: Place[] = [];
  const journal = await openJournal({ ...optionsOf(disk), events: { damaged: () => undefined } });
  for (let sequence = 1; sequence <= 60; sequence++) {
    const record = Buffer.alloc(Math.floor(random() * 200), sequence);
    await journal.append([record]);
    const file = [...(await disk.list(DIR))].sort().at(-1) ?? '';
    const to = disk.contentOf(`${DIR}/${file}`).length;
    const from = to - FRAME_HEADER_BYTES - record.length;
    if (from === HEADER_BYTES) places.push({ file, from: 0, to: HEADER_BYTES, sequence: null });
    places.push({ file, from, to, sequence });
  }
  expect(journal.stats().fileCount).toBeGreaterThan(3);
  return { disk, places };
}

async function readAll(disk: MemoryFiles): Promise<{ sequences: number[]; damaged: DamagedDetail[] }> {
  const damaged: DamagedDetail[] = [];
  const events = { damaged: (detail: DamagedDetail) => damaged.push(detail) };
  const journal = await openJournal({ ...optionsOf(disk), events });
  const reader = await openJournalReader({ dir: DIR, files: disk, after: 0, events });
  const sequences = (await reader.read(journal.committedSequence, Infinity)).map(({ sequence }) => sequence);
  return { sequences, damaged };
}

function optionsOf(disk: MemoryFiles) {
  return {
    dir: DIR,
    files: disk,
    sizeBytesMax: 1_000_000,
    fileBytesMax: 1500,
    durability: 'fsync',
    nextSequence: 1,
    groupSpacingMs: 0,
  } as const;
}
