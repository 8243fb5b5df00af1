import { expect, test } from 'vitest';
import { runBitFlip } from './bit-flips.ts';

const FLIP_COUNT = 2000;

test('a flipped bit is detected wherever it is; only its frame is lost, and named', { timeout: 180_000 }, async () => {
  const failed: unknown[] = [];
  const hits = { header: 0, frame: 0, last: 0 };
  for (let seed = 1; seed <= FLIP_COUNT; seed++) {
    const { violations, hit } = await runBitFlip(seed);
    if (violations.length > 0) failed.push({ seed, violations });
    hits[hit]++;
  }
  expect(failed).toEqual([]);
  expect(Math.min(...Object.values(hits))).toBeGreaterThan(0);
});
