import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../memory-store.ts';
import type { GraphPeriod, GraphSums, StoreBatch, TraceStore } from '../trace-store.ts';
import { batches, conditions, graphQueries, idLists, seriesQueries, traceQueries, type Asked } from './arbitraries.ts';
import { ORIGIN, sortRows, sortSums, withoutBounds } from './samples.ts';
import type { OpenStore } from './store-test.ts';

const SEED = 20_261_121;
const RUN_COUNT = 40;

/** Generated batches and questions: the store must answer as the memory store does. */
export function describeSameAnswers(name: string, open: OpenStore, runCount: number = RUN_COUNT): void {
  describe(`${name} answers as the memory store`, () => {
    test('over generated batches and questions', { timeout: 120_000 }, async () => {
      const asked: fc.Arbitrary<Asked> = fc.record({
        traces: fc.array(traceQueries(conditions()), { minLength: 4, maxLength: 12 }),
        graphs: fc.array(graphQueries(), { minLength: 2, maxLength: 6 }),
        series: fc.array(seriesQueries(), { minLength: 1, maxLength: 4 }),
        ids: idLists(),
      });
      await fc.assert(
        fc.asyncProperty(batches(), asked, async (written, questions) => {
          const { store, remove } = await open();
          await using memory = createMemoryStore();
          try {
            await writeBoth(written, memory, store);
            await compareAnswers(questions, memory, store);
          } finally {
            await store[Symbol.asyncDispose]();
            await remove?.();
          }
        }),
        { seed: SEED, numRuns: runCount },
      );
    });
  });
}

async function writeBoth(batchesWritten: readonly StoreBatch[], memory: TraceStore, store: TraceStore): Promise<void> {
  for (const batch of batchesWritten) {
    await memory.write(batch);
    await store.write(batch);
  }
}

async function compareAnswers(
  { traces, graphs, series, ids }: Asked,
  memory: TraceStore,
  store: TraceStore,
): Promise<void> {
  expect((await store.readProgress(ORIGIN)).sequence).toBe((await memory.readProgress(ORIGIN)).sequence);
  expect(await store.readDocuments(ids)).toEqual(await memory.readDocuments(ids));
  for (const traceId of ids) {
    const query = { traceId, skip: 1, limit: 2 };
    expect(await store.readDocumentPage(query)).toEqual(await memory.readDocumentPage(query));
  }
  expect(sortRows(await store.readTraceRows(ids))).toEqual(sortRows(await memory.readTraceRows(ids)));
  for (const query of traces) {
    const page = await memory.findTraces(query);
    expect(await store.findTraces(query)).toEqual(page);
    expect(await store.findTraceIds(query)).toEqual(page.rows.map(({ traceId, startUs }) => ({ traceId, startUs })));
  }
  for (const query of graphs) {
    expect(comparable(await store.readGraph(query))).toEqual(comparable(await memory.readGraph(query)));
  }
  for (const query of series) {
    const expected = (await memory.readGraphSeries(query)).map(comparablePeriod);
    expect((await store.readGraphSeries(query)).map(comparablePeriod)).toEqual(expected);
  }
  const { sizeBytes: _ofStore, days: _ofSlices, ...stats } = await store.readStats();
  expect(stats).toEqual({ ...(await memory.readStats()), sizeBytes: undefined, days: undefined });
}

function comparable(sums: GraphSums): GraphSums {
  return sortSums(withoutBounds(sums));
}

function comparablePeriod({ startUs, ...sums }: GraphPeriod): GraphPeriod {
  return { startUs, ...comparable(sums) };
}
