import { BIGINT, DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { printServiceKey, timeUs, type ServiceKey, type TimeUs, type TraceId } from '@fluoroscope/model';
import { readChangedRows, type GraphFact, type StoreBatch, type TraceRow, type TraceStore } from '@fluoroscope/store';
import type { StoreUnderTest } from '@fluoroscope/store/conformance';
import { createDocumentsWriter } from '../encode/documents.ts';
import { createFactsWriter } from '../encode/facts.ts';
import { createTracesWriter } from '../encode/traces.ts';
import { countAll } from '../readers/counts.ts';
import { readDocumentPage } from '../readers/document-page.ts';
import { readDocumentsById } from '../readers/documents.ts';
import { findTraceIds, findTracePage } from '../readers/find-traces.ts';
import { sumGraph, sumGraphSeries } from '../readers/graph.ts';
import { readRowsById } from '../readers/trace-rows.ts';
import { BOUND_IDS_TYPES, bindIds } from '../readers/trace-numbers.ts';
import { readSchema } from '../sql-files.ts';
import type { Extent, Snapshot, Source } from '../source.ts';
import { buildSlice } from '../slices/build-slice.ts';

/** What becomes of the batches; none of it may change an answer. */
export interface Layout {
  /** Whether this batch, the first is 0, goes into a head of its own that is then made a slice. */
  readonly seals: (batchNo: number) => boolean;
  /** How many of the newest sources, heads too, are then joined in one slice; 0 for none. */
  readonly joins: (batchNo: number) => number;
}

/** The readers over sources made here in memory, as a store. */
export async function openRig(layout: Layout, retainedFromUs: TimeUs | null = null): Promise<StoreUnderTest> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run('USE memory.main');
  await connection.run(readSchema('memory'));
  const remove = async (): Promise<void> => {
    connection.closeSync();
    instance.closeSync();
  };
  return { store: createRig(connection, layout, retainedFromUs), remove };
}

function createRig(connection: DuckDBConnection, layout: Layout, retainedFromUs: TimeUs | null): TraceStore {
  const sources: RigSource[] = [];
  const serviceIds = new Map<string, number>();
  let sequence = 0;
  let batchNo = 0;

  async function learn(service: ServiceKey): Promise<void> {
    const key = printServiceKey(service);
    if (serviceIds.has(key)) return;
    serviceIds.set(key, serviceIds.size + 1);
    const { name, type, accountId } = service;
    await connection.run('INSERT INTO services VALUES ($1, $2, $3, $4)', [serviceIds.size, name, type, accountId]);
  }

  async function write(batch: StoreBatch): Promise<void> {
    if (batch.sequence <= sequence) return;
    sequence = batch.sequence;
    const rows = await readChangedRows(batch.traces);
    for (const row of rows) for (const service of row.services) await learn(service);
    for (const fact of batch.facts) {
      for (const service of fact.kind === 'node' ? [fact.service] : [fact.source, fact.target]) await learn(service);
    }
    const head = await writeHead(connection, sources, {
      batch,
      rows,
      idOf: (key) => serviceIds.get(printServiceKey(key)) ?? 0,
    });
    sources.push(layout.seals(batchNo) ? await join(connection, [head]) : head);
    const joined = sources.splice(Math.max(0, sources.length - layout.joins(batchNo)));
    if (joined.length > 0) sources.push(await join(connection, joined));
    batchNo += 1;
  }

  const snapshot = (): Snapshot => ({
    sources,
    retainedFromUs,
    slices: { on: (_slices, run) => run(connection) },
    async hold() {},
    [Symbol.dispose]() {},
  });
  return {
    capabilities: { durable: false },
    write,
    async readProgress() {
      return { sequence, durableSequence: sequence, unfinishedSequence: null };
    },
    async flush() {},
    retain: async () => ({ sliceCount: 0, documentCount: 0, sizeBytes: 0 }),
    readDocuments: (ids) => readDocumentsById(connection, snapshot(), [...new Set(ids)]),
    readDocumentPage: (query) => readDocumentPage(connection, snapshot(), query),
    findTraceIds: (query) => findTraceIds(connection, snapshot(), query),
    findTraces: (query) => findTracePage(connection, snapshot(), { query, beside: (run) => run(null) }),
    readTraceRows: (ids) => readRowsById(connection, snapshot(), [...new Set(ids)]),
    readGraph: (query) => sumGraph(connection, snapshot(), query),
    readGraphSeries: (query) => sumGraphSeries(connection, snapshot(), query),
    mayKnow: (id) => sources.some((source) => source.mayKnow(id)),
    async readStats() {
      const counts = await countAll(connection, snapshot(), Infinity);
      return { traceCount: 0, documentCount: 0, ...counts, sizeBytes: 0, retainedFromUs, days: [] };
    },
    async [Symbol.asyncDispose]() {},
  };
}

