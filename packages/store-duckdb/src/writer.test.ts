import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeUs } from '@fluoroscope/model';
import type { TraceStore } from '@fluoroscope/store';
import {
  batchOf,
  ORIGIN,
  documentOf,
  graphQueryOf,
  lateRowOf,
  nodeFactOf,
  rowOf,
  serviceOf,
  traceIdOf,
  traceQueryOf,
} from '@fluoroscope/store/conformance';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDuckDbStore } from './open.ts';

let folder = '';
let opened: TraceStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluoroscope-writer-'));
});
afterEach(async () => {
  await opened[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function open(failing: (message: string) => void = () => {}): Promise<TraceStore> {
  const dir = join(folder, 'store');
  opened = await openDuckDbStore({ dir, memoryBytesMax: 128 * 2 ** 20, threads: 1, events: { failing } });
  return opened;
}

test('a write that fails half way changes nothing, and the next one finds all as it was', async () => {
  const store = await open();
  const batch = batchOf(1, {
    documents: [documentOf(1, 1)],
    traces: [rowOf(1, { services: [serviceOf('a')] })],
    facts: [nodeFactOf('a')],
  });
  const broken = { ...nodeFactOf('b'), endUs: timeUs(Number.NaN) };
  await expect(store.write({ ...batch, facts: [nodeFactOf('c'), broken] })).rejects.toMatchObject({ code: 'failed' });
  expect(await store.readStats()).toMatchObject({ traceCount: 0, documentCount: 0 });
  expect((await store.readProgress(ORIGIN)).sequence).toBe(0);

  await store.write(batch);
  expect(await store.readDocuments([traceIdOf(1)])).toEqual(batch.documents);
  expect((await store.findTraces(traceQueryOf())).rows).toEqual(batch.traces);
  expect((await store.readGraph(graphQueryOf())).nodes).toMatchObject([{ service: { name: 'a' }, counts: { ok: 1 } }]);
});

test('of a trace that comes in pieces one row is made, the last', async () => {
  const store = await open();
  let madeCount = 0;
  for (const sequence of [1, 2, 3]) {
    const late = lateRowOf(1, () => {
      madeCount += 1;
      return rowOf(1, { revision: sequence });
    });
    await store.write(batchOf(sequence, { documents: [documentOf(1, sequence)], traces: [late] }));
  }
  expect([madeCount, (await store.readGraph(graphQueryOf())).nodes, madeCount]).toEqual([0, [], 0]);
  expect((await store.findTraces(traceQueryOf())).rows).toEqual([rowOf(1, { revision: 3 })]);
  await store.flush();
  expect(madeCount).toBe(1);
});

test.each([
  ['at once', () => rowFault()],
  ['later', async () => rowFault()],
])('a row that cannot be made, told %s, keeps no other and leaves the one before it', async (_when, readRow) => {
  const told: string[] = [];
  const store = await open((message) => told.push(message));
  await store.write(batchOf(1, { traces: [rowOf(1), rowOf(2)] }));
  await store.write(batchOf(2, { traces: [lateRowOf(1, readRow), lateRowOf(3, () => rowOf(3))] }));
  expect((await store.findTraces(traceQueryOf())).rows.map(({ traceId }) => traceId)).toEqual(
    [3, 2, 1].map((at) => traceIdOf(at)),
  );
  await store.flush();
  expect(told).toEqual(['no such trace']);
});

function rowFault(): never {
  throw new TypeError('no such trace');
}

test('services that only a row names are learned with it', async () => {
  const store = await open();
  const services = ['a', 'b', 'c'].map((name) => serviceOf(name));
  const rows = [rowOf(1, { services: services.slice(0, 2) }), rowOf(2, { services })];
  await store.write(batchOf(1, { traces: rows.map((row, at) => lateRowOf(at + 1, () => row)) }));
  expect((await store.findTraces(traceQueryOf())).rows.toReversed()).toEqual(rows);
  await store.flush();
  expect((await store.findTraces(traceQueryOf())).rows.toReversed()).toEqual(rows);
});

test('a row that comes at once stands for one that waits', async () => {
  const store = await open();
  await store.write(batchOf(1, { documents: [documentOf(1, 1)], traces: [lateRowOf(1, () => rowOf(1))] }));
  await store.write(batchOf(2, { traces: [rowOf(1, { revision: 2 })] }));
  expect((await store.findTraces(traceQueryOf())).rows).toEqual([rowOf(1, { revision: 2 })]);
});

test('rows that wait are in the slice', async () => {
  const store = await open();
  await store.write(batchOf(1, { documents: [documentOf(1, 1)], traces: [lateRowOf(1, () => rowOf(1))] }));
  await store.flush();
  await store[Symbol.asyncDispose]();
  const again = await open();
  expect((await again.findTraces(traceQueryOf())).rows).toEqual([rowOf(1)]);
});

test('a condition nested too deep is refused, not run', async () => {
  const store = await open();
  let condition = traceQueryOf().condition;
  for (let depth = 0; depth < 1_000; depth += 1) condition = { op: 'not', term: condition };
  await expect(store.findTraces(traceQueryOf({ condition }))).rejects.toMatchObject({ code: 'failed' });
});

test('a condition as deep as allowed runs', async () => {
  const store = await open();
  await store.write(batchOf(1, { traces: [rowOf(1)] }));
  let condition = traceQueryOf().condition;
  for (let depth = 0; depth < 250; depth += 1) condition = { op: 'not', term: condition };
  expect((await store.findTraces(traceQueryOf({ condition }))).rows).toHaveLength(1);
});

test('reads run while a write does, and see the store before or after it, never between', async () => {
  const store = await open();
  await store.write(batchOf(1, { traces: [rowOf(1)], documents: [documentOf(1, 1)] }));
  const traces = Array.from({ length: 5_000 }, (_item, at) => rowOf(at + 1, { revision: 2 }));
  const write = store.write(batchOf(2, { traces, documents: traces.map((_row, at) => documentOf(at + 1, 2)) }));
  const seen: number[] = [];
  for (let read = 0; read < 20; read += 1) {
    const { traceCount, documentCount } = await store.readStats();
    expect([`1 1`, '5000 5001']).toContain(`${traceCount} ${documentCount}`);
    seen.push(traceCount);
  }
  await write;
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});
