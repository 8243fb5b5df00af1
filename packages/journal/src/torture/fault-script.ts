import type { Journal } from '../journal.ts';
import { createMemoryFiles, type Fault, type MemoryFiles } from './memory-files.ts';
import { drain, start } from './power-cut.ts';
import { createRandom } from './random.ts';
import { Witness } from './witness.ts';

export interface FaultPlan {
  readonly seed: number;
  readonly fault: Fault;
  /** The operation that fails, from 1 on; 0 for none. */
  readonly at: number;
  /** All operations after it fail as well, until the script's end. */
  readonly isSticky: boolean;
}

export interface FaultResult {
  readonly violations: readonly string[];
  readonly acknowledgedCount: number;
  readonly operationCount: number;
}

const ROUNDS = 6;

/**
 * The standard script: appends in company and alone, rotation, reads, releases, a restart. Afterwards the disk is
 * sound again: the same journal must take records, and the next start must find all that was acknowledged.
 */
export async function runFaultScript({ seed, fault, at, isSticky }: FaultPlan): Promise<FaultResult> {
  let isSound = false;
  const disk = createMemoryFiles({
    random: createRandom(seed),
    faultOf: (_operation, number) => {
      if (isSound || at === 0 || number < at) return null;
      return number === at || isSticky ? fault : null;
    },
  });
  const witness = new Witness();
  const complaints: string[] = [];
  await live(disk, witness).catch(() => undefined);
  const journal = await live(disk, witness).catch(() => null);
  const { operationCount } = disk;
  isSound = true;
  if (journal !== null) await checkRecovered(journal, witness, complaints);
  await drain(disk.cutPower(), witness);
  return {
    violations: [...witness.violations, ...complaints],
    acknowledgedCount: witness.acknowledgedCount,
    operationCount,
  };
}

async function live(disk: MemoryFiles, witness: Witness): Promise<Journal> {
  const { journal, reader } = await start(disk, witness);
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all([
      witness.append(journal, [10, 90, 0]),
      witness.append(journal, [100]),
      witness.append(journal, [5]),
    ]);
    await witness.append(journal, [40, 40]);
    await witness.read(reader, journal, 150).catch(() => false);
    if (round % 2 === 1) await journal.release(witness.storedSequence).catch(() => undefined);
  }
  await reader[Symbol.asyncDispose]();
  return journal;
}

async function checkRecovered(journal: Journal, witness: Witness, complaints: string[]): Promise<void> {
  if (!(await witness.append(journal, [7]))) complaints.push('the journal did not recover with the disk');
  if (journal.stats().failing !== null) complaints.push(`still failing: ${journal.stats().failing}`);
  await journal[Symbol.asyncDispose]();
}
