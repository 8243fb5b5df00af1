import { batchOf, nodeFactOf, graphQueryOf, traceQueryOf } from '@fluoroscope/store/conformance';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createClaim } from './claim.ts';
import { connect } from './connection.ts';
import { CLAIM_MS } from './limits.ts';
import { openClickHouseStore } from './open.ts';
import { parseStoreUrl } from './store-url.ts';
import { startEngine, type Engine } from './testing/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine[Symbol.asyncDispose]());
beforeEach(async () => {
  const names = ['two_journals', 'read_too', 'read_not', 'paused', 'silent', 'at_once'];
  for (const name of names) await engine.run(`DROP DATABASE IF EXISTS ${name} SYNC`);
});

const open = (database: string, journal?: string) =>
  openClickHouseStore({ url: `${engine.url}/${database}`, credentials: engine.credentials, journal });

test('a database that is written from one journal is refused to another, until the last process of the first has left', async () => {
  const first = await open('two_journals', 'journal a');
  const second = await open('two_journals', 'journal a');
  const refused = /two_journals at 127\.0\.0\.1:\d+ is written from another journal \(journal a; this one is kafka:b\)/;
  await expect(open('two_journals', 'kafka:b')).rejects.toThrow(refused);
  await first[Symbol.asyncDispose]();
  await expect(open('two_journals', 'kafka:b')).rejects.toThrow(refused);
  await second[Symbol.asyncDispose]();
  await using other = await open('two_journals', 'kafka:b');
  await other.write(batchOf(1));
  await expect(open('two_journals', 'journal a')).rejects.toThrow('kafka:b; this one is journal a');
});

test('who only reads, and another database, are not refused', async () => {
  await using _writing = await open('read_too', 'journal a');
  await using reading = await open('read_too');
  expect((await reading.findTraces(traceQueryOf())).rows).toEqual([]);
  await using _other = await open('read_not', 'journal b');
});

test('one that was killed is missed after its time, and refused when it comes back from a pause', async () => {
  const paused = await open('paused', 'journal a');
  await paused.write(batchOf(1, { facts: [nodeFactOf('a')] }));
  await engine.run(`INSERT INTO paused.writers SELECT journal, process, 'gone', now64(3) + 1 FROM paused.writers`);
  await using next = await open('paused', 'journal b');
  await next.write({ ...batchOf(1, { facts: [nodeFactOf('b')] }), origin: 'journal b' });
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + CLAIM_MS + 1);
  await expect(paused.write(batchOf(2, { facts: [nodeFactOf('c')] }))).rejects.toThrow('another journal (journal b');
  clock.mockRestore();
  const { nodes } = await paused.readGraph(graphQueryOf());
  expect(nodes.map(({ service }) => service.name).toSorted()).toEqual(['a', 'b']);
  await paused[Symbol.asyncDispose]();
});

test('a process counts no longer once it was not seen for as long as it may stay silent', async () => {
  await (await open('silent'))[Symbol.asyncDispose]();
  const seen = (age: number) =>
    engine.run(`INSERT INTO silent.writers VALUES ('journal a', 'p${age}', 'here', now64(3) - ${age})`);
  await seen(CLAIM_MS / 1_000 + 1);
  await (await open('silent', 'journal b'))[Symbol.asyncDispose]();
  await seen(0);
  await expect(open('silent', 'journal b')).rejects.toThrow('another journal (journal a');
});

test('of several that come at once at most one journal is let in, and those turned away may come again', async () => {
  await (await open('at_once'))[Symbol.asyncDispose]();
  const place = parseStoreUrl(`${engine.url}/at_once`);
  if (!place.ok) throw new Error(place.problem);
  const connections = Array.from({ length: 4 }, () => connect(place.value, engine.credentials));
  const claims = connections.map((connection, at) => createClaim(connection, `journal ${at}`));
  const held = await Promise.allSettled(claims.map((claim) => claim.hold()));
  expect(held.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  for (const claim of claims) await claim.release();
  const [first] = claims;
  await expect(first?.hold()).resolves.toBeUndefined();
  for (const claim of claims) await claim.release();
  for (const connection of connections) await connection[Symbol.asyncDispose]();
});
