import { expect, test } from 'vitest';
import { CHARS_PER_TURN_MAX, DOCUMENTS_PER_TURN_MAX } from '../limits.ts';
import { turnsOf } from './turns.ts';

const LARGE = 'x'.repeat(CHARS_PER_TURN_MAX);

test.each([
  ['none', [], []],
  ['few', ['', 'a', ''], [3]],
  ['as many as may be', Array.from({ length: DOCUMENTS_PER_TURN_MAX }, () => 'a'), [DOCUMENTS_PER_TURN_MAX]],
  ['one more', Array.from({ length: DOCUMENTS_PER_TURN_MAX + 1 }, () => ''), [DOCUMENTS_PER_TURN_MAX, 1]],
  ['large ones', ['a', LARGE, LARGE, 'b', 'c'], [1, 1, 1, 2]],
  ['one beyond all bounds', [`${LARGE}x`], [1]],
])('%s: each text once, in order', (_name, texts, sizes) => {
  const turns = [...turnsOf(texts)];
  expect(turns.map((turn) => turn.length)).toEqual(sizes);
  expect(turns.flat()).toEqual(texts);
});
