import { timeUs, type TraceId } from '@fluoroscope/model';
import { createMemoryStore, readChangedRows, StoreError, type TraceRow, type TraceStore } from '@fluoroscope/store';
import { trace } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { readFilter } from '../filter/filter.ts';
import { createIndexer } from '../indexer/indexer.ts';
import { createVerifier, type VerifyBudget } from './verify-traces.ts';

const PLENTY: VerifyBudget = { traceCountMax: 100, documentCountMax: 1e6, charsMax: 1e9, wallMsMax: 60_000 };
const SMALL = 'shop 0..9 fault k:1\n  -> stock.local 0..8 fault\n    stock 0..7';
const GIANT = `shop 0..9 fault\n${Array.from({ length: 20 }, (_, at) => `  -> call${at} 0..8 fault`).join('\n')}`;

test('a giant trace is judged by its row where that tells, else left out and counted', async () => {
  const { rows, store, reads } = await stored([SMALL, GIANT]);
  const verify = (text: string) => verifier(text, store, { traceDocumentsMax: 5 }).verify(rows);
  expect((await verify('edge{fault}')).rows).toEqual([rows[0]]);
  expect((await verify('fault OR edge{fault}')).rows).toEqual(rows);
  expect((await verify('ok AND edge{fault}')).rows).toEqual([]);
  const one = verifier('edge{fault}', store, { traceDocumentsMax: 5 });
  await one.verify(rows);
  expect(one.unjudged).toEqual({ giantCount: 1, costlyCount: 0, unreadableCount: 0 });
  expect(reads.flat()).not.toContain(rows[1]?.traceId);
});

test('documents are read only where the row does not tell', async () => {
  const { rows, store, reads } = await stored([SMALL, GIANT]);
  expect((await verifier('annotation.k AND edge{fault}', store).verify(rows)).rows).toEqual([rows[0]]);
  expect(reads).toEqual([[rows[0]?.traceId]]);
  expect((await verifier('!instance.id AND fault', store).verify(rows)).rows).toEqual(rows);
  expect(reads).toHaveLength(1);
});

test('an expression that asks too much of a trace: left out and counted', async () => {
  const { rows, store } = await stored([SMALL]);
  const text = Array.from({ length: 500 }, () => '!service{http.status = 1}').join(' ');
  const one = verifier(text, store, { stepsMax: 100 });
  expect((await one.verify(rows)).rows).toEqual([]);
  expect(one.unjudged).toEqual({ giantCount: 0, costlyCount: 1, unreadableCount: 0 });
});

test('a trace that cannot be opened is left out and counted, and costs no other', async () => {
  const { rows, store } = await stored([SMALL, `${SMALL}\n  - x 0..1`]);
  const readDocuments = (ids: readonly TraceId[]) =>
    ids.some((id) => id === rows[0]?.traceId)
      ? Promise.reject(new StoreError('sealed', 'no key'))
      : store.readDocuments(ids);
  const one = verifier('edge{fault}', store, { readDocuments });
  expect((await one.verify(rows)).rows).toEqual([rows[1]]);
  expect(one.unjudged).toMatchObject({ unreadableCount: 1 });
});

test('a spent budget ends the search after the trace that spent it, and the first trace is always looked at', async () => {
  const { rows, store } = await stored([SMALL, `${SMALL}\n  - x 0..1`, `${SMALL}\n  - y 0..1`]);
  let nowMs = 0;
  const one = verifier('edge{fault}', store, { budget: { ...PLENTY, wallMsMax: 5 }, nowMs: () => (nowMs += 2) });
  const { lookedAtCount } = await one.verify(rows);
  expect(lookedAtCount).toBeGreaterThanOrEqual(1);
  expect(lookedAtCount).toBeLessThan(3);
  expect(one.isSpent).toBe(true);
  expect(await one.verify(rows)).toEqual({ rows: [], lookedAtCount: 0 });
});

test('it stops when enough is found', async () => {
  const { rows, store } = await stored([SMALL, `${SMALL}\n  - x 0..1`, `${SMALL}\n  - y 0..1`]);
  expect(await verifier('edge{fault}', store).verify(rows, 2)).toEqual({ rows: rows.slice(0, 2), lookedAtCount: 2 });
});

type Options = Partial<Parameters<typeof createVerifier>[0]>;

function verifier(text: string, store: TraceStore, options: Options = {}): ReturnType<typeof createVerifier> {
  const plan = readFilter(text, null);
  if (!plan.ok) throw new Error(plan.problem.code);
  const readDocuments = (ids: readonly TraceId[]) => store.readDocuments(ids);
  return createVerifier({ plan: plan.value, readDocuments, budget: PLENTY, ...options });
}

async function stored(
  drawings: readonly string[],
): Promise<{ rows: readonly TraceRow[]; store: TraceStore; reads: (readonly TraceId[])[] }> {
  const store = createMemoryStore();
  const indexer = createIndexer({
    readDocuments: (ids) => store.readDocuments(ids),
    readTraceRows: (ids) => store.readTraceRows(ids),
    mayKnow: (id) => store.mayKnow(id),
    cachedEntitiesMax: 1_000,
  });
  const rows: TraceRow[] = [];
  for (const [at, drawing] of drawings.entries()) {
    const incoming = trace`${drawing}`.documents.map((document) => ({
      document,
      text: JSON.stringify(document),
      receivedUs: timeUs(0),
    }));
    const batch = await indexer.index(incoming);
    rows.push(...(await readChangedRows(batch.traces)));
    await store.write({ origin: 'x', sequence: at + 1, ...batch });
  }
  const reads: (readonly TraceId[])[] = [];
  const read = store.readDocuments.bind(store);
  store.readDocuments = (ids) => {
    reads.push(ids);
    return read(ids);
  };
  return { rows, store, reads };
}
