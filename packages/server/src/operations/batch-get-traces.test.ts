import type { Trace } from '@fluoroscope/api';
import { timeUs, type TraceDocument, type TraceId } from '@fluoroscope/model';
import { createIndexer } from '@fluoroscope/query';
import { createMemoryStore, type TraceStore } from '@fluoroscope/store';
import { trace } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { LARGE_TRACE_PAGE_CHARS_MAX } from '../limits.ts';
import { createPageTokens } from '../page-token.ts';
import { alterStore } from '../testing/altered-store.ts';
import { createBatchGetTraces, type BatchGetTracesOptions } from './batch-get-traces.ts';

const tokens = createPageTokens(Buffer.alloc(32, 1));
const events = { troubleMet: () => {} };
const LARGE = trace`
  shop 0..300 200
    - work 10..20 alone
    -> DynamoDB 30..40 table=carts
  stock 10..60 200
  stock 20..70 200 as=again
  mail 30..80 200
`;
const IN_ORDER = ['shop', 'stock', 'stock', 'mail', 'DynamoDB'];

test.each([
  ['one by one', 1, 5],
  ['some at once', 500, 2],
  ['all at once', 1e6, 1],
])('every segment of a trace once, %s', async (_name, pageCharsMax, pageCount) => {
  const pages = await readAll(await stored(LARGE.documents), { pageCharsMax });
  expect(pages.flatMap(namesOf)).toEqual(IN_ORDER);
  expect(pages).toHaveLength(pageCount);
  for (const [page] of pages) expect(page).toMatchObject({ Id: LARGE.traceId, Duration: 0.3, LimitExceeded: false });
});

test('a trace far larger than 500 kB is whole', async () => {
  const documents = manyOf(600, { metadata: { body: 'x'.repeat(2_000) } });
  const pages = await readAll(await stored(documents), { pageCharsMax: 200_000 });
  expect(pages.flat().every(({ LimitExceeded }) => LimitExceeded === false)).toBe(true);
  const ids = pages.flat().flatMap(({ Segments = [] }) => Segments.map(({ Id }) => Id));
  expect(new Set(ids).size).toBe(600);
  expect(ids).toHaveLength(600);
  for (const page of pages) expect(charsOf(page)).toBeLessThan(210_000);
});

test('what comes between two pages does not repeat or lose what was there', async () => {
  const store = await stored(LARGE.documents);
  const batchGetTraces = createBatchGetTraces({ store, tokens, events, pageCharsMax: 1 });
  const TraceIds = [LARGE.traceId];
  const first = await batchGetTraces({ TraceIds });
  const earlier = trace`early 0..300 parent=00000000000000aa id=0000000000000001`.documents;
  await write(
    store,
    earlier.map((document) => ({ ...document, trace_id: LARGE.traceId })),
    2,
  );
  const rest = await readAll(store, { pageCharsMax: 1 }, first.NextToken);
  expect([first.Traces ?? [], ...rest].flatMap(namesOf)).toEqual(IN_ORDER);
});

test('a trace too large to be put together comes as it was sent, and says so', async () => {
  const pages = await readAll(await stored(LARGE.documents), { pageCharsMax: 500, mergedDocumentsMax: 3 });
  expect(pages.flatMap(namesOf)).toEqual(['shop', 'work', 'stock', 'stock', 'mail']);
  for (const [page] of pages) expect(page).toMatchObject({ Id: LARGE.traceId, Duration: 0.3, LimitExceeded: true });
});

test('a trace that became too large between two pages is asked for anew', async () => {
  const store = await stored(LARGE.documents);
  const { NextToken } = await createBatchGetTraces({ store, tokens, events, pageCharsMax: 1 })({
    TraceIds: [LARGE.traceId],
  });
  const grown = createBatchGetTraces({ store, tokens, events, pageCharsMax: 1, mergedDocumentsMax: 3 });
  await expect(grown({ TraceIds: [LARGE.traceId], NextToken })).rejects.toMatchObject({
    code: 'InvalidRequestException',
  });
});

test('of a small trace nothing but its documents is read', async () => {
  const noRows = alterStore(await stored(LARGE.documents), {
    readTraceRows: () => Promise.reject(new Error('a row')),
  });
  const pages = await readAll(noRows, { pageCharsMax: 500 });
  expect(pages.flatMap(namesOf)).toEqual(IN_ORDER);
});

test('of a large trace only what is printed is in an answer, however many documents it has', async () => {
  const documents = manyOf(3_000, {});
  const options = { pageCharsMax: 50_000, mergedDocumentsMax: 1_000 };
  const pages = await readAll(await stored(documents), options);
  expect(pages.flatMap(namesOf)).toHaveLength(3_000);
  for (const page of pages) expect(charsOf(page)).toBeLessThan(51_000);
});

test('a page of a large trace is smaller than one of small traces', async () => {
  const store = await stored(manyOf(700, { metadata: { body: 'x'.repeat(20_000) } }));
  const pages = await readAll(store, { mergedDocumentsMax: 10 });
  const [first = 0] = pages.map(charsOf);
  expect(pages).toHaveLength(2);
  expect(first).toBeGreaterThanOrEqual(LARGE_TRACE_PAGE_CHARS_MAX);
  expect(first).toBeLessThan(LARGE_TRACE_PAGE_CHARS_MAX + 21_000);
});

