import { expect, test } from 'vitest';
import { summaryRow } from './row.ts';
import { tickedOrNot } from './ticks.ts';

test.each([
  ['a', 'a'],
  ['ab', 'ab'],
  ['aba', 'b'],
  ['abc', 'bc'],
  ['abca', 'ca'],
  ['aa', ''],
])('pressing on %s ticks %s', (presses, ticked) => {
  const after = presses
    .split('')
    .map((Id) => summaryRow({ Id }))
    .reduce(tickedOrNot, []);
  expect(after.map(({ id }) => id).join('')).toBe(ticked);
});
