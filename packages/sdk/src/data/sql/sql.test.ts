import { EventEmitter } from 'node:events';
import { AsyncLocalStorage } from 'node:async_hooks';
import official from 'aws-xray-sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { currentSegment, enableAutomaticMode, enableManualMode } from '../../context/context.ts';
import { Segment } from '../../document/segment.ts';
import { openLog } from '../../testing/log.ts';
import { callsOf, inSegment, printCalls } from '../../testing/traced.ts';
import { uncapture, type AnyFunction } from '../patches.ts';
import { captureMySQL } from './mysql.ts';
import { capturePostgres } from './postgres.ts';

/** Sockets were made by nobody's request. */
const outside = AsyncLocalStorage.snapshot();
type Done = (error: unknown, result?: unknown, ...more: unknown[]) => void;
const fails = (text: unknown): boolean => String(text).includes('nowhere');

beforeEach(() => void openLog());
afterEach(() => {
  vi.unstubAllEnvs();
  enableAutomaticMode();
});

/** As node-postgres: strings, configurations and objects with `submit`; answers from the socket. */
function fakePg() {
  class Client {
    database = 'db';
    host = 'h';
    connectionParameters = { host: 'h', port: 5432, database: 'db', user: 'u' };
    // Where the official SDK finds the query.
    _queryable = true;
    queryQueue = [];
    activeQuery: object = {};
    query(config: unknown, values?: unknown, callback?: unknown): unknown {
      if (config === null || config === undefined) throw new TypeError('no query');
      const object = config as {
        submit?: unknown;
        text?: string;
        callback?: Done;
        handleError(error: unknown): void;
        handleReadyForQuery(): void;
      };
      const text = typeof config === 'string' ? config : object.text;
      this.activeQuery = typeof config === 'string' ? { text } : { ...config };
      const error = fails(text) ? new Error(`no ${text}`) : null;
      if (object.submit !== undefined) {
        outside(() =>
          setImmediate(() =>
            error === null ? object.handleReadyForQuery() : (object.handleError(error), object.handleReadyForQuery()),
          ),
        );
        return config;
      }
      const done = [values, callback, object.callback].find((each) => typeof each === 'function') as Done | undefined;
      if (done !== undefined) return void outside(() => setImmediate(() => done(error, 'rows')));
      return new Promise((resolve, reject) =>
        outside(() => setImmediate(() => (error === null ? resolve('rows') : reject(error)))),
      );
    }
  }
  class PgPool {
    options = { host: 'h', port: 5432, database: 'db', user: 'u' };
    broken = false;
    connect(callback?: Done): unknown {
      const error = this.broken ? new Error('refused') : null;
      const client = new Client();
      if (callback !== undefined) return void outside(() => setImmediate(() => callback(error, client)));
      return error === null ? Promise.resolve(client) : Promise.reject(error);
    }
    query(text: string, done: Done): void {
      this.connect((error, client) => (error ? done(error) : (client as Client).query(text, done)));
    }
  }
  return { Client, Pool: class Pool extends PgPool {}, PgPool };
}

class Cursor extends EventEmitter {
  readonly text: string;
  constructor(text: string) {
    super();
    this.text = text;
  }
  submit(): void {}
  handleError(): void {}
  handleReadyForQuery(): void {
    this.emit('end');
  }
}

const until = <T>(begin: (done: (value: T) => void) => unknown): Promise<T> =>
  new Promise((resolve) => void begin(resolve));

test('pg: promises, callbacks, objects; callbacks in their caller’s segment', async () => {
  const pg = capturePostgres(capturePostgres(fakePg()));
  const client = new pg.Client();
  const found: unknown[] = [];
  const note: (done: () => void) => Done = (done) => () => (found.push(currentSegment()), done());
  const config = { text: 'select 1', callback: undefined as Done | undefined };
  const segment = await inSegment(async () => {
    await client.query('select 1');
    await (client.query({ name: 'n', text: 'select nowhere' }) as Promise<unknown>).catch(() => {});
    await until((done) => client.query('select 1', note(done as () => void)));
    await until((done) => client.query('select nowhere', [1], note(done as () => void)));
    await until((done) => client.query(((config.callback = note(done as () => void)), config)));
    await until((done) => (client.query(new Cursor('select 1')) as Cursor).on('end', note(done as () => void)));
    await until((done) => (client.query(new Cursor('nowhere')) as Cursor).on('end', note(done as () => void)));
  });
  expect(printCalls(segment)).toEqual(['db@h', 'db@h! (statement)', 'db@h', 'db@h!', 'db@h', 'db@h', 'db@h!']);
  expect(found).toEqual(Array.from({ length: 5 }, () => segment));
  expect(callsOf(segment)[0]).toMatchObject({ namespace: 'remote', sql: { url: 'postgresql://h:5432/db', user: 'u' } });
});

