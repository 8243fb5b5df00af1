import { expect, test } from 'vitest';
import { findJsonPlaces, placeOfPath, textPlace } from './json-places.ts';

const TEXT = '{\n "a": [1, {"b": "x"}],\n "c": {}\n}';

test.each([
  ['', 0],
  ['a', 3],
  ['a[0]', 9],
  ['a[1]', 12],
  ['a[1].b', 13],
  ['a[1].missing', 12],
  ['a[7].b', 3],
  ['c.d.e', 26],
  ['nothing', 0],
])('%s is at %i', (path, place) => {
  expect(placeOfPath(findJsonPlaces(TEXT), path)).toBe(place);
});

test.each<[string, number | null]>([
  [TEXT, null],
  ['[]', null],
  [' "a\\u0041\\n" ', null],
  ['[-0.5e3,true,null]', null],
  ['', 0],
  ['{', 1],
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['{a:1}', 1],
  ['[1 2]', 3],
  ['[1,]', 3],
  ['{"a":}', 5],
  ['"a', 0],
  ['01', 1],
  ['{} x', 3],
  [`${'['.repeat(200)}${']'.repeat(200)}`, 101],
])('%s breaks at %s', (text, place) => {
  expect(findJsonPlaces(text).breaksAt).toBe(place);
});

test.each([
  [0, 1, 1, '{'],
  [9, 2, 8, ' "a": [1, {"b": "x"}],'],
  [TEXT.length, 4, 2, '}'],
])('position %i is line %i, column %i', (at, line, column, text) => {
  expect(textPlace(TEXT, at)).toEqual({ line, column, text });
});
