import { timeUs, type TraceDocument, type TraceId } from '@fluoroscope/model';
import { createMemoryStore, readChangedRows, StoreError } from '@fluoroscope/store';
import { trace } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { createIndexer } from './indexer.ts';

const [OLD, OTHER] = ['1-5759e988-bd862e3fe1be46a994272791', '1-5759e988-bd862e3fe1be46a994272792'];
const SHOP = trace`
  shop               0..300   200
    -> stock.example 50..200
      stock          60..190
`;

test('a trace that cannot be opened goes on from its row; those of the same batch are linked', async () => {
  const { index, sealed, forget } = setUp();
  const [shop, stock] = [SHOP.document('shop'), SHOP.document('stock')];
  await index(inTrace(shop, OLD), inTrace(shop, OTHER));
  forget();
  sealed.add(OLD ?? '');
  const { traces, facts, documents } = await index(inTrace(stock, OLD), inTrace(stock, OTHER));
  expect(documents).toHaveLength(2);
  expect(traces.map(({ traceId, revision, partial }) => [traceId, revision, partial])).toEqual([
    [OLD, 2, true],
    [OTHER, 2, false],
  ]);
  const takenBack = facts.filter(({ sign }) => sign === -1).map(({ traceId }) => traceId);
  expect(new Set(takenBack)).toEqual(new Set([OTHER]));
});

test('another error of the store is passed on', async () => {
  const { index, forget, fail } = setUp();
  await index(inTrace(SHOP.document('shop'), OLD));
  forget();
  fail(new StoreError('corrupt', 'a block'));
  await expect(index(inTrace(SHOP.document('stock'), OLD))).rejects.toMatchObject({ code: 'corrupt' });
});

function inTrace(document: TraceDocument, id = ''): TraceDocument {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written as one above
  return { ...document, trace_id: id as TraceId };
}

function setUp() {
  const store = createMemoryStore();
  const sealed = new Set<string>();
  let failure: StoreError | null = null;
  let sequence = 0;
  const indexer = createIndexer({
    async readDocuments(ids) {
      if (failure !== null) throw failure;
      if (ids.some((id) => sealed.has(id))) throw new StoreError('sealed', 'no key');
      return store.readDocuments(ids);
    },
    readTraceRows: (ids) => store.readTraceRows(ids),
    mayKnow: () => true,
    cachedEntitiesMax: 1_000,
  });
  return {
    sealed,
    forget: () => indexer.forget(),
    fail: (error: StoreError) => (failure = error),
    index: async (...documents: readonly TraceDocument[]) => {
      const incoming = documents.map((document) => ({
        document,
        text: JSON.stringify(document),
        receivedUs: timeUs(1),
      }));
      const batch = await indexer.index(incoming);
      await store.write({ origin: 'journal', sequence: (sequence += 1), ...batch });
      return { ...batch, traces: await readChangedRows(batch.traces) };
    },
  };
}
