import { runClocks } from './clocks.ts';
import { runDiskFull } from './disk-full.ts';
import { runBitFlips, runFaults, runPowerCutSeeds } from './journal.ts';
import { runKills } from './kill.ts';
import { runNetworkFaults } from './network.ts';
import { runOverload } from './overload.ts';
import type { Report, ScenarioOptions } from './report.ts';
import { runSoak } from './soak.ts';

export interface Scenario {
  readonly name: string;
  readonly run: (options: ScenarioOptions) => Promise<Report>;
  /** The full size, as RELIABILITY has it. */
  readonly cycles: number;
  readonly minutes: number;
}

/** R1 to R9, the short ones first. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'power-cut', run: runPowerCutSeeds, cycles: 100_000, minutes: 0 },
  { name: 'faults', run: runFaults, cycles: 20, minutes: 0 },
  { name: 'bit-flips', run: runBitFlips, cycles: 20_000, minutes: 0 },
  { name: 'clocks', run: runClocks, cycles: 10_000, minutes: 0 },
  { name: 'network', run: runNetworkFaults, cycles: 200, minutes: 0 },
  { name: 'overload', run: runOverload, cycles: 0, minutes: 25 },
  { name: 'disk-full', run: runDiskFull, cycles: 0, minutes: 30 },
  { name: 'kill', run: runKills, cycles: 1_000, minutes: 0 },
  { name: 'soak', run: runSoak, cycles: 0, minutes: 120 },
];
