import { openJournal } from '../file-journal.ts';
import type { Journal, JournalReader } from '../journal.ts';
import { openJournalReader } from '../journal-reader.ts';
import {
  createMemoryFiles,
  type Fault,
  type MemoryFiles,
  type MemoryFilesOptions,
  type Operation,
} from './memory-files.ts';
import { createRandom } from './random.ts';
import { Witness } from './witness.ts';

const DIR = '/journal';
const LIVES = 3;
const STEPS_PER_LIFE = 12;
const OPERATIONS_BEFORE_CUT_MAX = 50;

export interface PowerCutResult {
  readonly violations: readonly string[];
  readonly acknowledgedCount: number;
  readonly cutCount: number;
}

/**
 * Several lives of one journal, each of which ends by a power cut in the middle of some operation, some with a disk
 * that also fails now and then; then one life in peace, in which everything acknowledged must come out.
 */
export async function runPowerCuts(
  seed: number,
  { liesAbout }: Pick<MemoryFilesOptions, 'liesAbout'> = {},
): Promise<PowerCutResult> {
  const random = createRandom(seed);
  const witness = new Witness();
  let cutAt = 0;
  let faultShare = 0;
  let left: MemoryFiles | null = null;
  let cutCount = 0;

  function faultOf(operation: Operation, number: number): Fault | null {
    if (left === null && number === cutAt) {
      left = disk.cutPower();
      cutCount++;
      witness.stop();
    }
    if (left !== null) return 'EIO';
    if (random() >= faultShare) return null;
    return operation === 'write' && random() < 0.5 ? 'short' : 'EIO';
  }

  let disk = createMemoryFiles({ random, faultOf, ...(liesAbout !== undefined && { liesAbout }) });
  for (let life = 0; life < LIVES; life++) {
    cutAt = 1 + Math.floor(random() * OPERATIONS_BEFORE_CUT_MAX);
    faultShare = random() < 0.3 ? 0.05 : 0;
    await live({ disk, witness, random, isOver: () => left !== null }).catch(() => undefined);
    disk = left ?? disk.cutPower();
    left = null;
    witness.resume();
  }
  cutAt = 0;
  faultShare = 0;
  await drain(disk, witness);
  return { violations: witness.violations, acknowledgedCount: witness.acknowledgedCount, cutCount };
}

interface Life {
  readonly disk: MemoryFiles;
  readonly witness: Witness;
  readonly random: () => number;
  readonly isOver: () => boolean;
}

async function live({ disk, witness, random, isOver }: Life): Promise<void> {
  const { journal, reader } = await start(disk, witness);
  const open: Promise<boolean>[] = [];
  const pick = (count: number) => Math.floor(random() * count);
  for (let step = 0; step < STEPS_PER_LIFE && !isOver(); step++) {
    const action = pick(8);
    if (action < 5) {
      for (let calls = 1 + pick(3); calls > 0; calls--) {
        open.push(
          witness.append(
            journal,
            Array.from({ length: 1 + pick(3) }, () => pick(120)),
          ),
        );
      }
      if (action < 4) await Promise.all(open);
    } else if (action < 7) await witness.read(reader, journal, 1 + pick(400)).catch(() => false);
    else await journal.release(witness.storedSequence).catch(() => undefined);
  }
  await Promise.all(open);
  await reader[Symbol.asyncDispose]();
  await journal[Symbol.asyncDispose]();
}

/** A life without faults: all that is left comes out, and the journal takes new records. */
export async function drain(disk: MemoryFiles, witness: Witness): Promise<void> {
  const { journal, reader } = await start(disk, witness);
  const metBefore = witness.metCount;
  if (!(await witness.append(journal, [1, 2, 3]))) throw new Error('a sound disk refused');
  while (await witness.read(reader, journal, 1000));
  const metCount = witness.metCount - metBefore - 3;
  const { recoveredRecords } = journal.stats();
  if (recoveredRecords !== metCount) witness.violations.push(`${recoveredRecords} recovered, ${metCount} met`);
  await reader[Symbol.asyncDispose]();
  await journal[Symbol.asyncDispose]();
}

export async function start(
  files: MemoryFiles,
  witness: Witness,
): Promise<{ readonly journal: Journal; readonly reader: JournalReader }> {
  const journal = await openJournal({
    dir: DIR,
    files,
    sizeBytesMax: 100_000,
    fileBytesMax: 600,
    durability: 'fsync',
    nextSequence: witness.storedSequence + 1,
    groupSpacingMs: 0,
    events: witness,
  });
  const reader = await openJournalReader({
    dir: DIR,
    files,
    after: witness.storedSequence,
    events: witness.whileReading,
  });
  return { journal, reader };
}
