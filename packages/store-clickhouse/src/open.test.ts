import { ORIGIN, batchOf, nodeFactOf, rowOf, traceQueryOf } from '@fluoroscope/store/conformance';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openClickHouseStore } from './open.ts';
import { readSchemaFiles } from './sql-files.ts';
import { startCuttingProxy } from './testing/cutting-proxy.ts';
import { createDatabases } from './testing/databases.ts';
import { startEngine, type Engine } from './testing/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const name of ['later', 'altered', 'wider', 'at_once']) await engine.run(`DROP DATABASE IF EXISTS ${name} SYNC`);
});
const databases = createDatabases(() => engine);

const open = (database: string) =>
  openClickHouseStore({ url: `${engine.url}/${database}`, credentials: engine.credentials });

test('a schema of a later version is `unknown-version`', async () => {
  await (await open('later'))[Symbol.asyncDispose]();
  await engine.run("INSERT INTO later.schema_steps (number, name) VALUES (999, 'later')");
  await expect(open('later')).rejects.toMatchObject({
    code: 'unknown-version',
    message: expect.stringContaining('999'),
  });
});

test.each([
  ['traces DROP COLUMN client_ip', 'traces.client_ip is missing'],
  ['facts MODIFY COLUMN sign Int16', 'facts.sign is Int16, not Int8'],
  ['alias_minutes DROP COLUMN fact_count', 'alias_minutes.fact_count is missing'],
])('an altered table is said: %s', async (change, message) => {
  await (await open('altered'))[Symbol.asyncDispose]();
  await engine.run(`ALTER TABLE altered.${change}`);
  await expect(open('altered')).rejects.toMatchObject({
    code: 'unknown-version',
    message: expect.stringContaining(message),
  });
});

test('a column that somebody added does not matter', async () => {
  await (await open('wider'))[Symbol.asyncDispose]();
  await engine.run("ALTER TABLE wider.traces ADD COLUMN team String DEFAULT 'none'");
  await using store = await open('wider');
  await store.write(batchOf(1, { traces: [rowOf(1)] }));
  expect((await store.findTraces(traceQueryOf())).rows).toEqual([rowOf(1)]);
});

test('several processes that open an empty server at once', async () => {
  const stores = await Promise.all([1, 2, 3].map(() => open('at_once')));
  for (const store of stores) await store[Symbol.asyncDispose]();
  expect(await engine.rows('SELECT DISTINCT number FROM at_once.schema_steps')).toHaveLength(readSchemaFiles().length);
});

test('a wrong password is `unreadable`, and is in no message', async () => {
  const credentials = { username: 'fluoroscope', password: 'wrong-secret' };
  const opening = openClickHouseStore({ url: `${engine.url}/any`, credentials });
  const error: unknown = await opening.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'StoreError', code: 'unreadable' });
  expect(print(error)).not.toContain('wrong-secret');
});

test('while the server is away the store opens, calls are refused with a reason, and it is ready when the server is', async () => {
  const { database, store: direct, remove } = await databases.open();
  const proxy = await startCuttingProxy(engine.url);
  proxy.setAway(true);
  const store = await openClickHouseStore({ url: `${proxy.url}/${database}`, credentials: engine.credentials });
  const calls = [
    store.readProgress(ORIGIN),
    store.write(batchOf(1)),
    store.findTraces(traceQueryOf()),
    store.readStats(),
  ];
  for (const call of calls) {
    const error: unknown = await call.catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'away',
      message: expect.stringMatching(/127\.0\.0\.1:\d+ cannot be reached/),
    });
    expect(print(error)).not.toContain(engine.credentials.password);
  }
  expect(store.mayKnow(rowOf(1).traceId)).toBe(true);
  proxy.setAway(false);
  const write = () => store.write(batchOf(1, { facts: [nodeFactOf('a')] })).then(() => 'written', String);
  await expect.poll(write, { timeout: 20_000 }).toBe('written');
  expect(await direct.readProgress(ORIGIN)).toMatchObject({ sequence: 1 });
  await store[Symbol.asyncDispose]();
  await direct[Symbol.asyncDispose]();
  await remove?.();
  await proxy[Symbol.asyncDispose]();
});

test('a condition nested too deep is refused, one as deep as allowed runs', async () => {
  const { store, remove } = await databases.open();
  await store.write(batchOf(1, { traces: [rowOf(1)] }));
  const nested = (depth: number) => {
    let { condition } = traceQueryOf();
    for (let at = 0; at < depth; at += 1) condition = { op: 'not', term: condition };
    return traceQueryOf({ condition });
  };
  expect((await store.findTraces(nested(250))).rows).toHaveLength(1);
  await expect(store.findTraces(nested(1_000))).rejects.toMatchObject({ code: 'failed' });
  await store[Symbol.asyncDispose]();
  await remove?.();
});

/** All that a log could get hold of. */
function print(error: unknown): string {
  const seen = new Set<unknown>();
  const parts: string[] = [];
  for (let one = error; one instanceof Error && !seen.has(one); one = one.cause) {
    seen.add(one);
    parts.push(one.message, one.stack ?? '', JSON.stringify(one));
  }
  return parts.join('\n');
}
