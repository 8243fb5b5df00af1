import { readFileSync } from 'node:fs';
import { parseTraceId } from '@fluoroscope/model';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Connection } from '../connection.ts';
import { parseStoreUrl } from '../store-url.ts';
import { startEngine, type Engine } from '../testing/engine.ts';
import { clearColumns, takeBlock } from './block.ts';
import * as column from './column.ts';

// What is encoded is read back by the engine, equal to the letter.

const COLUMNS = {
  day: column.dateColumn(),
  id: column.traceIdColumn(),
  int64: column.int64Column(),
  int32: column.int32Column(),
  uint32: column.uint32Column(),
  uint8: column.uint8Column(),
  int8: column.int8Column(),
  float64: column.float64Column(),
  bool: column.boolColumn(),
  text: column.textColumn(),
  maybe: column.nullableColumn(column.float64Column(), 0),
  maybe_text: column.nullableColumn(column.textColumn(), ''),
  few: column.lowCardinalityColumn(),
  few_maybe: column.lowCardinalityNullableColumn(),
  list: column.arrayColumn(column.textColumn()),
  few_list: column.arrayColumn(column.lowCardinalityColumn()),
  few_maybe_list: column.arrayColumn(column.lowCardinalityNullableColumn()),
  lists: column.arrayColumn(column.arrayColumn(column.uint32Column())),
};
type Values = { [Name in keyof typeof COLUMNS]: Parameters<(typeof COLUMNS)[Name]['push']>[0] };

let engine: Engine;
let connection: Connection;
beforeAll(async () => {
  engine = await startEngine();
  const place = parseStoreUrl(`${engine.url}/default`);
  if (!place.ok) throw new Error(place.problem);
  connection = connect(place.value, engine.credentials);
  const columns = Object.entries(COLUMNS).map(([name, { type }]) => `${name} ${type}`);
  await connection.command(
    `CREATE TABLE all_kinds (place UInt32, ${columns.join(', ')}) ENGINE = MergeTree ORDER BY place`,
  );
});
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function writeAndRead(rows: readonly Values[]): Promise<readonly unknown[]> {
  await connection.command('TRUNCATE TABLE all_kinds');
  const columns = { place: column.uint32Column(), ...COLUMNS };
  clearColumns(columns);
  for (const [place, row] of rows.entries()) {
    columns.place.push(place);
    for (const [name, value] of Object.entries(row)) {
      (columns as Record<string, column.Column<unknown>>)[name]?.push(value);
    }
  }
  const insert = { table: 'all_kinds', block: takeBlock(columns), rowCount: rows.length, token: '', isRepeat: false };
  await connection.insert(insert);
  const names = Object.keys(COLUMNS).map((name) =>
    name === 'id' ? 'lower(hex(id))' : name === 'day' ? 'toUInt16(day)' : name,
  );
  return connection.query(`SELECT ${names.join(', ')} FROM all_kinds ORDER BY place`);
}

function expected(rows: readonly Values[]): readonly unknown[] {
  return rows.map((row) =>
    Object.entries(row).map(([name, value]) => (name === 'id' ? String(value).slice(2).replace('-', '') : value)),
  );
}

const text = () =>
  fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('', 'a', '\0', 'x'.repeat(300)));
const few = () => fc.constantFrom('', 'a', 'b', 'ü', '\0', "'");
const float = () => fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const uint32 = () => fc.integer({ min: 0, max: 2 ** 32 - 1 });
const id = () =>
  fc.tuple(uint32(), uint32(), uint32(), uint32()).map((words) => {
    const parsed = parseTraceId(words.map((word) => Math.max(word, 1).toString(16).padStart(8, '0')).join(''));
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.value;
  });
const rowOfAll: fc.Arbitrary<Values> = fc.record({
  day: fc.integer({ min: 0, max: 65_535 }),
  id: id(),
  int64: fc.maxSafeInteger(),
  int32: fc.integer(),
  uint32: uint32(),
  uint8: fc.integer({ min: 0, max: 255 }),
  int8: fc.integer({ min: -128, max: 127 }),
  float64: float(),
  bool: fc.boolean(),
  text: text(),
  maybe: fc.option(float()),
  maybe_text: fc.option(text()),
  few: few(),
  few_maybe: fc.option(few()),
  list: fc.array(text(), { maxLength: 4 }),
  few_list: fc.array(few(), { maxLength: 4 }),
  few_maybe_list: fc.array(fc.option(few()), { maxLength: 4 }),
  lists: fc.array(fc.array(uint32(), { maxLength: 3 }), { maxLength: 3 }),
});

test('generated rows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rowOfAll, { minLength: 1, maxLength: 40 }), async (rows) => {
      expect(await writeAndRead(rows)).toEqual(expected(rows));
    }),
    { seed: 11, numRuns: 25 },
  );
});

test.each([256, 257, 65_537])('a dictionary of %i texts', async (count) => {
  const [sample] = fc.sample(rowOfAll, { seed: 3, numRuns: 1 });
  if (sample === undefined) throw new Error('no sample');
  const rows = Array.from({ length: count }, (_item, at) => ({
    ...sample,
    few: `t${at}`,
    few_maybe: at % 7 === 0 ? null : `t${at}`,
  }));
  const stored = await writeAndRead(rows);
  expect(stored).toHaveLength(count);
  expect(
    stored.every((row, at) => (row as unknown[])[12] === `t${at}` && (row as unknown[])[13] === rows[at]?.few_maybe),
  ).toBe(true);
});

test('texts that are easily lost', async () => {
  const lines = readFileSync(new URL('../../../../testdata/clickhouse/texts.txt', import.meta.url), 'utf8').split('\n');
  const texts = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => JSON.parse(line) as string);
  const [sample] = fc.sample(rowOfAll, { seed: 5, numRuns: 1 });
  if (sample === undefined) throw new Error('no sample');
  const rows = texts.map((one) => ({
    ...sample,
    text: one,
    maybe_text: one,
    few: one,
    few_maybe: one,
    list: [one, one],
  }));
  expect(await writeAndRead(rows)).toEqual(expected(rows));
});

test.each([Number.NaN, 0.5, 2 ** 53])('%d is no integer that can be stored', (value) => {
  expect(() => column.int64Column().push(value)).toThrow(RangeError);
});
