import { BIGINT, DuckDBDataChunk, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { int64Column, listColumn, textColumn } from './column.ts';

// node --conditions=source --import tsx src/encode/column.bench.ts
// Our columns against the vectors of node-api: one integer and one list of five texts a row.

const ROW_COUNT: number = duckdb.vector_size();
const ROUNDS = 200;
const times = Array.from({ length: ROW_COUNT }, (_item, at) => 1_700_000_000_000_000 + at * 1_000);
const lists = times.map((_time, at) => [1, 2, 3, 4, 5].map((salt) => `value ${at % (salt * 10)}`));

const types = [BIGINT, LIST(VARCHAR)];
const ours = DuckDBDataChunk.create(types);
const theirs = DuckDBDataChunk.create(types);
const startUs = int64Column();
const texts = textColumn();
const textLists = listColumn(texts);

function encodeOurs(): void {
  ours.reset();
  ours.rowCount = ROW_COUNT;
  for (let row = 0; row < ROW_COUNT; row += 1) {
    startUs.push(times[row] ?? 0);
    const items = lists[row] ?? [];
    for (const item of items) texts.push(item);
    textLists.pushCount(items.length);
  }
  for (const [index, column] of [startUs, textLists].entries()) {
    column.copyTo(duckdb.data_chunk_get_vector(ours.chunk, index));
    column.clear();
  }
}

function encodeTheirs(): void {
  theirs.reset();
  theirs.rowCount = ROW_COUNT;
  theirs.setColumnValues(0, times.map(BigInt));
  theirs.setColumnValues(
    1,
    lists.map((items) => listValue(items)),
  );
}

function measureUs(encode: () => void): number {
  const before = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) encode();
  return ((performance.now() - before) * 1e3) / (ROUNDS * ROW_COUNT);
}

encodeOurs();
encodeTheirs();
const printed = [ours, theirs].map((chunk) => chunk.getRows().map(String).join('\n'));
if (printed[0] !== printed[1]) throw new Error('the two chunks differ');
process.stdout.write(`ours ${measureUs(encodeOurs).toFixed(2)} µs a row\n`);
process.stdout.write(`node-api ${measureUs(encodeTheirs).toFixed(2)} µs a row\n`);
