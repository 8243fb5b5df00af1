import { familiesOf } from './attribute-key.ts';
import { braces, member, quote } from './json-text.ts';
import type { SpanSource } from './span-fields.ts';

const WITH_SYSTEM = familiesOf('db');

/** Systems that X-Ray's `sql` block is for; the last three by their newer names. */
const SQL_SYSTEMS: ReadonlySet<string> = new Set(
  'db2 derby hive mariadb mssql mysql oracle postgresql sqlite teradata other_sql microsoft.sql_server oracle.db ibm.db2'.split(
    ' ',
  ),
);

/** The `sql` block as JSON; nothing for other databases. */
export function printSql({ span, fields }: SpanSource): string {
  if (fields.lacks(WITH_SYSTEM)) return '';
  const system = fields.text('db.system', 'db.system.name');
  if (system === undefined || !SQL_SYSTEMS.has(system)) return '';
  const connection = fields.text('db.connection_string') ?? fields.text('server.address') ?? 'localhost';
  const database = fields.text('db.name', 'db.namespace') ?? '';
  return braces(
    member('url', quoted(span.name === '' ? undefined : span.name)) +
      member('connection_string', quote(`${connection}/${database}`)) +
      member('database_type', quote(system)) +
      member('user', quoted(fields.text('db.user'))) +
      member('sanitized_query', quoted(fields.text('db.statement', 'db.query.text'))),
  );
}

function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : quote(text);
}
