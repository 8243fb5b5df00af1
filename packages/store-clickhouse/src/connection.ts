import { Readable } from 'node:stream';
import { ClickHouseLogLevel, createClient, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client';
import { checkAwaited, StoreError } from '@fluoroscope/store';
import { isAway, toStoreError } from './clickhouse-error.ts';
import { AWAY_MS_MAX, AWAY_MS_MIN, CONNECTIONS_MAX, INSERT_MS_MAX, READ_MS_MAX, SCHEMA_MS_MAX } from './limits.ts';
import { renderQuery } from './render-schema.ts';
import type { StorePlace } from './store-url.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A row as the server prints it: numbers, texts, nulls and lists of these, in the order selected. */
export type Row = readonly unknown[];

export interface Insert {
  readonly table: string;
  readonly block: Buffer;
  readonly rowCount: number;
  /** An insert with the token of an earlier one into this table changes nothing. */
  readonly token: string;
  /** An earlier try may have come through: then none of the rows is written. */
  readonly isRepeat: boolean;
}

/** Asks, and changes nothing. Values are parameters, `{name:Type}` in the statement, never text of it. */
export interface Reader {
  query(sql: string, values?: Readonly<Record<string, unknown>>): Promise<readonly Row[]>;
}

/** The one way to the server. Everything rejects with a StoreError; soon after a connection has failed, at once. */
export interface Connection extends Reader, AsyncDisposable {
  readonly place: StorePlace;
  /** For one who may go: rejects with `cancelled` once the signal says so, and the server stops. */
  until(signal: AbortSignal | undefined): Reader;
  /** Before there is a database: the first value of the answer. */
  askOutside(sql: string, values?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Before there is a database: a statement without answer or values. */
  commandOutside(sql: string): Promise<void>;
  /** A statement without answer or values. */
  command(sql: string): Promise<void>;
  /** Resolves when the server has written the block for good, or has it already; rejects when it took fewer rows. */
  insert(insert: Insert): Promise<void>;
}

/** Whatever the server's profiles say, each of these matters. */
const SETTINGS: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 0,
  // Written when the call returns, not when the server finds time.
  async_insert: 0,
  wait_end_of_query: 1,
  // One block sent is one block written, whatever its size: what a token stands for.
  min_insert_block_size_rows: '0',
  min_insert_block_size_bytes: '0',
  insert_deduplicate: 1,
  // The sums of facts that are there already are made up for, should they be missing; and only then.
  deduplicate_blocks_in_dependent_materialized_views: 1,
  // Rows that were replaced are never seen, and conditions do not hide the row that replaces.
  use_skip_indexes_if_final: 1,
};

/** Of a read that may be given up. The server looks whether the client is still there only while nothing can be written. */
const GIVEN_UP_SETTINGS: ClickHouseSettings = { readonly: '2', cancel_http_readonly_queries_on_client_close: 1 };

/** For tables spread over a cluster. */
const CLUSTER_SETTINGS: ClickHouseSettings = {
  // Written to the shard when the call returns, by more than half of its replicas.
  distributed_foreground_insert: 1,
  insert_quorum: 'auto',
  insert_quorum_timeout: INSERT_MS_MAX,
  // Reads and writes meet at the same replica, as long as it lives.
  load_balancing: 'in_order',
};

export function connect(place: StorePlace, credentials: Credentials): Connection {
  const options = {
    url: place.url,
    ...credentials,
    application: 'fluoroscope',
    request_timeout: SCHEMA_MS_MAX,
    max_open_connections: CONNECTIONS_MAX,
    use_multipart_params_auto: true,
    clickhouse_settings: { ...SETTINGS, ...(place.cluster !== null && CLUSTER_SETTINGS) },
    log: { level: ClickHouseLogLevel.OFF },
  };
  const client = createClient({ ...options, database: place.database });
  const outside = createClient(options);
  const backOff = createBackOff();

  async function ask<Answer>(what: string, run: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
    checkAwaited(signal);
    const refusal = backOff.refusal();
    if (refusal !== null) throw refusal;
    try {
      const answer = await run();
      backOff.reached();
      return answer;
    } catch (error) {
      // Then it is us who closed the connection.
      checkAwaited(signal);
      const problem = toStoreError(what, place.host, error);
      if (isAway(error)) backOff.missed(problem);
      throw problem;
    }
  }

  function until(signal: AbortSignal | undefined): Reader {
    return {
      query: (sql, values = {}) =>
        ask('a read failed', () => readRows(client, renderQuery(sql, place.cluster), values, signal), signal),
    };
  }

  return {
    place,
    ...until(undefined),
    until,
    askOutside: (sql, values = {}) =>
      ask('a statement failed', async () => {
        const [row] = await readRows(outside, sql, values);
        return row?.[0];
      }),
    commandOutside: (sql) => ask('a statement failed', () => runCommand(outside, sql)),
    command: (sql) => ask('a statement failed', () => runCommand(client, sql)),
    insert: (insert) => ask(`an insert into ${insert.table} failed`, () => insertBlock(client, insert)),
    async [Symbol.asyncDispose]() {
      await Promise.all([client.close(), outside.close()]);
    },
  };
}

async function runCommand(client: ClickHouseClient, query: string): Promise<void> {
  await client.command({ query, abort_signal: AbortSignal.timeout(SCHEMA_MS_MAX) });
}

async function readRows(
  client: ClickHouseClient,
  query: string,
  query_params: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<readonly Row[]> {
  const timeout = AbortSignal.timeout(READ_MS_MAX);
  const end = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const result = await client.query({
    query,
    query_params,
    format: 'JSONCompactEachRow',
    clickhouse_settings: {
      max_execution_time: READ_MS_MAX / 1_000,
      ...(signal !== undefined && GIVEN_UP_SETTINGS),
    },
    abort_signal: end,
  });
  // The client looks at the signal only until the answer begins.
  const close = (): void => result.close();
  end.addEventListener('abort', close, { once: true });
  try {
    return await result.json<Row>();
  } finally {
    end.removeEventListener('abort', close);
  }
}

async function insertBlock(client: ClickHouseClient, insert: Insert): Promise<void> {
  const { table, block, rowCount, token, isRepeat } = insert;
  const { stream, summary } = await client.exec({
    query: `INSERT INTO ${table} FORMAT Native`,
    values: Readable.from([block], { objectMode: false }),
    clickhouse_settings: { insert_deduplication_token: token },
    abort_signal: AbortSignal.timeout(INSERT_MS_MAX),
  });
  for await (const _nothing of stream);
  // Rows that views made of these count too.
  const written = Number(summary?.written_rows ?? 0);
  if (written < rowCount && !(isRepeat && written === 0))
    throw new StoreError('failed', `ClickHouse wrote ${written} of ${rowCount} rows into ${table}`);
}

interface BackOff {
  /** Why not to try now; null to try. */
  refusal(): StoreError | null;
  reached(): void;
  missed(problem: StoreError): void;
}

function createBackOff(): BackOff {
  let waitMs = 0;
  let untilMs = 0;
  let last: StoreError | null = null;
  return {
    refusal: () => (performance.now() < untilMs ? last : null),
    reached() {
      waitMs = 0;
      untilMs = 0;
    },
    missed(problem) {
      waitMs = Math.min(Math.max(waitMs * 2, AWAY_MS_MIN), AWAY_MS_MAX);
      untilMs = performance.now() + waitMs;
      last = problem;
    },
  };
}
