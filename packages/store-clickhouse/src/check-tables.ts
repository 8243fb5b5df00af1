import { StoreError } from '@fluoroscope/store';
import type { Connection } from './connection.ts';
import { createDocumentsEncoder } from './encode/documents.ts';
import { OUTCOME_TYPE, ROLE_TYPE } from './encode/fact-codes.ts';
import { createFactsEncoder } from './encode/facts.ts';
import { createTracesEncoder } from './encode/traces.ts';
import type { Columns } from './native/block.ts';
import { toText } from './readers/values.ts';

const SUM = 'SimpleAggregateFunction(sum, Int64)';

/** Names and types of what this version reads and writes. Other columns may be there: theirs are the defaults. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  documents: typesOf(createDocumentsEncoder().columns),
  traces: typesOf(createTracesEncoder().columns),
  facts: typesOf(createFactsEncoder().columns),
  graph_minutes: {
    arrived_day: 'Date',
    end_minute: 'Int32',
    role: ROLE_TYPE,
    source: 'LowCardinality(String)',
    target: 'LowCardinality(String)',
    outcome: OUTCOME_TYPE,
    bucket_us: 'Int64',
    fact_count: SUM,
    duration_us: SUM,
    start_us: 'SimpleAggregateFunction(min, Int64)',
    end_us: 'SimpleAggregateFunction(max, Int64)',
  },
  alias_minutes: {
    arrived_day: 'Date',
    end_minute: 'Int32',
    source: 'LowCardinality(String)',
    target: 'LowCardinality(String)',
    alias: 'String',
    fact_count: SUM,
  },
};

function typesOf(columns: Columns): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, type]));
}

/** Somebody may have altered a table: rather said at the start than found out from answers. */
export async function checkTables(connection: Connection): Promise<void> {
  const { database, host } = connection.place;
  const rows = await connection.query(
    'SELECT table, name, type FROM system.columns WHERE database = {database:String}',
    {
      database,
    },
  );
  const stored = new Map(rows.map(([table, name, type]) => [`${toText(table)}.${toText(name)}`, toText(type)]));
  const wrong = Object.entries(EXPECTED).flatMap(([table, columns]) =>
    Object.entries(columns).flatMap(([name, type]) => {
      const found = stored.get(`${table}.${name}`);
      if (found === type) return [];
      return [found === undefined ? `${table}.${name} is missing` : `${table}.${name} is ${found}, not ${type}`];
    }),
  );
  if (wrong.length === 0) return;
  throw new StoreError('unknown-version', `the tables of ${database} at ${host} were altered: ${wrong.join('; ')}`);
}
