import { resolveSegment, type SegmentLike } from '../../context/context.ts';
import type { Subsegment } from '../../document/subsegment.ts';
import { getLogger } from '../../logger.ts';
import { SqlData } from '../../sql-data.ts';
import { isSegmentLike, openCall } from '../call.ts';

/** Where a query goes. */
export interface Database {
  /** `postgresql` or `mysql`: the URL's scheme; its versions are in the environment. */
  readonly scheme: string;
  readonly host: unknown;
  readonly port: unknown;
  readonly database: unknown;
  readonly user: unknown;
}

export interface Query {
  readonly text: unknown;
  /** It has a name, or values. */
  readonly prepared: boolean;
}

/** Read when the module is loaded, as the official SDK does. */
const VERSIONS: Readonly<Record<string, readonly [database: string | undefined, driver: string | undefined]>> = {
  postgresql: [process.env['POSTGRES_DATABASE_VERSION'], process.env['POSTGRES_DRIVER_VERSION']],
  mysql: [process.env['MYSQL_DATABASE_VERSION'], process.env['MYSQL_DRIVER_VERSION']],
};

/** The call's parent: the last argument in manual mode, what runs now otherwise. */
export function parentOf(args: readonly unknown[], what: string): SegmentLike | undefined {
  const last = args.at(-1);
  const parent = resolveSegment(isSegmentLike(last) ? last : undefined);
  if (parent === undefined) getLogger().info(`A query of ${what} is made without sub/segment: it is not traced.`);
  return parent;
}

/** Texts of queries are kept with AWS_XRAY_COLLECT_SQL_QUERIES alone, and without their values. */
export function openQuery(
  parent: SegmentLike | undefined,
  { scheme, host, port, database, user }: Database,
  query: Query,
): Subsegment | undefined {
  const subsegment = openCall(`${String(database)}@${String(host)}`, parent);
  if (subsegment === undefined) return undefined;
  const [databaseVersion, driverVersion] = VERSIONS[scheme] ?? [];
  const url = `${scheme}://${String(host)}:${String(port)}/${String(database)}`;
  const name = typeof user === 'string' ? user : undefined;
  const data = new SqlData(databaseVersion, driverVersion, name, url, query.prepared ? 'statement' : undefined);
  if (process.env['AWS_XRAY_COLLECT_SQL_QUERIES'] && typeof query.text === 'string') data.sanitized_query = query.text;
  subsegment.addSqlData(data);
  return subsegment;
}
