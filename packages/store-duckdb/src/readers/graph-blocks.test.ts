import { timeUs } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import type { Source } from '../source.ts';
import { areFactsHeld } from './graph-blocks.ts';

const MINUTE_US = 60e6;

/** A slice of facts that end evenly within these minutes. */
function sliceOf(factCount: number, firstMinute: number, endMinute: number): Source {
  const [firstUs, lastUs] = [timeUs(firstMinute * MINUTE_US), timeUs(endMinute * MINUTE_US - 1)];
  return {
    kind: 'slice',
    prefix: 'no_file.main',
    orderNo: 1,
    hasFindings: true,
    factCount,
    extent: { firstStartUs: firstUs, lastStartUs: lastUs, firstEndUs: firstUs, lastEndUs: lastUs },
    mayKnow: () => true,
  };
}

test.each<[string, Source[], boolean]>([
  ['no slices', [], true],
  ['few facts', [sliceOf(10_000, 0, 5)], true],
  ['many in the block', [sliceOf(1_000_000, 0, 5)], false],
  ['many in all slices together', Array.from({ length: 10 }, () => sliceOf(50_000, 0, 5)), false],
  ['many, of which few are in the block', [sliceOf(1_000_000, 0, 100)], true],
  ['many in other blocks', [sliceOf(1_000_000, 10, 15)], true],
])('%s', (_name, slices, isHeld) => {
  expect(areFactsHeld(slices, { startUs: timeUs(2 * MINUTE_US), endUs: timeUs(2.5 * MINUTE_US) })).toBe(isHeld);
});

test('a long range is not held', () => {
  expect(areFactsHeld([sliceOf(1, 0, 60)], { startUs: timeUs(0), endUs: timeUs(40 * MINUTE_US) })).toBe(false);
});
