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

async function open(): Promise<TraceStore> {
  opened = await openDuckDbStore({ dir: join(folder, 'store'), memoryBytesMax: 128 * 2 ** 20, threads: 1 });
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
