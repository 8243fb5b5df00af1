import { DEDUPLICATION_BLOCKS, DEDUPLICATION_SECONDS } from './limits.ts';

/**
 * statement of the source          single server                cluster C
 *
 *   {{local T}}                    T                            T_local
 *   {{on cluster}}                 (nothing)                    ON CLUSTER C
 *   {{engine E args}}              E(args)                      ReplicatedE(path of the shard, replica, args)
 *   {{engine-everywhere E args}}   E(args)                      ReplicatedE(one path for all servers, …, args)
 *   {{spread T BY key}}            (no statement)               a Distributed table T over all T_local, rows placed by key
 *   {{kept}}                       what makes an insert durable and a repeated one harmless
 *
 * Readers and writers always name T: on a cluster they go through the Distributed tables.
 */
export function renderSchema(source: string, cluster: string | null): readonly string[] {
  return statementsOf(source)
    .map((statement) =>
      statement.replaceAll(/\{\{([a-z-]+) ?([^}]*)\}\}/g, (_all, word: string, rest: string) =>
        render(word, rest, cluster),
      ),
    )
    .filter((statement) => statement !== '');
}

function statementsOf(source: string): readonly string[] {
  return source
    .replaceAll(/^--.*\n/gm, '')
    .split(/;$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function render(word: string, rest: string, cluster: string | null): string {
  switch (word) {
    case 'local':
      return cluster === null ? rest : `${rest}_local`;
    case 'on':
      return cluster === null ? '' : `ON CLUSTER ${quoteName(cluster)}`;
    case 'engine':
      return renderEngine(rest, cluster, "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'");
    case 'engine-everywhere':
      return renderEngine(rest, cluster, "'/clickhouse/tables/everywhere/{database}/{table}', '{shard}-{replica}'");
    case 'spread':
      return renderSpread(rest, cluster);
    case 'kept':
      return `${renderDeduplication(cluster)}, fsync_after_insert = 1, fsync_part_directory = 1`;
    default:
      throw new Error(`the schema says {{${word}}}, which means nothing`);
  }
}

function renderEngine(text: string, cluster: string | null, place: string): string {
  const [engine = '', ...parameters] = text.split(/ (.*)/s).filter((part) => part !== '');
  return cluster === null
    ? `${engine}(${parameters.join(', ')})`
    : `Replicated${engine}(${[place, ...parameters].join(', ')})`;
}

function renderSpread(text: string, cluster: string | null): string {
  if (cluster === null) return '';
  const [table = '', key = ''] = text.split(' BY ');
  const name = quoteName(cluster);
  return `CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER ${name} AS ${table}_local ENGINE = Distributed(${name}, currentDatabase(), ${table}_local, ${key})`;
}

function renderDeduplication(cluster: string | null): string {
  return cluster === null
    ? `non_replicated_deduplication_window = ${DEDUPLICATION_BLOCKS}`
    : `replicated_deduplication_window = ${DEDUPLICATION_BLOCKS}, replicated_deduplication_window_seconds = ${DEDUPLICATION_SECONDS}`;
}

/**
 * in a query                     single server    cluster C
 *
 *   {{everywhere T}}             T                every copy of a table that each server has
 *   {{of-each-shard S.T}}        S.T              a system table of one server of each shard
 */
export function renderQuery(source: string, cluster: string | null): string {
  return source
    .replaceAll(/\{\{everywhere (\w+)\}\}/g, (_all, table: string) =>
      cluster === null ? table : `clusterAllReplicas(${quoteName(cluster)}, currentDatabase(), ${table})`,
    )
    .replaceAll(/\{\{of-each-shard ([\w.]+)\}\}/g, (_all, table: string) =>
      cluster === null ? table : `cluster(${quoteName(cluster)}, ${table})`,
    );
}

/** Of a database or a cluster: backquotes, with those inside escaped. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
