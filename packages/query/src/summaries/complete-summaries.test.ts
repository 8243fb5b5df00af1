import { timeUs, type TimeUs, type TraceId } from '@fluoroscope/model';
import { createMemoryStore, StoreError, type StoredDocument, type TraceRow, type TraceStore } from '@fluoroscope/store';
import { trace, type DrawnTrace } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { createIndexer } from '../indexer/indexer.ts';
import { completeSummaries } from './complete-summaries.ts';
import { SUMMARIES_DOCUMENTS_MAX, SUMMARIES_READ_DOCUMENTS_MAX, SUMMARY_TRACE_DOCUMENTS_MAX } from './limits.ts';

const FAILS = trace`
  shop 0..300 200
    -> stock.example 50..200 500
    -> mail 250..260 404
`;
const FINE = trace`
  cart 0..100 200
    - work 10..90
`;

test('root causes of each trace of the page, in the order of the rows', async () => {
  const { store, rows } = await indexed(FAILS, FINE);
  const summaries = await completeSummaries(rows, { readDocuments: (ids) => store.readDocuments(ids), ...ANY_TIME });
  expect(summaries.map(({ Id }) => Id)).toEqual(rows.map(({ traceId }) => traceId));
  expect(summaries).toMatchObject([
    {
      FaultRootCauses: [{ Services: [{ Name: 'shop' }, { Name: 'stock.example' }], ClientImpacting: false }],
      ErrorRootCauses: [{ Services: [{ Name: 'shop' }, { Name: 'mail' }] }],
      ResponseTimeRootCauses: [{ Services: [{ Name: 'shop' }, { Name: 'stock.example', Inferred: true }] }],
    },
    {
      FaultRootCauses: [],
      ErrorRootCauses: [],
      ResponseTimeRootCauses: [{ Services: [{ EntityPath: [{ Coverage: 1 }, { Name: 'work', Coverage: 0.8 }] }] }],
    },
  ]);
});

test('rows that keep their root causes need no documents, and say the same', async () => {
  const { store, rows } = await indexed(FAILS, FINE);
  const kept = await store.readTraceRows(rows.map(({ traceId }) => traceId));
  const seen: number[] = [];
  const summaries = await completeSummaries(kept, { readDocuments: countInto(seen), ...ANY_TIME });
  expect(seen).toEqual([]);
  expect(summaries).toEqual(
    await completeSummaries(rows, { readDocuments: (ids) => store.readDocuments(ids), ...ANY_TIME }),
  );
});

test('root causes by other rules are passed over', async () => {
  const { rows } = await indexed(FINE);
  const seen: number[] = [];
  const other = rows.map((row) => ({ ...row, causes: { shape: '[0,"whatever"]', coverages: [] } }));
  await completeSummaries(other, { readDocuments: countInto(seen), ...ANY_TIME });
  expect(seen).toEqual([1]);
});

test.each([
  ['began before the range', 100_000, 100_000],
  ['began in it', -100_000, 0],
])('MatchedEventTime of a trace that %s', async (_name, offsetUs, matchedUs) => {
  const { store, rows } = await indexed(FINE);
  const startUs = rows[0]?.startUs ?? 0;
  const [summary] = await completeSummaries(rows, {
    readDocuments: (ids) => store.readDocuments(ids),
    activeFromUs: timeUs(startUs + offsetUs),
  });
  expect(summary?.MatchedEventTime).toBe((startUs + matchedUs) / 1e6);
});

test('asked for by another range, there is no matched event', async () => {
  const { store, rows } = await indexed(FINE);
  const [summary] = await completeSummaries(rows, { readDocuments: (ids) => store.readDocuments(ids), ...ANY_TIME });
  expect(summary).not.toHaveProperty('MatchedEventTime');
});