interface RigSource extends Source {
  readonly ids: ReadonlySet<TraceId>;
}

interface HeadContents {
  readonly batch: StoreBatch;
  readonly rows: readonly TraceRow[];
  readonly idOf: (service: ServiceKey) => number;
}

/** One batch in a head of its own. */
async function writeHead(
  connection: DuckDBConnection,
  older: readonly RigSource[],
  { batch, rows, idOf }: HeadContents,
): Promise<RigSource> {
  const schema = `head_${batch.sequence}`;
  await connection.run(`CREATE SCHEMA memory.${schema}; USE memory.${schema}`);
  await connection.run(readSchema('head'));
  await connection.run('USE memory.main');
  const documents = createDocumentsWriter(connection);
  const traces = createTracesWriter(connection);
  const facts = createFactsWriter(connection);
  for (const table of [documents, traces, facts]) await table.begin(schema);
  for (const document of batch.documents) documents.write(document);
  for (const row of rows) traces.write(row, idOf);
  for (const fact of batch.facts) facts.write(fact, idOf);
  for (const table of [documents, traces, facts]) table.finish();

  const replaced = rows.map(({ traceId }) => traceId).filter((id) => older.some((source) => source.mayKnow(id)));
  const types = [...BOUND_IDS_TYPES];
  await connection.run(`INSERT INTO memory.${schema}.replaced SELECT unnest($1), unnest($2)`, bindIds(replaced), types);
  await connection.run(
    'INSERT INTO superseded SELECT unnest($1), unnest($2), $3',
    [...bindIds(replaced), BigInt(batch.sequence)],
    [...BOUND_IDS_TYPES, BIGINT],
  );
  const ids = new Set([...batch.documents, ...rows, ...batch.facts].map(({ traceId }) => traceId));
  const extent = extentOf([...rows, ...batch.facts]);
  return {
    kind: 'head',
    hasFindings: true,
    prefix: `memory.${schema}`,
    orderNo: batch.sequence,
    extent,
    ids,
    mayKnow: (id) => ids.has(id),
  };
}

function extentOf(spans: (TraceRow | GraphFact)[]): Extent | null {
  if (spans.length === 0) return null;
  const starts = spans.map(({ startUs }) => startUs);
  const ends = spans.map(({ endUs }) => endUs);
  return {
    firstStartUs: timeUs(Math.min(...starts)),
    lastStartUs: timeUs(Math.max(...starts)),
    firstEndUs: timeUs(Math.min(...ends)),
    lastEndUs: timeUs(Math.max(...ends)),
  };
}

let sliceCount = 0;

async function join(connection: DuckDBConnection, from: readonly RigSource[]): Promise<RigSource> {
  const orderNo = Math.max(...from.map((source) => source.orderNo));
  sliceCount += 1;
  const name = `slice_${sliceCount}`;
  await connection.run(`ATTACH ':memory:' AS ${name}`);
  const prefix = `${name}.main`;
  const { extent } = await buildSlice(connection, { into: prefix, from, pause: async () => {} });
  const ids = new Set(from.flatMap((source) => [...source.ids]));
  return { kind: 'slice', hasFindings: true, prefix, orderNo, extent, ids, mayKnow: (id) => ids.has(id) };
}
