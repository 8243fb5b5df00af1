import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeUs } from '@fluoroscope/model';
import type { TracePage, TraceQuery, TraceRow, TraceStore } from '@fluoroscope/store';
import { BASE_US, batchOf, rowOf, serviceOf, traceQueryOf } from '@fluoroscope/store/conformance';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDuckDbStore } from '../open.ts';

const SLICES = 12;
const TRACES_A_SLICE = 40;
/** So many start at the same moment, in whatever slices they are. */
const TIED = 7;

/** Slices in turn: each has traces of all times. */
const ROWS: readonly TraceRow[] = Array.from({ length: SLICES * TRACES_A_SLICE }, (_, index) => {
  const startUs = timeUs(BASE_US + Math.floor(index / TIED) * 1_000);
  const endUs = timeUs(startUs + 1_000);
  return rowOf(index + 1, { startUs, endUs, services: [serviceOf(index % 3 === 0 ? 'third' : 'other')] });
});
const IDS = ROWS.toSorted((a, b) => b.startUs - a.startUs || (a.traceId < b.traceId ? 1 : -1)).map(
  ({ traceId }) => traceId,
);

let folder = '';
let store: TraceStore | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluoroscope-find-'));
  const dir = join(folder, 'store');
  store = await openDuckDbStore({ dir, memoryBytesMax: 128 * 2 ** 20, threads: 1, mergeSlicesMin: 1_000 });
  for (let slice = 0; slice < SLICES; slice += 1) {
    const traces = ROWS.filter((_row, index) => index % SLICES === slice);
    await store.write(batchOf(slice + 1, { traces }));
    // The last ones stay in memory.
    if (slice < SLICES - 1) await store.flush();
  }
});
afterAll(async () => {
  await store?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function walk(part: Partial<TraceQuery>): Promise<{ ids: readonly string[]; scannedCount: number }> {
  const ids: string[] = [];
  let scannedCount = 0;
  let after: TraceQuery['after'] = null;
  do {
    const page: TracePage | undefined = await store?.findTraces(traceQueryOf({ ...part, after }));
    for (const { traceId } of page?.rows ?? []) ids.push(traceId);
    scannedCount += page?.scannedCount ?? 0;
    after = page?.next ?? null;
  } while (after !== null);
  return { ids, scannedCount };
}

test.each([40, 100, 400, 1_000])('pages of %d over many slices have each trace once, in order', async (limit) => {
  expect(await walk({ limit })).toEqual({ ids: IDS, scannedCount: IDS.length });
});

test.each([50, 500])('so have pages of %d of what matches', async (limit) => {
  const third = new Set(ROWS.filter((_row, index) => index % 3 === 0).map(({ traceId }) => traceId));
  const condition = { op: 'service', name: 'third', type: null, accountId: null } as const;
  expect(await walk({ limit, condition })).toMatchObject({ ids: IDS.filter((id) => third.has(id)) });
});

test.each([1, 6, 8, 99, 479])('the newest %d ids', async (limit) => {
  const found = await store?.findTraceIds(traceQueryOf({ limit }));
  expect(found?.map(({ traceId }) => traceId)).toEqual(IDS.slice(0, limit));
});
