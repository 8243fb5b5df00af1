import { copyFile, mkdtemp, rename, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeUs } from '@fluoroscope/model';
import type { TraceStore } from '@fluoroscope/store';
import {
  BASE_US,
  batchOf,
  documentOf,
  graphQueryOf,
  nodeFactOf,
  rowOf,
  serviceOf,
  traceIdOf,
  traceQueryOf,
} from '@fluoroscope/store/conformance';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDuckDbStore, type DuckDbStoreOptions } from '../open.ts';
import { printSliceName } from './slice-name.ts';

let folder = '';
let dir = '';
const opened: TraceStore[] = [];
const failing: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluoroscope-attached-'));
  dir = join(folder, 'store');
  failing.length = 0;
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
  expect(failing).toEqual([]);
});

async function open(limits: Partial<DuckDbStoreOptions>): Promise<TraceStore> {
  const events = { failing: (message: string) => failing.push(message) };
  const store = await openDuckDbStore({
    dir,
    memoryBytesMax: 128 * 2 ** 20,
    threads: 2,
    mergeSlicesMin: 1_000,
    events,
    ...limits,
  });
  opened.push(store);
  return store;
}

async function close(store: TraceStore): Promise<void> {
  opened.splice(opened.indexOf(store), 1);
  await store[Symbol.asyncDispose]();
}

/** More than are read at once. */
const SLICE_COUNT = 34;

/** In each slice a trace of its own, and one that all have. */
const SHARED = traceIdOf(1_000);

async function writeSlices(store: TraceStore, sliceCount: number): Promise<void> {
  for (let no = 1; no <= sliceCount; no += 1) {
    await store.write(
      batchOf(no, {
        documents: [documentOf(no, no), documentOf(1_000, no)],
        traces: [
          rowOf(no, { start: no * 60, annotations: [{ key: 'no', value: no, services: [] }] }),
          rowOf(1_000, { start: 0, revision: no, services: [serviceOf(`s${no}`)] }),
        ],
        facts: [nodeFactOf('a', { trace: no }), nodeFactOf(`s${no}`, { trace: 1_000 })],
      }),
    );
    await store.flush();
  }
}

/** What is asked of every slice, on some a second time. */
async function readAll(store: TraceStore): Promise<unknown> {
  const ids = [...Array.from({ length: SLICE_COUNT }, (_item, at) => traceIdOf(at + 1)), SHARED];
  const graph = graphQueryOf();
  return {
    stats: { ...(await store.readStats()), sizeBytes: 0, days: [] },
    page: await store.findTraces(traceQueryOf({ limit: 7 })),
    all: await store.findTraceIds(traceQueryOf({ limit: 1_000 })),
    whole: await store.findTraces(traceQueryOf({ limit: 1_000 })),
    rare: await store.findTraces(
      traceQueryOf({ condition: { op: 'annotation', key: 'no', is: '=', value: 3 }, limit: 7 }),
    ),
    documents: await store.readDocuments(ids),
    part: await store.readDocumentPage({ traceId: SHARED, skip: 20, limit: 10 }),
    rows: await store.readTraceRows(ids),
    graph: await store.readGraph(graph),
    ofTraces: await store.readGraph({ ...graph, traceIds: ids }),
    series: await store.readGraphSeries({
      startUs: timeUs(BASE_US - 3_600e6),
      endUs: timeUs(BASE_US + 3_600e6),
      periodUs: 300e6,
      services: null,
    }),
  };
}

test('with one file attached at a time all answers are the same', { timeout: 180_000 }, async () => {
  const whole = await open({});
  await writeSlices(whole, SLICE_COUNT);
  const expected = await readAll(whole);
  expect(expected).toMatchObject({ stats: { traceCount: SLICE_COUNT + 1, documentCount: 2 * SLICE_COUNT } });
  await close(whole);
  const store = await open({ attachedSlicesMax: 1 });
  for (const answer of await Promise.all([readAll(store), readAll(store)])) expect(answer).toEqual(expected);
});

test(
  'slices are merged and let go of while others are read, with one file attached',
  { timeout: 180_000 },
  async () => {
    const store = await open({ attachedSlicesMax: 1, mergeSlicesMin: 3 });
    const done = new AbortController();
    const writing = writeSlices(store, 8).finally(() => done.abort());
    while (!done.signal.aborted) {
      const { rows } = await store.findTraces(traceQueryOf({ limit: 100 }));
      expect(new Set(rows.map(({ traceId }) => traceId)).size).toBe(rows.length);
      const texts = (await store.readDocuments([SHARED])).map(({ text }) => text);
      expect(texts.length).toBeGreaterThanOrEqual(rows.length - 1);
      await store.readStats();
    }
    await writing;
    expect(await store.readStats()).toMatchObject({ traceCount: 9, documentCount: 16 });
    await store.retain({ arrivedBeforeUs: null, sizeBytesMax: 1 });
    await close(store);
    const again = await open({ attachedSlicesMax: 1 });
    expect((await again.readTraceRows([SHARED]))[0]?.revision).toBe(8);
  },
);

test.each<[string, (file: string) => Promise<void>, string]>([
  ['gone', (file) => rename(file, `${file}.away`), 'unreadable'],
  ['cut short', (file) => rename(file, `${file}.away`).then(() => copyCut(`${file}.away`, file)), 'corrupt'],
])('a file that is %s when it is asked for again is named, and others can be read', async (_name, damage, code) => {
  const store = await open({ attachedSlicesMax: 1 });
  await writeSlices(store, 3);
  const file = join(dir, printSliceName({ firstOrder: 1, lastOrder: 1 }));
  await damage(file);
  for (let round = 0; round < 2; round += 1) {
    const failure = await store.readDocuments([traceIdOf(1)]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'StoreError', code, message: expect.stringContaining(file) });
    expect(await store.readDocuments([traceIdOf(2), traceIdOf(3)])).toHaveLength(2);
  }
  await rename(`${file}.away`, file);
  expect(await store.readDocuments([traceIdOf(1)])).toHaveLength(1);
});

async function copyCut(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await truncate(to, 20_000);
}