test('pg: texts only when they are asked for; what is refused at once is closed', async () => {
  const client = new (capturePostgres(fakePg()).Client)();
  const segment = await inSegment(async () => {
    await client.query('select 1');
    vi.stubEnv('AWS_XRAY_COLLECT_SQL_QUERIES', 'true');
    await client.query('select $1', ['secret']);
    expect(() => client.query(null)).toThrow('no query');
  });
  expect(
    callsOf(segment).map(({ sql, fault }) => [(sql as Record<string, unknown>)['sanitized_query'], fault]),
  ).toEqual([
    [undefined, undefined],
    ['select $1', undefined],
    [undefined, true],
  ]);
});

test('pg: a pool gives clients to who waits for them, or says that there is no database', async () => {
  const pg = capturePostgres(fakePg());
  const pool = new pg.Pool();
  const ok = await inSegment(() => until((done) => pool.query('select 1', () => done(currentSegment()))));
  pool.broken = true;
  const refused = await inSegment(() => until((done) => pool.query('select 1', done)));
  const awaited = await inSegment(() => (pool.connect() as Promise<unknown>).catch(() => {}));
  expect([ok, refused, awaited].map(printCalls)).toEqual([['db@h'], ['db@h!'], ['db@h!']]);
});

test('pg: manual mode, not sampled, undone', async () => {
  const pg = fakePg();
  const before: unknown[] = [Reflect.get(pg.Client.prototype, 'query'), Reflect.get(pg.PgPool.prototype, 'connect')];
  const client = new (capturePostgres(pg).Client)();
  const unsampled = new Segment('shop');
  unsampled.notTraced = true;
  await inSegment(() => client.query('select 1'), unsampled);
  expect(unsampled.subsegments).toBeUndefined();
  enableManualMode();
  const segment = new Segment('shop');
  const given = await until<readonly unknown[]>((done) =>
    Reflect.apply(Reflect.get(client, 'query'), client, ['select 1', [], (...args: unknown[]) => done(args), segment]),
  );
  await (Reflect.apply(Reflect.get(client, 'query'), client, ['select 1', segment]) as Promise<unknown>);
  expect([printCalls(segment), given]).toEqual([
    ['db@h', 'db@h'],
    [null, 'rows', segment.subsegments?.[0]],
  ]);
  uncapture(pg);
  expect([Reflect.get(pg.Client.prototype, 'query'), Reflect.get(pg.PgPool.prototype, 'connect')]).toEqual(before);
  expect(Object.hasOwn(pg.Pool.prototype, 'connect')).toBe(false);
});

class Command extends EventEmitter {
  sql: string;
  values: unknown;
  onResult: Done | undefined;
  constructor(sql: string, values: unknown, onResult: Done | undefined) {
    super();
    this.sql = sql;
    this.values = values;
    this.onResult = onResult;
  }
}

