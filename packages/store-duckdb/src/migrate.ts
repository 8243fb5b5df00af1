import { BIGINT, INTEGER, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from '@fluoroscope/store';
import { readSchemaFiles, type SchemaFile } from './sql-files.ts';
import { toNumber } from './values.ts';

/** Brings the file to this version's schema, each step in one transaction. Refuses a file of a later version. */
export async function migrate(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    'CREATE TABLE IF NOT EXISTS schema_steps (number INTEGER NOT NULL, name VARCHAR NOT NULL, applied_us BIGINT NOT NULL)',
  );
  const result = await connection.runAndReadAll('SELECT coalesce(max(number), 0) FROM schema_steps');
  const applied = toNumber(result.getRows()[0]?.[0]);
  const files = readSchemaFiles();
  const newest = files.at(-1)?.number ?? 0;
  if (applied > newest) {
    throw new StoreError('unknown-version', `the file has schema ${applied}, this version knows up to ${newest}`);
  }
  for (const file of files.filter(({ number }) => number > applied)) await applyStep(connection, file);
}

async function applyStep(connection: DuckDBConnection, { number, name, sql }: SchemaFile): Promise<void> {
  await connection.run('BEGIN');
  try {
    await connection.run(sql);
    await connection.run(
      'INSERT INTO schema_steps VALUES ($1, $2, $3)',
      [number, name, BigInt(Date.now()) * 1000n],
      [INTEGER, VARCHAR, BIGINT],
    );
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
}
