import { runBitFlip } from '../packages/journal/src/torture/bit-flips.ts';
import { runFaultScript } from '../packages/journal/src/torture/fault-script.ts';
import type { Fault } from '../packages/journal/src/torture/memory-files.ts';
import { runPowerCuts } from '../packages/journal/src/torture/power-cut.ts';
import { shorten } from './audit.ts';
import type { Report, ScenarioOptions } from './report.ts';

const TELL_EVERY = 5_000;
const FAULTS: readonly Fault[] = ['EIO', 'ENOSPC', 'short'];

/** R2: power cuts on a disk in memory, one history for each seed from `--seed` on. */
export async function runPowerCutSeeds({ seed, cycles, tell }: ScenarioOptions): Promise<Report> {
  const violations: string[] = [];
  let acknowledged = 0;
  let cuts = 0;
  for (let at = seed; at < seed + cycles; at++) {
    const result = await runPowerCuts(at).catch(toViolation);
    violations.push(...result.violations.map((violation) => `seed ${at}: ${violation}`));
    acknowledged += result.acknowledgedCount;
    cuts += result.cutCount;
    if ((at - seed + 1) % TELL_EVERY === 0) tell(`${at - seed + 1} seeds, ${violations.length} violations`);
  }
  return { violations: shorten(violations), figures: { seeds: cycles, cuts, acknowledged } };
}

/** A run that cannot even go on is a failure of its seed, not of all. */
function toViolation(error: unknown): { violations: string[]; acknowledgedCount: number; cutCount: number } {
  return { violations: [String(error)], acknowledgedCount: 0, cutCount: 0 };
}

/** R3: every operation of the standard script fails, once or from then on, under so many seeds. */
export async function runFaults({ seed, cycles, tell }: ScenarioOptions): Promise<Report> {
  const violations: string[] = [];
  let runs = 0;
  const { operationCount } = await runFaultScript({ seed, fault: 'EIO', at: 0, isSticky: false });
  for (const fault of FAULTS) {
    for (const isSticky of [false, true]) {
      for (let at = 1; at <= operationCount; at++) {
        for (let run = seed; run < seed + cycles; run++, runs++) {
          const result = await runFaultScript({ seed: run, fault, at, isSticky });
          const name = `seed ${run}: ${fault} at operation ${at}${isSticky ? ' and after' : ''}`;
          violations.push(...result.violations.map((violation) => `${name}: ${violation}`));
        }
      }
      tell(`${fault}${isSticky ? ', sticky' : ''}: ${runs} runs, ${violations.length} violations`);
    }
  }
  return { violations: shorten(violations), figures: { operations: operationCount, runs } };
}

/** R4: one bit of a journal turned, for each seed from `--seed` on. */
export async function runBitFlips({ seed, cycles, tell }: ScenarioOptions): Promise<Report> {
  const violations: string[] = [];
  for (let at = seed; at < seed + cycles; at++) {
    const result = await runBitFlip(at);
    violations.push(...result.violations.map((violation) => `seed ${at}: ${violation}`));
    if ((at - seed + 1) % TELL_EVERY === 0) tell(`${at - seed + 1} flips, ${violations.length} violations`);
  }
  return { violations: shorten(violations), figures: { flips: cycles } };
}
