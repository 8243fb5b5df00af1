import { readFileSync } from 'node:fs';
import { timeUs } from '@fluoroscope/model';
import { createMemoryStore, type StoreBatch, type TraceStore } from '@fluoroscope/store';
import {
  BASE_US,
  batchOf,
  documentOf,
  edgeFactOf,
  graphQueryOf,
  nodeFactOf,
  ORIGIN,
  rowOf,
  serviceOf,
  sortSums,
  traceIdOf,
  traceQueryOf,
} from '@fluoroscope/store/conformance';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClickHouseStore } from './open.ts';
import { renderSchema } from './render-schema.ts';
import { readSchemaFiles } from './sql-files.ts';
import { startCuttingProxy, type CuttingProxy } from './testing/cutting-proxy.ts';
import { createDatabases } from './testing/databases.ts';
import { startEngine, type Engine } from './testing/engine.ts';

let engine: Engine;
let proxy: CuttingProxy;
beforeAll(async () => {
  engine = await startEngine();
  proxy = await startCuttingProxy(engine.url);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const databases = createDatabases(() => engine);
const NEXT_DAY = 86_400_000_000;
const later = (us: number) => timeUs(BASE_US + NEXT_DAY + us);

const FIRST = batchOf(3, {
  documents: [documentOf(1, 1), documentOf(2, 2)],
  traces: [rowOf(1, { services: [serviceOf('a')] }), rowOf(2, { start: 5 })],
  facts: [nodeFactOf('a'), edgeFactOf('a', 'b', { alias: 'x' })],
});

/** Of two days of arrival: replaces a row, moves another to an earlier minute, takes facts back. */
const SECOND = batchOf(7, {
  documents: [documentOf(1, 3), { ...documentOf(2, 4), receivedUs: later(4) }, documentOf(4, 5)],
  traces: [
    rowOf(1, { revision: 2, start: 7, fault: true, annotations: [{ key: 'k', value: 1.5, services: [] }] }),
    rowOf(2, { revision: 2, start: -200_000_000, updatedUs: later(4) }),
    rowOf(4),
  ],
  facts: [
    nodeFactOf('a', { sign: -1 }),
    nodeFactOf('a', { outcome: 'fault', start: 7 }),
    edgeFactOf('a', 'b', { sign: -1, alias: 'x' }),
    edgeFactOf('a', 'b', { trace: 2, start: -200_000_000 }),
  ],
});
/** begun, two days each of facts, traces and documents, done. */
const INSERT_COUNT = 8;

async function open(url: string, database: string): Promise<TraceStore> {
  return openClickHouseStore({ url: `${url}/${database}`, credentials: engine.credentials });
}

async function answersOf(store: TraceStore) {
  return {
    rows: await store.findTraces(traceQueryOf()),
    documents: await store.readDocuments([1, 2, 4].map(traceIdOf)),
    whole: sortSums(await store.readGraph(graphQueryOf(-30_000_000_000, 30_000_000_000))),
    minute: sortSums(await store.readGraph(graphQueryOf(0, 1_000))),
    traces: sortSums(await store.readGraph(graphQueryOf(0, 0, [1, 2]))),
    stats: { ...(await store.readStats()), sizeBytes: 0, days: [] },
  };
}

async function answersAfter(...batches: readonly StoreBatch[]) {
  await using memory = createMemoryStore();
  for (const batch of batches) await memory.write(batch);
  return await answersOf(memory);
}

const steps = Array.from({ length: INSERT_COUNT }, (_item, at) => at + 1);
test.each(steps.flatMap((step) => [[step, 'before'] as const, [step, 'after'] as const]))(
  'cut off at insert %i, %s the server has it: written again, by another process, all is there once',
  async (step, when) => {
    const { database, store, remove } = await databases.open();
    await store.write(FIRST);
    const cut = await open(proxy.url, database);
    proxy.cut(step, when);
    await expect(cut.write(SECOND)).rejects.toMatchObject({ name: 'StoreError', code: 'away' });
    await cut[Symbol.asyncDispose]();

    await using another = await open(engine.url, database);
    const isBegun = step > 1 || when === 'after';
    const isDone = step === INSERT_COUNT && when === 'after';
    expect(await another.readProgress(ORIGIN)).toEqual({
      sequence: isDone ? 7 : 3,
      durableSequence: isDone ? 7 : 3,
      unfinishedSequence: isBegun && !isDone ? 7 : null,
    });
    if (isBegun && !isDone) await expect(another.write(batchOf(9))).rejects.toThrow('left unfinished');
    await another.write(SECOND);
    await another.write(SECOND);
    expect(comparable(await answersOf(another))).toEqual(comparable(await answersAfter(FIRST, SECOND)));
    expect((await another.readProgress(ORIGIN)).unfinishedSequence).toBeNull();
    await store[Symbol.asyncDispose]();
    await remove?.();
  },
);

/** What was taken back may count in bounds of time. */
function comparable({ whole, minute, traces, ...answers }: Awaited<ReturnType<typeof answersOf>>) {
  const bare = (sums: typeof whole) =>
    sortSums({
      nodes: sums.nodes.map((sum) => ({ ...sum, startUs: timeUs(0), endUs: timeUs(0) })),
      edges: sums.edges.map((sum) => ({ ...sum, startUs: timeUs(0), endUs: timeUs(0) })),
    });
  return { ...answers, whole: bare(whole), minute: bare(minute), traces: bare(traces) };
}

test('the batch is as many inserts as the test above cuts', async () => {
  const { database, store, remove } = await databases.open();
  const through = await open(proxy.url, database);
  await through.write(FIRST);
  const before = proxy.insertCount;
  await through.write(SECOND);
  expect(proxy.insertCount - before).toBe(INSERT_COUNT);
  await through[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await remove?.();
});

test('sums that a crash kept from being made are made when the facts are written again, and only once', async () => {
  const { database, store, remove } = await databases.open();
  await using through = await open(proxy.url, database);
  for (const view of ['graph_minutes_view', 'alias_minutes_view'])
    await engine.run(`DROP VIEW ${database}.${view} SYNC`);
  proxy.cut(2, 'after');
  await expect(through.write(FIRST)).rejects.toMatchObject({ code: 'away' });
  const [first] = readSchemaFiles();
  for (const view of renderSchema(first?.source ?? '', null).filter((sql) => sql.startsWith('CREATE MATERIALIZED'))) {
    await engine.run(
      view.replace(/(EXISTS|TO|FROM) (\w+)/g, (_all, word: string, name: string) => `${word} ${database}.${name}`),
    );
  }
  await store.write(FIRST);
  expect(comparable(await answersOf(store))).toEqual(comparable(await answersAfter(FIRST)));
  await store[Symbol.asyncDispose]();
  await remove?.();
});

test('the process that was cut off goes on by itself', async () => {
  const { database, store, remove } = await databases.open();
  await using through = await open(proxy.url, database);
  await through.write(FIRST);
  proxy.cut(4, 'after');
  await expect(through.write(SECOND)).rejects.toMatchObject({ code: 'away' });
  await expect.poll(() => through.write(SECOND).then(() => 'written', String), { timeout: 10_000 }).toBe('written');
  expect(comparable(await answersOf(through))).toEqual(comparable(await answersAfter(FIRST, SECOND)));
  await store[Symbol.asyncDispose]();
  await remove?.();
});

test('a row that moves to another minute is found there only, by a process that did not write it before', async () => {
  const { database, store, remove } = await databases.open();
  await store.write(batchOf(1, { traces: [rowOf(1, { start: 5 })] }));
  await using another = await open(engine.url, database);
  for (const [at, start] of [-300_000_000, 5, 90_000_000].entries()) {
    const moved = rowOf(1, { start, revision: at + 2 });
    await another.write(batchOf(at + 2, { traces: [moved] }));
    expect((await another.findTraces(traceQueryOf())).rows).toEqual([moved]);
    expect(await another.readTraceRows([traceIdOf(1)])).toEqual([moved]);
  }
  expect(await another.readStats()).toMatchObject({ traceCount: 1 });
  await store[Symbol.asyncDispose]();
  await remove?.();
});

test('what another process wrote may be known from the next look at the progress on', async () => {
  const { database, store, remove } = await databases.open();
  await using another = await open(engine.url, database);
  await another.write({ ...batchOf(1, { traces: [rowOf(1)] }), origin: 'partition 1' });
  expect(store.mayKnow(traceIdOf(1))).toBe(false);
  await store.readProgress(ORIGIN);
  expect(store.mayKnow(traceIdOf(1))).toBe(true);
  await store[Symbol.asyncDispose]();
  await remove?.();
});

test('of two processes that write one origin, the one that was overtaken is refused', async () => {
  const { database, store, remove } = await databases.open();
  await store.write(FIRST);
  await using another = await open(engine.url, database);
  await another.write(batchOf(5, { facts: [nodeFactOf('b')] }));
  await expect(store.write(batchOf(4, { facts: [nodeFactOf('b')] }))).rejects.toThrow('another process writes');
  await store.write(batchOf(5, { facts: [nodeFactOf('b')] }));
  const { nodes } = await store.readGraph(graphQueryOf());
  expect(nodes.map(({ service, counts }) => `${service.name} ${counts.ok}`).sort()).toEqual(['a 1', 'b 1']);
  await store[Symbol.asyncDispose]();
  await remove?.();
});

test('a batch that cannot be stored changes nothing', async () => {
  const { store, remove } = await databases.open();
  const broken = { ...nodeFactOf('b'), endUs: timeUs(Number.NaN) };
  await expect(store.write(batchOf(1, { documents: [documentOf(1, 1)], facts: [broken] }))).rejects.toMatchObject({
    code: 'failed',
  });
  expect(await store.readProgress(ORIGIN)).toMatchObject({ sequence: 0, unfinishedSequence: null });
  expect(await store.readStats()).toMatchObject({ documentCount: 0 });
  await store.write(FIRST);
  await store[Symbol.asyncDispose]();
  await remove?.();
});

test('a cut batch whose records are lost is given up by the statement that docs/clickhouse.md names', async () => {
  const { database, store, remove } = await databases.open();
  const cut = await open(proxy.url, database);
  proxy.cut(2, 'before');
  await expect(cut.write(FIRST)).rejects.toMatchObject({ code: 'away' });
  await cut[Symbol.asyncDispose]();
  const docs = readFileSync(new URL('../../../docs/clickhouse.md', import.meta.url), 'utf8');
  const [, statement = ''] = /`(INSERT INTO progress [^`]+)`/.exec(docs) ?? [];
  const here = statement.replaceAll(/(INTO|FROM) progress/g, `$1 ${database}.progress`);
  await engine.run(here.replace('…', ORIGIN));
  await using another = await open(engine.url, database);
  await another.write(SECOND);
  expect(await another.readProgress(ORIGIN)).toMatchObject({ sequence: 7, unfinishedSequence: null });
  await store[Symbol.asyncDispose]();
  await remove?.();
});
