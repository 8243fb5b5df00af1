import type { DuckDBConnection } from '@duckdb/node-api';
import { readSchema } from './sql-files.ts';

// What the bench of reads asks about, made inside the engine: ten million spans in minutes. Ids are random.
// `otlp`: ten documents a trace, one a span; 11 annotations a span out of 97 keys × 1,000 values.
// `xray`: one document a trace, of four entities; 5 annotations.

export type TrafficKind = 'otlp' | 'xray';

export interface Traffic {
  readonly kind: TrafficKind;
  readonly serviceCount: number;
  readonly startUs: number;
  readonly traceEveryUs: number;
}

export const HEAD_DOCUMENTS = 65_536;

export function tracesPerHead(kind: TrafficKind): number {
  return Math.ceil(HEAD_DOCUMENTS / spansOf(kind));
}

export async function makeServices(connection: DuckDBConnection, { serviceCount }: Traffic): Promise<void> {
  await connection.run(
    `INSERT INTO memory.main.services SELECT i, 'service-' || i, 'AWS::ECS::Container', '123456789012' FROM range(1, ${serviceCount + 1}) AS t(i)`,
  );
}

/** Fills a new schema in memory, as a head of the traces from `first` on. */
export async function makeHead(
  connection: DuckDBConnection,
  schema: string,
  traffic: Traffic,
  first: number,
): Promise<void> {
  await connection.run(`CREATE SCHEMA memory.${schema}; USE memory.${schema}`);
  await connection.run(readSchema('head'));
  await connection.run('USE memory.main');
  const { kind, startUs, traceEveryUs } = traffic;
  await connection.run(`
    CREATE OR REPLACE TEMP TABLE made AS
    SELECT
      i,
      hash(i) AS hi,
      hash(i + 1000000007) AS lo,
      (${startUs} + i * ${traceEveryUs})::BIGINT AS start_us,
      2000 + (exp((hash(i * 31 + 7) % 10000) / 2500.0) * 5000)::BIGINT AS length_us
    FROM range(${first}, ${first + tracesPerHead(kind)}) AS t(i)`);
  const prefix = `memory.${schema}`;
  await connection.run(documentsSql(prefix, kind));
  await connection.run(annotationsSql(prefix, kind));
  await connection.run(tracesSql(prefix, traffic));
  await connection.run(factsSql(prefix, traffic));
  await connection.run('DROP TABLE made; DROP TABLE items; DROP TABLE numbered');
}

function spansOf(kind: TrafficKind): number {
  return kind === 'otlp' ? 10 : 1;
}

/** The attribute that annotation `a` of document `j` has. */
const OTLP_PAIR = {
  key: `'attribute_' || (hash(i * 1000 + j * 20 + a) % 97)`,
  value: `'value_' || (hash(i * 1001 + j * 20 + a) % 1000)`,
};

function documentsSql(prefix: string, kind: TrafficKind): string {
  const annotations =
    kind === 'otlp'
      ? `list_aggregate(list_transform(range(11), lambda a: '"' || ${OTLP_PAIR.key} || '":"' || ${OTLP_PAIR.value} || '"'), 'string_agg', ',')`
      : `'"tenant":"t' || i % 100 || '","user_id":"u' || hash(i) % 50000 || '"'`;
  return `
    INSERT INTO ${prefix}.documents
    SELECT
      hi, lo, start_us + length_us + j * 100,
      '{"trace_id":"' || hex(hi) || hex(lo) || '","id":"' || hex(hash(i * 100 + j)) || '","name":"service-' || (hash(i * 7 + j) % 10)
        || '","start_time":' || (start_us / 1e6) || ',"end_time":' || ((start_us + length_us) / 1e6)
        || ',"http":{"request":{"method":"GET","url":"https://shop.example.com/api/orders/' || (hash(i) % 10000)
        || '"},"response":{"status":200}},"annotations":{' || ${annotations} || '}}'
    FROM made, range(${spansOf(kind)}) AS d(j)
    ORDER BY i, j`;
}

