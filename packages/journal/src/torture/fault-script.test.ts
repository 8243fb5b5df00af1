import { expect, test } from 'vitest';
import { runFaultScript } from './fault-script.ts';
import type { Fault } from './memory-files.ts';

const FAULTS: readonly Fault[] = ['EIO', 'ENOSPC', 'short'];

test.each(
  FAULTS.flatMap((fault) => [
    { fault, isSticky: false },
    { fault, isSticky: true },
  ]),
)(
  '$fault at every n-th operation (from then on: $isSticky) costs nothing acknowledged, and passes',
  { timeout: 180_000 },
  async ({ fault, isSticky }) => {
    const sound = await runFaultScript({ seed: 0, fault, at: 0, isSticky });
    expect(sound).toMatchObject({ violations: [], acknowledgedCount: 2 * 6 * 7 + 1 + 3 });
    expect(sound.operationCount).toBeGreaterThan(100);

    const failed: unknown[] = [];
    for (let at = 1; at <= sound.operationCount; at++) {
      for (let seed = 1; seed <= 3; seed++) {
        const { violations } = await runFaultScript({ seed, fault, at, isSticky });
        if (violations.length > 0) failed.push({ seed, at, violations });
      }
    }
    expect(failed).toEqual([]);
  },
);

test('an operation that fails once costs at most the calls of its group', async () => {
  const sound = await runFaultScript({ seed: 0, fault: 'EIO', at: 0, isSticky: false });
  for (let at = 1; at <= sound.operationCount; at++) {
    const { acknowledgedCount } = await runFaultScript({ seed: 1, fault: 'EIO', at, isSticky: false });
    // Either one start fails, which is half the script, or one group: at most five records.
    expect([sound.acknowledgedCount / 2 - 6, sound.acknowledgedCount - 5].some((min) => acknowledgedCount >= min)).toBe(
      true,
    );
  }
});
