import { DuckDBInstance } from '@duckdb/node-api';
import { latencyBucketUs } from '@fluoroscope/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketNumber, bucketOfNumber } from './bucket-number.ts';
import { fillQuery } from './source-sql.ts';
import { readSchema } from './sql-files.ts';
import { toList, toNumber } from './values.ts';

/** All up to 31 years. */
const NUMBERS = Array.from({ length: 100 + 350 * 13 }, (_item, number) => number);

test('numbers are without gaps, and each is the number of its own bucket', () => {
  expect(NUMBERS.map((number) => bucketNumber(bucketOfNumber(number)))).toEqual(NUMBERS);
  expect(NUMBERS.map((number) => latencyBucketUs(bucketOfNumber(number)))).toEqual(NUMBERS.map(bucketOfNumber));
});

test('every duration has the number of its bucket', () => {
  const durations = fc.oneof(fc.integer({ min: -5, max: 20_000 }), fc.maxSafeNat());
  fc.assert(
    fc.property(durations, (durationUs) => {
      const bucketUs = latencyBucketUs(durationUs);
      expect(bucketOfNumber(bucketNumber(bucketUs))).toBe(bucketUs);
    }),
    { seed: 20_261_121, numRuns: 5_000 },
  );
});

test('a slice is built with the same numbers', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA head; USE memory.head');
  await connection.run(readSchema('head'));
  await connection.run(
    'CREATE TEMP TABLE build_keys AS SELECT 0 AS key_no, 0 AS role, 0 AS source, 0 AS target, NULL AS alias',
  );
  const buckets = NUMBERS.map(bucketOfNumber).join(', ');
  await connection.run(`INSERT INTO facts SELECT 0, 0, unnest([${buckets}]), 0, 0, 0, 0, 0, 0, 1, NULL`);
  const cells = fillQuery('build/cells-of-head', { from: 'memory.head', no: 0 });
  const found = await connection.runAndReadAll(`SELECT list(bucket ORDER BY bucket) FROM (${cells})`);
  expect(toList(found.getRows()[0]?.[0], toNumber)).toEqual(NUMBERS);
  connection.closeSync();
  instance.closeSync();
});
