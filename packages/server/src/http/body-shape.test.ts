import { expect, test } from 'vitest';
import { BODY_DEPTH_MAX, BODY_VALUES_MAX } from '../limits.ts';
import { checkBodyShape } from './body-shape.ts';

test.each([
  ['nothing', ''],
  ['no JSON', 'x'.repeat(1e6)],
  ['the deepest that may be', '['.repeat(BODY_DEPTH_MAX) + ']'.repeat(BODY_DEPTH_MAX)],
  ['many neighbours that are not deep', `[${'[],'.repeat(BODY_DEPTH_MAX * 10)}[]]`],
  ['brackets and commas in a string', `{"a":"${'[{,'.repeat(BODY_VALUES_MAX)}"}`],
  ['an escaped quote before them', String.raw`{"a":"\"${'[,'.repeat(BODY_VALUES_MAX)}"}`],
  ['a string without an end', `"${'['.repeat(BODY_VALUES_MAX * 2)}`],
  ['a backslash at the very end', '"\\'],
])('taken: %s', (_name, text) => {
  expect(checkBodyShape(Buffer.from(text)).ok).toBe(true);
});

test.each([
  ['one level too deep', '{"a":'.repeat(BODY_DEPTH_MAX + 1), /levels/],
  ['a million brackets', '['.repeat(1e6), /levels/],
  ['one value too many', `[${'1,'.repeat(BODY_VALUES_MAX)}1]`, /values/],
  ['behind an escaped backslash', String.raw`["\\",${'1,'.repeat(BODY_VALUES_MAX)}1]`, /values/],
])('refused: %s', (_name, text, problem) => {
  expect(checkBodyShape(Buffer.from(text))).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
});
