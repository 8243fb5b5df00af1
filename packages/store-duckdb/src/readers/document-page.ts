import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { timeUs, type TraceId } from '@fluoroscope/model';
import type { DocumentPageQuery, StoredDocument } from '@fluoroscope/store';
import { fillQuery, type Names } from '../source-sql.ts';
import type { Snapshot, Source } from '../source.ts';
import { toNumber, toNumberOrNull, toText } from '../values.ts';
import { printHalves, readTraceNumbers } from './trace-numbers.ts';

/** The documents of one trace in one source. */
interface Found {
  /** Infinity where nothing is skipped: they were not counted. */
  readonly count: number;
  /** `limit` is ≥ 1, and there are documents behind `skip`. */
  readonly pageSql: (skip: number, limit: number) => string;
}

/** Sources are counted from the oldest on, as far as the page goes; text is read of the page alone. */
export async function readDocumentPage(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  { traceId, skip, limit }: DocumentPageQuery,
): Promise<readonly StoredDocument[]> {
  const page: StoredDocument[] = [];
  let toSkip = skip;
  for (const source of snapshot.sources) {
    if (page.length === limit) break;
    if (!source.mayKnow(traceId)) continue;
    const part = { traceId, skip: toSkip, limit: limit - page.length };
    const { skipped, documents } =
      source.kind === 'head'
        ? await readPart(connection, source, part)
        : await snapshot.slices.on([source], (ofSlices) => readPart(ofSlices, source, part));
    toSkip -= skipped;
    for (const document of documents) page.push(document);
  }
  return page;
}

interface Part {
  /** Of the documents to skip, those that lie here. */
  readonly skipped: number;
  readonly documents: readonly StoredDocument[];
}

async function readPart(
  connection: DuckDBConnection,
  source: Source,
  { traceId, skip, limit }: DocumentPageQuery,
): Promise<Part> {
  const isFirst = skip === 0 && source.kind === 'slice';
  const found = await (isFirst ? findFirst : findIn)(connection, source, traceId);
  const skipped = Math.min(skip, found.count);
  if (skipped === found.count) return { skipped, documents: [] };
  const result = await connection.runAndReadAll(found.pageSql(skipped, limit));
  const documents = result
    .getRows()
    .map(([receivedUs, text]) => ({ traceId, receivedUs: timeUs(toNumber(receivedUs)), text: toText(text) }));
  return { skipped, documents };
}

/** From the first document on nothing needs to be counted: two statements instead of three, for what is asked most. */
async function findFirst(connection: DuckDBConnection, slice: Source, traceId: TraceId): Promise<Found> {
  const [number] = (await readTraceNumbers(connection, slice, [traceId])).keys();
  if (number === undefined) return NOTHING;
  const names = { from: slice.prefix, number };
  return {
    count: Infinity,
    pageSql: (_skip, limit) => fillQuery('read/first-documents-of-trace', { ...names, limit }),
  };
}

async function findIn(connection: DuckDBConnection, source: Source, traceId: TraceId): Promise<Found> {
  const from = source.prefix;
  if (source.kind === 'head') {
    const names = { from, ...printHalves(traceId) };
    const [count] = await readRow(connection, 'read/document-count-of-head', names);
    const pageSql = (skip: number, limit: number) => fillQuery('read/document-page-of-head', { ...names, skip, limit });
    return { count: toNumber(count), pageSql };
  }
  const [number] = (await readTraceNumbers(connection, source, [traceId])).keys();
  if (number === undefined) return NOTHING;
  const [first, count] = await readRow(connection, 'read/document-places-of-slice', { from, number });
  const start = toNumberOrNull(first);
  if (start === null) return NOTHING;
  const end = start + toNumber(count);
  return {
    count: end - start,
    pageSql: (skip, limit) =>
      fillQuery('read/document-page-of-slice', {
        from,
        first: start + skip,
        last: Math.min(start + skip + limit, end) - 1,
      }),
  };
}

const NOTHING: Found = { count: 0, pageSql: () => '' };

async function readRow(connection: DuckDBConnection, query: string, names: Names): Promise<readonly DuckDBValue[]> {
  return (await connection.runAndReadAll(fillQuery(query, names))).getRows()[0] ?? [];
}
