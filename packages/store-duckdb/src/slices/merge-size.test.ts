import { expect, test } from 'vitest';
import { createMergeSize } from './merge-size.ts';

/** `-n`: a merge of n slices failed; `+`: one succeeded. */
test.each<[string, number]>([
  ['', 64],
  ['+', 64],
  ['-13', 6],
  ['-13 -6', 3],
  ['-13 -6 -3 -2', 2],
  ['-13 +', 12],
  ['-13 + + + + +', 64],
])('"%s": %i', (outcomes, slicesMax) => {
  const size = createMergeSize(64);
  for (const outcome of outcomes.split(' ').filter(Boolean)) {
    if (outcome === '+') size.succeeded();
    else size.failed(-Number(outcome));
  }
  expect(size.slicesMax).toBe(slicesMax);
});
