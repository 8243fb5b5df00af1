import { DuckDBDataChunk, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { expect, test } from 'vitest';
import { listColumn, textColumn, type ValueColumn } from './column.ts';

const ROW_COUNT: number = duckdb.vector_size();

test.each([
  ['nothing', ['']],
  ['as much as has room in the vector', ['twelve chars', 'eleven char']],
  ['one character more', ['thirteen char']],
  ['few characters that are more bytes', ['ä', 'zwölf Zeiche', '\u{1f680}', '日本語日本語']],
  ['an end in its midst', ['a\0b', `${'long'.repeat(10)}\0b`]],
  ['none', [null, 'a', null]],
  ['short and long in turn', ['a', 'a'.repeat(99), 'b', null, 'b'.repeat(99), 'c']],
])('a text: %s', (_title, texts) => {
  expect(readBack(textColumn(), texts)).toEqual(texts);
});

test('what was cleared leaves nothing behind', () => {
  const column = textColumn();
  readBack(column, ['twelve chars', null, 'l'.repeat(99)]);
  expect(readBack(column, ['', 'a', 'b', null])).toEqual(['', 'a', 'b', null]);
});

test('as many as a chunk holds, of all lengths', () => {
  const texts = Array.from({ length: ROW_COUNT }, (_item, at) => 'abc'.repeat(at % 9) + String(at));
  expect(readBack(textColumn(), texts)).toEqual(texts);
});

test('lists with more items than a chunk has rows', () => {
  const items = textColumn();
  const lists = listColumn(items);
  const chunk = DuckDBDataChunk.create([LIST(VARCHAR)]);
  chunk.rowCount = ROW_COUNT;
  const texts = Array.from({ length: ROW_COUNT }, (_item, at) => [`key ${at}`, `a longer value ${at}`, null]);
  for (const list of texts) {
    for (const text of list) items.push(text);
    lists.pushCount(list.length);
  }
  lists.copyTo(duckdb.data_chunk_get_vector(chunk.chunk, 0));
  expect(chunk.getColumnValues(0)).toEqual(texts.map((list) => listValue(list)));
});

function readBack(column: ValueColumn<string | null>, texts: readonly (string | null)[]): unknown[] {
  const chunk = DuckDBDataChunk.create([VARCHAR]);
  chunk.rowCount = texts.length;
  for (const text of texts) column.push(text);
  column.copyTo(duckdb.data_chunk_get_vector(chunk.chunk, 0));
  column.clear();
  return chunk.getColumnValues(0);
}
