import { expect, test } from 'vitest';
import { pickSegmentNames, printSegmentName } from './segment-name.ts';

test('names sort as their sequences do, up to the last safe one', () => {
  const sequences = [1, 9, 10, 123_456_789_012, Number.MAX_SAFE_INTEGER];
  const names = sequences.map(printSegmentName);
  expect(names.toSorted()).toEqual(names);
  expect(pickSegmentNames(names.toReversed()).map(({ firstSequence }) => firstSequence)).toEqual(sequences);
});

test.each(['1.journal', '0000000000000001.journal.bak', '0000000000000001', '9999999999999999.journal', 'lock'])(
  '%s is not ours',
  (name) => {
    expect(pickSegmentNames([name])).toEqual([]);
  },
);
