import { expect, test } from 'vitest';
import { runProgram } from './program.ts';

test.each<[string, readonly string[], number, RegExp]>([
  [
    'an exact one',
    ['fault AND annotation.tier = "gold"'],
    0,
    /^normal form {2}fault.*\nstore .*tier.*\nthen {9}nothing: the store's answer is exact\n$/,
  ],
  ['one that rows tell, but old ones', ['service("cart") { fault }'], 0, /then .*by its row\n +column 1: service/],
  ['one that reads documents', ['edge("a", "b") { fault }'], 0, /then .*by its documents.*\n +column 1: edge/],
  ['a mistake', ['duration >= abc'], 2, /^fluoroscope: column 13: .*\nduration >= abc\n {12}\^\n$/],
  ['none', [], 2, /^fluoroscope: explain takes one expression/],
  ['help', ['--help'], 0, /^usage: fluoroscope explain EXPRESSION\n/],
])('explain: %s', async (_name, argv, code, output) => {
  expect(await runProgram(['explain', ...argv])).toEqual({ code, output: expect.stringMatching(output) });
});
