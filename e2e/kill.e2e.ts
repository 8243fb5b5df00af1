import { expect, test } from 'vitest';
import { runKills } from '../torture/kill.ts';

const KILLS = 20;

test(
  'kill -9 at any moment loses nothing acknowledged, doubles nothing, invents nothing; the graph counts the same',
  { timeout: 600_000 },
  async () => {
    const { violations, figures } = await runKills({ ...IN_SMALL, cycles: KILLS });
    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ kills: KILLS });
    // The runs were not empty.
    expect(figures['acknowledged']).toBeGreaterThan(KILLS * 100);
  },
);

/** Durations are told, never asserted. */
const IN_SMALL = { seed: 20_261, minutes: 0, isTimed: false, tell: console.log } as const;