test.each([
  ['a page of small traces is one read', Array(100).fill(SUMMARIES_READ_DOCUMENTS_MAX / 100), [100]],
  ['small ones first', [900, 5, 900], [2, 1]],
  ['a giant is not read', [SUMMARY_TRACE_DOCUMENTS_MAX + 1, 1], [1]],
  [
    'beyond the budget of a page the largest are not read',
    Array(6).fill(SUMMARY_TRACE_DOCUMENTS_MAX),
    Array(SUMMARIES_DOCUMENTS_MAX / SUMMARY_TRACE_DOCUMENTS_MAX).fill(1),
  ],
])('%s', async (_name, counts: readonly number[], reads) => {
  const { rows } = await indexed(FINE);
  const seen: number[] = [];
  const many = rows.flatMap((row) => counts.map((entityCount, at) => ({ ...row, entityCount, traceId: idOf(at) })));
  const summaries = await completeSummaries(many, { readDocuments: countInto(seen), ...ANY_TIME });
  expect(seen).toEqual(reads);
  expect(summaries).toHaveLength(counts.length);
});

test('versions of one entity count too: each makes a revision', async () => {
  const { rows } = await indexed(FINE);
  const seen: number[] = [];
  const often = rows.map((row) => ({ ...row, revision: SUMMARY_TRACE_DOCUMENTS_MAX + 1 }));
  await completeSummaries(often, { readDocuments: countInto(seen), ...ANY_TIME });
  expect(seen).toEqual([]);
});

test('after so many characters no more is read, and what is left has no root causes', async () => {
  const { store, rows } = await indexed(FAILS, FINE);
  const large = rows.map((row) => ({ ...row, entityCount: SUMMARIES_READ_DOCUMENTS_MAX }));
  const summaries = await completeSummaries(large, {
    readDocuments: (ids) => store.readDocuments(ids),
    charsMax: 1,
    ...ANY_TIME,
  });
  expect(summaries.map((summary) => 'FaultRootCauses' in summary)).toEqual([true, false]);
});

test('a trace that cannot be opened costs its own root causes only', async () => {
  const { store, rows } = await indexed(FAILS, FINE);
  const readDocuments = (ids: readonly TraceId[]): Promise<readonly StoredDocument[]> =>
    ids.includes(FAILS.traceId) ? Promise.reject(new StoreError('sealed', 'no such key')) : store.readDocuments(ids);
  const summaries = await completeSummaries(rows, { readDocuments, ...ANY_TIME });
  expect(summaries.map((summary) => [summary.Id, 'FaultRootCauses' in summary])).toEqual([
    [FAILS.traceId, false],
    [FINE.traceId, true],
  ]);
});

test('a store that fails otherwise fails the page', async () => {
  const { rows } = await indexed(FINE);
  const readDocuments = () => Promise.reject(new StoreError('failed', 'no disk'));
  await expect(completeSummaries(rows, { readDocuments, ...ANY_TIME })).rejects.toThrow('no disk');
});

const ANY_TIME = { activeFromUs: null } satisfies { activeFromUs: TimeUs | null };

function countInto(seen: number[]): (ids: readonly TraceId[]) => Promise<readonly StoredDocument[]> {
  return async (ids) => {
    seen.push(ids.length);
    return [];
  };
}

function idOf(at: number): TraceId {
  return `1-66f00000-${String(at).padStart(24, '0')}` as TraceId;
}

async function indexed(...drawn: readonly DrawnTrace[]): Promise<{ store: TraceStore; rows: readonly TraceRow[] }> {
  const store = createMemoryStore();
  const indexer = createIndexer({
    readDocuments: (ids) => store.readDocuments(ids),
    readTraceRows: (ids) => store.readTraceRows(ids),
    mayKnow: () => false,
    cachedEntitiesMax: 100,
  });
  const documents = drawn.flatMap((one) => one.documents);
  const incoming = documents.map((document) => ({ document, text: JSON.stringify(document), receivedUs: timeUs(1) }));
  await store.write({ origin: 'journal', sequence: 1, ...(await indexer.index(incoming)) });
  const rows = await store.readTraceRows(drawn.map(({ traceId }) => traceId));
  // As earlier versions wrote them.
  return { store, rows: rows.map((row) => ({ ...row, causes: null })) };
}
