import { openJournal } from '../file-journal.ts';
import { FRAME_HEADER_BYTES, HEADER_BYTES } from '../frame.ts';
import type { DamagedDetail } from '../journal.ts';
import { openJournalReader } from '../journal-reader.ts';
import { createMemoryFiles, type MemoryFiles } from './memory-files.ts';
import { createRandom } from './random.ts';

const DIR = '/journal';
const RECORD_COUNT = 60;

export interface BitFlipResult {
  readonly violations: readonly string[];
  /** What was hit: a file's header, a frame, or the last frame of all. */
  readonly hit: 'header' | 'frame' | 'last';
}

interface Place {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  /** Null for a file's header. */
  readonly sequence: number | null;
}

/** A journal of several files in which one bit, anywhere, is turned: it must be noticed and cost its frame only. */
export async function runBitFlip(seed: number): Promise<BitFlipResult> {
  const random = createRandom(seed);
  const { disk, places } = await writeJournal(random);
  const all = places.flatMap(({ sequence }) => sequence ?? []);
  const total = places.reduce((sum, { from, to }) => sum + to - from, 0);
  const { place, offset } = placeAt(places, Math.floor(random() * total));
  const content = disk.contentOf(`${DIR}/${place.file}`);
  content[offset] = (content[offset] ?? 0) ^ (1 << Math.floor(random() * 8));
  const { sequences, damaged, recoveredCount, lostCount } = await readAll(disk);

  const violations: string[] = [];
  const demand = (isTrue: boolean, what: string): void => {
    if (!isTrue) violations.push(`${place.file} at ${offset}: ${what}`);
  };
  const wanted = all.filter((sequence) => sequence !== place.sequence);
  demand(sequences.join() === wanted.join(), `read ${sequences.join()}`);
  const named = damaged.filter((detail) => detail.file === place.file && covers(detail, offset));
  demand(named.length > 0, 'not noticed');
  demand(named.length === damaged.length, `reported elsewhere too: ${JSON.stringify(damaged)}`);
  const { sequence } = place;
  demand(sequence === null || named.every((detail) => namesOnly(detail, sequence)), JSON.stringify(named));
  demand(recoveredCount === sequences.length + lostCount, `${recoveredCount} recovered, ${lostCount} lost`);
  return { violations, hit: sequence === null ? 'header' : sequence === all.length ? 'last' : 'frame' };
}

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
  for (let sequence = 1; sequence <= RECORD_COUNT; sequence++) {
    const record = Buffer.alloc(Math.floor(random() * 200), sequence);
    await journal.append([record]);
    const file = [...(await disk.list(DIR))].sort().at(-1) ?? '';
    const to = disk.contentOf(`${DIR}/${file}`).length;
    const from = to - FRAME_HEADER_BYTES - record.length;
    if (from === HEADER_BYTES) places.push({ file, from: 0, to: HEADER_BYTES, sequence: null });
    places.push({ file, from, to, sequence });
  }
  return { disk, places };
}

interface ReadBack {
  readonly sequences: readonly number[];
  readonly damaged: readonly DamagedDetail[];
  readonly recoveredCount: number;
  /** By what the reader said; a damaged end is cut by the start before, and was not counted as recovered. */
  readonly lostCount: number;
}

async function readAll(disk: MemoryFiles): Promise<ReadBack> {
  const damaged: DamagedDetail[] = [];
  let lostCount = 0;
  const journal = await openJournal({ ...optionsOf(disk), events: { damaged: (detail) => damaged.push(detail) } });
  const reader = await openJournalReader({
    dir: DIR,
    files: disk,
    after: 0,
    events: {
      damaged: (detail) => {
        damaged.push(detail);
        if (detail.beforeSequence !== null) lostCount += detail.beforeSequence - 1 - detail.afterSequence;
      },
    },
  });
  const records = await reader.read(journal.committedSequence, Number.POSITIVE_INFINITY);
  const { recoveredRecords } = journal.stats();
  return { sequences: records.map(({ sequence }) => sequence), damaged, recoveredCount: recoveredRecords, lostCount };
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
