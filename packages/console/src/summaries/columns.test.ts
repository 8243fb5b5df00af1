import { expect, test } from 'vitest';
import { columnOf, DEFAULT_COLUMNS, moved, printColumns, readColumns } from './columns.ts';

test.each([
  [['url', 'annotation.tier', 'response']],
  [['annotation.a,b', 'annotation.50%', 'annotation.ü "x"']],
  [[...DEFAULT_COLUMNS]],
])('%j come back from a link', (ids) => {
  expect(readColumns(printColumns(ids))).toEqual(ids);
});

test.each([
  ['url,bogus,url,annotation.', ['url']],
  ['bogus', null],
  ['', null],
  ['%E0%A4%A,status', ['status']],
])('%j is read as %j', (text, ids) => {
  expect(readColumns(text)).toEqual(ids);
});

test('a link cannot ask for more columns than fit', () => {
  const many = Array.from({ length: 100 }, (_, at) => `annotation.k${at}`);
  expect(readColumns(printColumns(many))).toHaveLength(24);
});

test.each([
  [0, 2, 'bca'],
  [2, 0, 'cab'],
  [1, 9, 'acb'],
  [1, -3, 'bac'],
  [9, 0, 'abc'],
])('moved from %i to %i: %s', (from, to, ids) => {
  expect(moved(['a', 'b', 'c'], from, to).join('')).toBe(ids);
});

test('an annotation is a column by its key', () => {
  expect(columnOf('annotation.order.id')).toMatchObject({ id: 'annotation.order.id', label: 'order.id' });
  expect(columnOf('constructor')).toBeNull();
});
