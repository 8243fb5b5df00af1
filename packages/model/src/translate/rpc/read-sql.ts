import type { JsonObject } from '../../segment-document.ts';
import { firstTagOf, tagOf, type Tags } from './rpc-span.ts';

const STATEMENT = ['sql.query', 'db.statement', 'db.query.text'];
const SYSTEM = ['db.system', 'db.type', 'db.system.name'];

/** Those whose statements are SQL (XRAY-SPEC §11.1); other databases stay annotations. */
const SQL_SYSTEMS: ReadonlySet<string> = new Set([
  'db2',
  'derby',
  'hive',
  'mariadb',
  'mssql',
  'mysql',
  'oracle',
  'postgresql',
  'sqlite',
  'sql',
  'teradata',
  'other_sql',
]);

export function readSql(tags: Tags): JsonObject | undefined {
  const system = firstTagOf(tags, SYSTEM);
  const isSql = SQL_SYSTEMS.has(system.toLowerCase()) || tagOf(tags, 'sql.query') !== '';
  if (!isSql) return undefined;
  const statement = firstTagOf(tags, STATEMENT);
  const user = tagOf(tags, 'db.user');
  return {
    ...(statement !== '' && { sanitized_query: statement }),
    ...(system !== '' && { database_type: system }),
    ...(user !== '' && { user }),
  };
}
