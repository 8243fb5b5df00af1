import { DuckDBInstance } from '@duckdb/node-api';
import { toNumber } from '../values.ts';
import { scanColumns } from './columns.ts';

// node --conditions=source --import tsx src/readers/columns.bench.ts
// A million rows of two numbers each, added up.

const ROWS = 1_000_000;
const sql = `SELECT (i % 1000)::INTEGER, (i * 2)::DOUBLE FROM range(${ROWS}) AS t(i)`;

const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();

async function byColumns(): Promise<number> {
  let sum = 0;
  await scanColumns(connection, { sql, values: [], types: [] }, (chunk) => {
    const [small, large] = [chunk.int32(0), chunk.float64(1)];
    for (let row = 0; row < chunk.rowCount; row += 1) sum += (small[row] ?? 0) + (large[row] ?? 0);
  });
  return sum;
}

async function byRows(): Promise<number> {
  let sum = 0;
  for (const [small, large] of (await connection.runAndReadAll(sql)).getRows())
    sum += toNumber(small) + toNumber(large);
  return sum;
}

if ((await byColumns()) !== (await byRows())) throw new Error('the two ways give different sums');
for (const [name, read] of Object.entries({ byColumns, byRows })) {
  const before = process.cpuUsage();
  await read();
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${name}: ${((user + system) / 1e3).toFixed(0)} ms CPU a million rows\n`);
}
connection.closeSync();
instance.closeSync();
