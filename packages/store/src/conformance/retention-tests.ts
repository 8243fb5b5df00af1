import { expect, test } from 'vitest';
import { timeUs } from '@fluoroscope/model';
import type { TraceStore } from '../trace-store.ts';
import {
  BASE_US,
  batchOf,
  documentOf,
  graphQueryOf,
  nodeFactOf,
  ORIGIN,
  rowOf,
  sortSums,
  traceIdOf,
  traceQueryOf,
} from './samples.ts';
import { storeTest, type OpenStore } from './store-test.ts';

const DAY = 86_400_000_000;
const NO_POLICY = { arrivedBeforeUs: null, sizeBytesMax: null };
const before = (us: number) => ({ ...NO_POLICY, arrivedBeforeUs: timeUs(BASE_US + us) });

/** Four traces, one a day, each with one document, one row and one fact; each day made durable for itself. */
async function fill(store: TraceStore): Promise<void> {
  for (const day of [0, 1, 2, 3]) {
    const trace = day + 1;
    await store.write(
      batchOf(trace, {
        documents: [{ ...documentOf(trace, trace), receivedUs: timeUs(BASE_US + day * DAY + 1_000) }],
        traces: [rowOf(trace, { start: day * DAY, updatedUs: timeUs(BASE_US + day * DAY + 1_000) })],
        facts: [nodeFactOf(`day${day}`, { trace, start: day * DAY, length: 100 })],
      }),
    );
    await store.flush();
  }
}

const ALL_TRACES = [1, 2, 3, 4].map(traceIdOf);
const ALL_TIME = { start: -DAY, end: 9 * DAY };

/** Of the four days, those that each kind of read still finds. */
async function daysLeft(store: TraceStore): Promise<Readonly<Record<string, readonly number[]>>> {
  const documents = await store.readDocuments(ALL_TRACES);
  const { rows } = await store.findTraces(traceQueryOf(ALL_TIME));
  const { nodes } = sortSums(await store.readGraph(graphQueryOf(-DAY, 9 * DAY)));
  return {
    documents: documents.map(({ traceId }) => ALL_TRACES.indexOf(traceId)),
    rows: rows.map(({ traceId }) => ALL_TRACES.indexOf(traceId)).sort((a, b) => a - b),
    facts: nodes.map(({ service }) => Number(service.name.slice(3))),
  };
}

export function describeRetention(open: OpenStore): void {
  storeTest('without a policy nothing goes', open, async (store) => {
    await fill(store);
    expect(await store.retain(NO_POLICY)).toEqual({ sliceCount: 0, documentCount: 0, sizeBytes: 0 });
    expect(await store.readStats()).toMatchObject({ documentCount: 4, retainedFromUs: null });
  });

  storeTest('stats tell days apart, with all that is in slices', open, async (store) => {
    await fill(store);
    const { days, sizeBytes } = await store.readStats();
    const starts = days.map(({ startUs }) => startUs);
    expect(starts).toEqual([0, 1, 2, 3].map((day) => Math.floor((BASE_US + day * DAY) / DAY) * DAY));
    expect(days.map(({ documentCount }) => documentCount)).toEqual([1, 1, 1, 1]);
    expect(days.reduce((sum, day) => sum + day.sizeBytes, 0)).toBeLessThanOrEqual(sizeBytes);
  });

  storeTest('what arrived long before goes from every read; what arrived since stays', open, async (store) => {
    await fill(store);
    const { sliceCount, documentCount } = await store.retain(before(2 * DAY));
    const { documents, rows, facts } = await daysLeft(store);
    expect(documents).toEqual(expect.arrayContaining([2, 3]));
    // Slices may be larger than a day, not by more than one here: the first day is gone in any store.
    expect(documents).not.toContain(0);
    expect([rows, facts]).toEqual([documents, documents]);
    expect(documentCount).toBe(4 - (documents?.length ?? 0));
    expect(sliceCount).toBeGreaterThan(0);
  });

  storeTest('graphs begin where the newest thing dropped arrived', open, async (store) => {
    await fill(store);
    // Told late of a call that ended before all of this: kept as a document, and not counted.
    const late = nodeFactOf('late', { trace: 4, start: 5, length: 5 });
    await store.write(batchOf(9, { facts: [late, nodeFactOf('new', { trace: 4, start: 3 * DAY })] }));
    await store.retain(before(2 * DAY));
    const { retainedFromUs } = await store.readStats();
    expect(retainedFromUs).toBeGreaterThanOrEqual(BASE_US + 1_000);
    expect(retainedFromUs).toBeLessThan(BASE_US + 2 * DAY);
    const names = (await store.readGraph(graphQueryOf(-DAY, 9 * DAY))).nodes.map(({ service }) => service.name);
    expect(names).not.toContain('late');
    expect(names).toContain('new');
  });

  storeTest('what went may come again, and writing goes on', open, async (store) => {
    await fill(store);
    await store.retain(before(2 * DAY));
    const again = [{ ...documentOf(1, 1), receivedUs: timeUs(BASE_US + 3 * DAY + 2_000) }];
    await store.write(batchOf(5, { documents: again, traces: [rowOf(1, { start: 3 * DAY })] }));
    expect(await store.readDocuments([traceIdOf(1)])).toEqual(again);
    expect(await store.readTraceRows([traceIdOf(1)])).toEqual([rowOf(1, { start: 3 * DAY })]);
    expect((await store.readProgress(ORIGIN)).sequence).toBe(5);
  });

  test('what was dropped stays so, and its sequence is not forgotten, after reopening', async () => {
    const { store, reopen, remove } = await open();
    await fill(store);
    await store.retain(before(2 * DAY));
    const left = await daysLeft(store);
    const { retainedFromUs } = await store.readStats();
    const after = reopen === undefined ? store : await reopen();
    expect(await daysLeft(after)).toEqual(left);
    expect((await after.readStats()).retainedFromUs).toBe(retainedFromUs);
    expect((await after.readProgress(ORIGIN)).sequence).toBe(4);
    await after[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await remove?.();
  });

  storeTest('a size limit drops the oldest first and keeps the newest', open, async (store) => {
    await fill(store);
    await store.retain({ ...NO_POLICY, sizeBytesMax: 1 });
    const { documents } = await daysLeft(store);
    expect(documents).toContain(3);
    // In memory nothing has a size.
    expect(documents?.includes(0)).toBe(!store.capabilities.durable);
  });
}