/** As mysql2: a pool makes commands itself and gives them to a connection; callbacks come from the socket. */
function fakeMySQL() {
  const toCommand = (sql: unknown, values: unknown, done: unknown): Command => {
    if (sql instanceof Command) return sql;
    const options = typeof sql === 'string' ? { sql } : (sql as { sql: string; values?: unknown });
    const callback = [values, done].find((each) => typeof each === 'function') as Done | undefined;
    return new Command(options.sql, options.values ?? values, callback);
  };
  class Connection {
    config = { host: 'h', port: 3306, database: 'db', user: 'u' };
    query(sql: unknown, values?: unknown, done?: unknown): Command {
      const command = toCommand(sql, values, done);
      outside(() =>
        setImmediate(() => {
          const error = fails(command.sql) ? new Error('no table') : null;
          if (command.onResult !== undefined) command.onResult(error, 'rows');
          else if (error !== null) command.emit('error', error);
          command.emit('end');
        }),
      );
      return command;
    }
    prepare(options: unknown, done: Done): void {
      const statement = {
        execute: (_values: unknown, finished: Done) => outside(() => setImmediate(() => finished(null, options))),
      };
      outside(() => setImmediate(() => done(null, statement)));
    }
  }
  class Pool {
    config = { connectionConfig: { host: 'h', port: 3306, database: 'db', user: 'u' } };
    broken = false;
    readonly #one = new Connection();
    getConnection(done: Done): void {
      outside(() => setImmediate(() => (this.broken ? done(new Error('refused')) : done(null, this.#one))));
    }
    query(sql: unknown, values?: unknown, done?: unknown): Command {
      const command = toCommand(sql, values, done);
      this.getConnection((error, connection) =>
        error ? command.onResult?.(error) : (connection as Connection).query(command),
      );
      return command;
    }
  }
  class Cluster {
    readonly #pool = new Pool();
    of(): Pool {
      return this.#pool;
    }
    getConnection(done: Done): void {
      this.#pool.getConnection(done);
    }
  }
  return {
    createConnection: (): Connection | Promise<{ connection: Connection }> => new Connection(),
    createPool: () => new Pool(),
    createPoolCluster: () => new Cluster(),
  };
}

test('mysql: callbacks, values, events, statements', async () => {
  const connection = captureMySQL(captureMySQL(fakeMySQL())).createConnection() as Exclude<
    ReturnType<ReturnType<typeof fakeMySQL>['createConnection']>,
    Promise<unknown>
  >;
  const found: unknown[] = [];
  const end = (done: (value: unknown) => void) => () => done(found.push(currentSegment()));
  const segment = await inSegment(async () => {
    await until((done) => connection.query('select 1', end(done)));
    await until((done) => connection.query('select ?', [1], end(done)));
    await until((done) => connection.query({ sql: 'select ?', values: [1] }, end(done)));
    await until((done) => connection.query('select 1').on('end', end(done)));
    await until((done) => connection.query('nowhere').on('error', end(done)));
    await until((done) => connection.query('nowhere', end(done)));
    const statement = await until<{ execute(values: unknown, done: Done): void }>((done) =>
      connection.prepare('select ?', (_, each) => done(each as never)),
    );
    await until((done) => statement.execute([1], end(done)));
  });
  const STATEMENT = 'db@h (statement)';
  expect(printCalls(segment)).toEqual(['db@h', STATEMENT, STATEMENT, 'db@h', 'db@h!', 'db@h!', STATEMENT]);
  expect(found).toEqual(Array.from({ length: 7 }, () => segment));
  expect(callsOf(segment)[0]).toMatchObject({ namespace: 'remote', sql: { url: 'mysql://h:3306/db', user: 'u' } });
});

test('mysql: pools and clusters record a query once, and a database that is not there', async () => {
  const mysql = captureMySQL(fakeMySQL());
  const [pool, cluster] = [mysql.createPool(), mysql.createPoolCluster()];
  const query = (on: { query(sql: string, done: Done): unknown }) =>
    until((done) => on.query('select 1', () => done(currentSegment())));
  const first = await inSegment(() => query(pool));
  const own = await inSegment(async () =>
    query(await until((done) => pool.getConnection((_, each) => done(each as never)))),
  );
  const part = await inSegment(() => query(cluster.of()));
  const of = await inSegment(async () =>
    query(await until((done) => cluster.getConnection((_, each) => done(each as never)))),
  );
  pool.broken = true;
  const refused = await inSegment(() => query(pool));
  expect([first, own, part, of, refused].map(printCalls)).toEqual([['db@h'], ['db@h'], ['db@h'], ['db@h'], ['db@h!']]);
});

test('mysql: promised connections; undone, what was made passes calls on', async () => {
  const base = fakeMySQL();
  const { createConnection } = base;
  const connection = createConnection() as never;
  base.createConnection = () => Promise.resolve({ connection });
  const promised = base.createConnection;
  const mysql = captureMySQL(base);
  const made = (await mysql.createConnection()) as unknown as { connection: { query(sql: string, done: Done): void } };
  const query = () => until((done) => made.connection.query('select 1', done));
  expect(printCalls(await inSegment(query))).toEqual(['db@h']);
  uncapture(mysql);
  expect([printCalls(await inSegment(query)), base.createConnection === promised]).toEqual([[], true]);
});

test.each([capturePostgres, captureMySQL])('%o takes no other module', (capture) => {
  expect(() => capture({})).toThrow(TypeError);
});

/** A call in manual mode, as both SDKs take it: the last argument is the parent. */
type Ask = (query: AnyFunction, parent: object) => unknown;

const asks: readonly [string, Ask][] = [
  ['a query', (query, parent) => until((done) => query('select 1', [], () => done(0), parent))],
  ['values', (query, parent) => until((done) => query('select ?', [1], () => done(0), parent))],
  ['an error', (query, parent) => until((done) => query('select nowhere', [], () => done(0), parent))],
];

test.each(asks)('%s: the documents are those of the official SDK', async (_, ask) => {
  vi.stubEnv('AWS_XRAY_COLLECT_SQL_QUERIES', '1');
  official.setLogger({ debug() {}, info() {}, warn() {}, error() {} });
  official.enableManualMode();
  enableManualMode();
  const connect = (mysql: object): object => Reflect.apply(Reflect.get(mysql, 'createConnection'), mysql, []);
  const pairs: readonly (readonly [theirs: object, ours: object])[] = [
    [
      new (official.capturePostgres(fakePg() as never) as unknown as ReturnType<typeof fakePg>).Client(),
      new (capturePostgres(fakePg()).Client)(),
    ],
    [connect(official.captureMySQL(fakeMySQL() as never)), connect(captureMySQL(fakeMySQL()))],
  ];
  for (const [theirs, ours] of pairs) {
    const documents: unknown[] = [];
    for (const [client, segment] of [
      [theirs, new official.Segment('shop')],
      [ours, new Segment('shop')],
    ] as const) {
      await ask((...args) => Reflect.apply(Reflect.get(client, 'query'), client, args), segment);
      await new Promise((resolve) => setImmediate(resolve));
      documents.push(comparable(segment.toString()));
    }
    expect(documents[0]).toHaveLength(1);
    expect(documents[1]).toEqual(documents[0]);
  }
});

/** Without what differs from call to call, and `remote` of errors, which the official SDK leaves false for those of a database. */
function comparable(text: string): unknown {
  const { subsegments } = JSON.parse(text, (key, value: unknown) =>
    ['id', 'start_time', 'end_time', 'stack', 'remote'].includes(key) ? undefined : value,
  ) as { subsegments: unknown };
  return subsegments;
}
