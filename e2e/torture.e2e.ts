import { expect, test } from 'vitest';
import { runClocks } from '../torture/clocks.ts';
import { runDiskFull } from '../torture/disk-full.ts';
import { runOverload } from '../torture/overload.ts';
import { runSoak } from '../torture/soak.ts';

// RELIABILITY R5–R8 in small; the full sizes are `npm run test:torture`. Durations are told, never asserted.
const OPTIONS = { seed: 20_261, cycles: 0, minutes: 0, isTimed: false, tell: console.log } as const;
const CASES = 1_000;
const SECOND = 1 / 60;

test('clocks that step, and times of every kind: kept or refused as they should be', { timeout: 300_000 }, async () => {
  const { violations, figures } = await runClocks({ ...OPTIONS, cycles: CASES });
  expect(violations).toEqual([]);
  expect(figures).toMatchObject({ cases: CASES });
  expect(figures['kept']).toBeGreaterThan(CASES / 10);
});

test(
  'a disk full for 20 s under load: nothing acknowledged is lost, reads go on, it resumes by itself',
  { timeout: 300_000 },
  async () => {
    const { violations, figures } = await runDiskFull({ ...OPTIONS, minutes: 20 * SECOND });
    expect(violations).toEqual([]);
    expect(figures['callsRefused']).toBeGreaterThan(0);
    console.log(figures);
  },
);

test(
  'twice and ten times the load it can take: nothing acknowledged is lost, memory stays within its cap',
  { timeout: 300_000 },
  async () => {
    const { violations, figures } = await runOverload({ ...OPTIONS, minutes: 30 * SECOND });
    expect(violations).toEqual([]);
    expect(figures['acknowledged']).toBeGreaterThan(0);
    console.log(figures);
  },
);

test('a steady load: every document is accounted for, descriptors stay', { timeout: 300_000 }, async () => {
  const { violations, figures } = await runSoak({ ...OPTIONS, minutes: 40 * SECOND });
  expect(violations).toEqual([]);
  expect(figures['stored']).toBeGreaterThan(0);
  console.log(figures);
});
