import { parseArgs } from 'node:util';
import { SCENARIOS, type Scenario } from './scenarios.ts';

export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  /** Null: as long as the scenario's full size is. */
  readonly cycles: number | null;
  readonly minutes: number | null;
}

const SEED = 1;

/** Throws what its user can mend. */
export function readPlan(args: readonly string[]): Plan {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { seed: { type: 'string' }, cycles: { type: 'string' }, minutes: { type: 'string' } },
  });
  const known = SCENARIOS.map(({ name }) => name);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no scenario "${unknown}": ${known.join(', ')}`);
  return {
    scenarios: SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
    seed: readNumber('seed', values.seed) ?? SEED,
    cycles: readNumber('cycles', values.cycles),
    minutes: readNumber('minutes', values.minutes),
  };
}

function readNumber(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  const isWhole = name === 'minutes' || Number.isInteger(value);
  if (!(value > 0) || !isWhole) throw new Error(`--${name}: expected a number above 0, found "${text}"`);
  return value;
}