test('of a large trace a page reads little more than it gives', async () => {
  const store = await stored(manyOf(3_000, {}));
  let readCount = 0;
  const counted = alterStore(store, {
    readDocuments: () => Promise.reject(new Error('all at once')),
    readDocumentPage: async (query) => {
      const documents = await store.readDocumentPage(query);
      readCount += documents.length;
      return documents;
    },
  });
  const pages = await readAll(counted, { pageCharsMax: 100_000, mergedDocumentsMax: 1_000 });
  expect(new Set(pages.flat().flatMap(({ Segments = [] }) => Segments.map(({ Id }) => Id))).size).toBe(3_000);
  expect(pages.length).toBeGreaterThan(3);
  expect(readCount).toBeLessThan(3_000 * 1.2);
});

test('what comes between two pages of a large trace is behind the rest', async () => {
  const store = await stored(LARGE.documents);
  const options = { pageCharsMax: 1, mergedDocumentsMax: 3 };
  const TraceIds = [LARGE.traceId];
  const first = await createBatchGetTraces({ store, tokens, events, ...options })({ TraceIds });
  const late = trace`late 0..300 parent=00000000000000aa id=0000000000000001`.documents;
  await write(
    store,
    late.map((document) => ({ ...document, trace_id: LARGE.traceId })),
    2,
  );
  const rest = await readAll(store, options, first.NextToken);
  expect([first.Traces ?? [], ...rest].flatMap(namesOf)).toEqual(['shop', 'work', 'stock', 'stock', 'mail', 'late']);
});

test('a large trace whose first documents went between two pages is asked for anew', async () => {
  const store = await stored(LARGE.documents);
  const read = createBatchGetTraces({ store, tokens, events, pageCharsMax: 1, mergedDocumentsMax: 3 });
  const TraceIds = [LARGE.traceId];
  const { NextToken } = await read({ TraceIds });
  const moved = alterStore(store, {
    readDocumentPage: ({ skip, ...query }) => store.readDocumentPage({ ...query, skip: skip + 2 }),
  });
  const later = createBatchGetTraces({ store: moved, tokens, events, pageCharsMax: 1, mergedDocumentsMax: 3 });
  await expect(later({ TraceIds, NextToken })).rejects.toMatchObject({ code: 'InvalidRequestException' });
});

test.each([
  ['as W3C writes it', (id: string) => id.slice(2).replace('-', '')],
  ['in upper case', (id: string) => id.toUpperCase()],
  [
    'as a UUID',
    (id: string) =>
      id
        .slice(2)
        .replace('-', '')
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  ],
])('an id %s is answered as X-Ray writes it, and once', async (_name, spell) => {
  const store = await stored(LARGE.documents);
  const TraceIds = [spell(LARGE.traceId), LARGE.traceId];
  const { Traces } = await createBatchGetTraces({ store, tokens, events })({ TraceIds });
  expect(Traces?.map(({ Id }) => Id)).toEqual([LARGE.traceId]);
});

type ReadStore = Pick<TraceStore, 'findTraces' | 'readDocumentPage' | 'readDocuments' | 'readTraceRows'>;

async function readAll(
  store: ReadStore,
  options: Omit<BatchGetTracesOptions, 'store' | 'tokens' | 'events'>,
  from?: string,
): Promise<(readonly Trace[])[]> {
  const batchGetTraces = createBatchGetTraces({ store, tokens, events, ...options });
  const [traceId] = await knownIds(store);
  const pages: (readonly Trace[])[] = [];
  let NextToken = from;
  do {
    const page = await batchGetTraces({ TraceIds: [String(traceId)], NextToken });
    expect(page.UnprocessedTraceIds).toEqual([]);
    pages.push(page.Traces ?? []);
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return pages;
}

async function knownIds(store: ReadStore): Promise<readonly TraceId[]> {
  const all = { startUs: timeUs(0), endUs: timeUs(Number.MAX_SAFE_INTEGER), limit: 10, after: null };
  const { rows } = await store.findTraces({ ...all, rangeOf: 'start', condition: { op: 'all' } });
  return rows.map(({ traceId }) => traceId);
}

function namesOf(traces: readonly Trace[]): readonly string[] {
  return traces.flatMap(({ Segments = [] }) => Segments.map(({ Document = '' }) => String(JSON.parse(Document).name)));
}

function charsOf(traces: readonly Trace[]): number {
  const lengths = traces.flatMap(({ Segments = [] }) => Segments.map(({ Document = '' }) => Document.length));
  return lengths.reduce((sum, length) => sum + length, 0);
}

function manyOf(count: number, fields: object): readonly TraceDocument[] {
  const [first] = trace`shop 0..300 200`.documents;
  return Array.from(
    { length: count },
    (_, at) => ({ ...first, id: String(at).padStart(16, '0'), ...fields }) as TraceDocument,
  );
}

async function stored(documents: readonly TraceDocument[]): Promise<TraceStore> {
  const store = createMemoryStore();
  await write(store, documents, 1);
  return store;
}

async function write(store: TraceStore, documents: readonly TraceDocument[], sequence: number): Promise<void> {
  const indexer = createIndexer({
    readDocuments: (ids) => store.readDocuments(ids),
    readTraceRows: (ids) => store.readTraceRows(ids),
    mayKnow: (id) => store.mayKnow(id),
    cachedEntitiesMax: 10_000,
  });
  const incoming = documents.map((document) => ({ document, text: JSON.stringify(document), receivedUs: timeUs(1) }));
  await store.write({ origin: 'journal', sequence, ...(await indexer.index(incoming)) });
}
