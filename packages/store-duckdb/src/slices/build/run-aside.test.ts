import { DuckDBInstance, INTEGER } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { createRunner, type Runner } from './run-aside.ts';

async function withRunner(threads: number, check: (runner: Runner) => Promise<void>): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  try {
    await check(await createRunner(connection));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const FILL =
  'CREATE TEMP TABLE items AS SELECT range AS item FROM range(500_000); SELECT count(*) FROM items WHERE item < $1';

for (const threads of [1, 2]) {
  test(`${threads} threads: one statement after another, the last one has the values and gives the answer`, async () => {
    await withRunner(threads, async (runner) => {
      expect(await (await runner.run(FILL, [1_000], [INTEGER])).getRows()).toEqual([[1_000n]]);
      expect(await (await runner.run('SELECT max(item) FROM items')).getRows()).toEqual([[499_999n]]);
    });
  });

  test.each([
    ['that does not parse', 'SELECT FROM WHERE', /syntax error/],
    ['about a table that is not there', 'SELECT 1; SELECT * FROM nowhere', /nowhere does not exist/],
    [
      'that fails midway',
      "SELECT sum(CASE WHEN range = 400_000 THEN error('at 400000') ELSE 0 END) FROM range(500_000)",
      /at 400000/,
    ],
  ])(`${threads} threads: a statement %s rejects, and the next one runs`, async (_title, sql, problem) => {
    await withRunner(threads, async (runner) => {
      await expect(runner.run(sql)).rejects.toThrow(problem);
      expect(await (await runner.run('SELECT 2::INTEGER')).getRows()).toEqual([[2]]);
    });
  });
}
