import { StoreError } from '@fluoroscope/store';
import { checkTables } from './check-tables.ts';
import type { Connection } from './connection.ts';
import { SERVER_VERSION_MIN } from './limits.ts';
import { toNumber, toText } from './readers/values.ts';
import { quoteName, renderSchema } from './render-schema.ts';
import { readSchemaFiles, type SchemaFile } from './sql-files.ts';

const STEPS_SCHEMA = `CREATE TABLE IF NOT EXISTS schema_steps {{on cluster}} (
  number UInt32,
  name String,
  applied_at DateTime64(3) DEFAULT now64(3)
)
ENGINE = {{engine-everywhere ReplacingMergeTree}}
ORDER BY number;
`;

/**
 * Brings database and tables to this version's schema, or says why it will not. Several processes may come here at
 * once: every statement does nothing when it was done before.
 */
export async function prepareServer(connection: Connection): Promise<void> {
  await checkVersion(connection);
  await createDatabase(connection);
  await migrate(connection);
  await checkTables(connection);
}

/** version = major "." minor … */
async function checkVersion(connection: Connection): Promise<void> {
  const version = toText(await connection.askOutside('SELECT version()'));
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [majorMin, minorMin] = SERVER_VERSION_MIN;
  if (major > majorMin || (major === majorMin && minor >= minorMin)) return;
  throw new StoreError(
    'unknown-version',
    `ClickHouse at ${connection.place.host} is version ${version}; this program needs ${majorMin}.${minorMin} or newer`,
  );
}

/** Asked for first: a user who may not create databases may well be given one. */
async function createDatabase(connection: Connection): Promise<void> {
  const { database, cluster } = connection.place;
  const count = await connection.askOutside('SELECT count() FROM system.databases WHERE name = {name:String}', {
    name: database,
  });
  if (toNumber(count) > 0) return;
  const onCluster = cluster === null ? '' : ` ON CLUSTER ${quoteName(cluster)}`;
  await connection.commandOutside(`CREATE DATABASE IF NOT EXISTS ${quoteName(database)}${onCluster}`);
}

async function migrate(connection: Connection): Promise<void> {
  const files = readSchemaFiles();
  await run(connection, STEPS_SCHEMA);
  const [row] = await connection.query('SELECT max(number) FROM schema_steps');
  const applied = toNumber(row?.[0]);
  const newest = files.at(-1)?.number ?? 0;
  if (applied > newest) {
    const { host, database } = connection.place;
    throw new StoreError(
      'unknown-version',
      `the database ${database} at ${host} has schema ${applied}, this version knows up to ${newest}`,
    );
  }
  for (const file of files.filter(({ number }) => number > applied)) await applyStep(connection, file);
}

async function applyStep(connection: Connection, { number, name, source }: SchemaFile): Promise<void> {
  await run(connection, source);
  // Numbers and names are those of our own files.
  await connection.command(`INSERT INTO schema_steps (number, name) VALUES (${number}, '${name}')`);
}

async function run(connection: Connection, source: string): Promise<void> {
  for (const statement of renderSchema(source, connection.place.cluster)) await connection.command(statement);
}