/** Pairs and lists of services get numbers; `numbered` are those of each trace. */
function annotationsSql(prefix: string, kind: TrafficKind): string {
  const spans = spansOf(kind);
  const annotations =
    kind === 'otlp'
      ? `flatten(list_transform(range(${spans}), lambda j: list_transform(range(11), lambda a: {'key': ${OTLP_PAIR.key}, 'text': ${OTLP_PAIR.value}, 'number': NULL::DOUBLE, 'flag': NULL::BOOLEAN, 'services': [j::INTEGER]})))`
      : `[{'key': 'tenant', 'text': 't' || i % 100, 'number': NULL::DOUBLE, 'flag': NULL::BOOLEAN, 'services': [0]},
          {'key': 'user_id', 'text': 'u' || hash(i) % 50000, 'number': NULL, 'flag': NULL, 'services': [0]},
          {'key': 'region', 'text': 'eu-central-1', 'number': NULL, 'flag': NULL, 'services': [0, 1]},
          {'key': 'items', 'text': NULL, 'number': (hash(i + 3) % 20)::DOUBLE, 'flag': NULL, 'services': [0]},
          {'key': 'vip', 'text': NULL, 'number': NULL, 'flag': hash(i + 4) % 7 = 0, 'services': [0]}]`;
  return `
    CREATE OR REPLACE TEMP TABLE items AS
    SELECT i, item."key", item.text, item.number, item.flag, item.services
    FROM (SELECT i, unnest(list_distinct(${annotations})) AS item FROM made);
    INSERT INTO ${prefix}.annotation_values
    SELECT (row_number() OVER () - 1)::INTEGER, *
    FROM (SELECT DISTINCT "key", text, number, flag FROM items);
    INSERT INTO ${prefix}.annotation_services
    SELECT (row_number() OVER () - 1)::INTEGER, *
    FROM (SELECT DISTINCT services FROM items);
    CREATE OR REPLACE TEMP TABLE numbered AS
    SELECT i, list(annotation_id ORDER BY annotation_id, set_no) AS ids, list(set_no ORDER BY annotation_id, set_no) AS sets
    FROM items
    JOIN ${prefix}.annotation_values AS v
      ON v."key" = items."key"
      AND v.text IS NOT DISTINCT FROM items.text
      AND v.number IS NOT DISTINCT FROM items.number
      AND v.flag IS NOT DISTINCT FROM items.flag
    JOIN ${prefix}.annotation_services USING (services)
    GROUP BY i`;
}

function tracesSql(prefix: string, { kind, serviceCount }: Traffic): string {
  const spans = spansOf(kind);
  return `
    INSERT INTO ${prefix}.traces
    SELECT
      hi, lo, 3, start_us, start_us + length_us, length_us, hash(i) % 50 = 0, false, false, false, false,
      'GET', 'https://shop.example.com/api/orders/' || (hash(i) % 10000), CASE WHEN hash(i) % 50 = 0 THEN 500 ELSE 200 END,
      'Mozilla/5.0 (X11; Linux x86_64)', '10.0.' || hash(i) % 256 || '.' || hash(i + 1) % 256, 0,
      list_distinct(list_transform(range(${Math.max(spans, 3)}), lambda j: 1 + (hash(i * 7 + j) % ${serviceCount})::INTEGER)),
      ids, sets,
      [], [], ['i-' || hash(i) % 40], ['eu-central-1a'], start_us + length_us + 1000 + hash(i) % 100000, ${kind === 'otlp' ? 10 : 4},
      [], NULL, []
    FROM made
    JOIN numbered USING (i)
    ORDER BY i`;
}

/** Of each call a node and an edge; who calls whom is fixed but for a few. */
function factsSql(prefix: string, { kind, serviceCount }: Traffic): string {
  const callCount = kind === 'otlp' ? 10 : 3;
  return `
    INSERT INTO ${prefix}.facts
    SELECT
      start_us + length_us, start_us, CASE WHEN length_us < 100 THEN length_us ELSE lead // step * step * unit END, hi, lo,
      CASE role WHEN 0 THEN 1 + (callee + 1 + hash(i + j) % 3)::INTEGER % ${serviceCount} ELSE 0 END,
      1 + callee, role, CASE WHEN hash(i * 13 + j) % 50 = 0 THEN 3 ELSE 0 END, 1, NULL
    FROM (
      SELECT
        *,
        greatest(10 ** (len(length_us::VARCHAR) - 3), 1)::BIGINT AS unit,
        length_us // unit AS lead,
        CASE WHEN lead < 200 THEN 1 WHEN lead < 500 THEN 2 ELSE 5 END AS step
      FROM (
      SELECT
        i, hi, lo, j, role,
        (hash(i * 7 + j) % ${serviceCount})::INTEGER AS callee,
        start_us + j * 500 + hash(i * 50 + j) % 400 AS start_us,
        (length_us * (0.2 + (hash(i * 17 + j * 3) % 1000) / 1000.0 * 0.7) / (1 + j * 0.3))::BIGINT AS length_us
      FROM made, range(${callCount}) AS c(j), range(2) AS r(role)
      )
    )`;
}
