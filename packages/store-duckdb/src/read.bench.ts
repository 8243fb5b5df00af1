import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { timeUs, type TraceId } from '@fluoroscope/model';
import type { Condition } from '@fluoroscope/store';
import { attachNew } from './engine.ts';
import { makeHead, makeServices, tracesPerHead, type Traffic } from './generated-heads.bench.ts';
import { BLOCK_BYTES } from './limits.ts';
import { readDocumentsById } from './readers/documents.ts';
import { findTracePage } from './readers/find-traces.ts';
import { sumGraph, sumGraphSeries } from './readers/graph.ts';
import { readRowsById } from './readers/trace-rows.ts';
import { buildSlice } from './slices/build-slice.ts';
import type { Snapshot, Source } from './source.ts';
import { readSchema } from './sql-files.ts';
import { traceIdOf } from './trace-key.ts';
import { toBigInt, toNumber, toText } from './values.ts';

// node --conditions=source --import tsx src/read.bench.ts [spans] [otlp|xray] [services] [hours]
// Slices of about a million documents, as merging leaves them, then reads from these.

const MIB = 2 ** 20;
const HOUR_US = 3_600_000_000;
const HEADS_PER_SLICE = 16;
const END_US = 1_700_006_400_000_000;

const spanCount = Number(process.argv[2] ?? 1_000_000);
const kind = process.argv[3] === 'xray' ? 'xray' : 'otlp';
const serviceCount = Number(process.argv[4] ?? 60);
const hours = Number(process.argv[5] ?? 6);

const traceCount = Math.round(spanCount / (kind === 'otlp' ? 10 : 4));
const traceEveryUs = Math.floor((hours * HOUR_US) / traceCount);
const startUs = END_US - traceCount * traceEveryUs;
const traffic: Traffic = { kind, serviceCount, startUs, traceEveryUs };

const service = (name: string): Condition => ({ op: 'service', name, type: null, accountId: null });
const text = (key: string, is: '=' | 'contains' | 'begins-with', value: string): Condition => ({
  op: 'annotation',
  key,
  is,
  value,
});
const slow: Condition = { op: 'number', field: 'durationUs', is: '>', value: 260_000 };
const fault: Condition = { op: 'flag', flag: 'fault' };
const both = (...terms: Condition[]): Condition => ({ op: 'and', terms });

type Search = readonly [name: string, itemsMin: number, condition: Condition];
const ANY_SEARCHES: readonly Search[] = [
  ['newest 100', 100, { op: 'all' }],
  ['newest 100 faults', 100, fault],
  ['newest 100 by service', 100, service('service-3')],
  ['by service, duration, fault', 1, both(service('service-3'), slow, fault)],
  ['a service that none has', 0, service('none')],
  ['a url that few have', 1, { op: 'text', field: 'httpUrl', is: 'ends-with', value: '/4711' }],
];
const SEARCHES: Readonly<Record<typeof kind, readonly Search[]>> = {
  otlp: [
    ...ANY_SEARCHES,
    ['annotation = value', 1, text('attribute_7', '=', 'value_77')],
    ['two annotations', 0, both(text('attribute_7', '=', 'value_77'), text('attribute_8', '=', 'value_78'))],
    ['annotation begins with', 1, text('attribute_7', 'begins-with', 'value_77')],
    ['annotation contains', 1, text('attribute_7', 'contains', '99')],
    ['annotation that none has', 0, text('attribute_7', '=', 'none')],
  ],
  xray: [
    ...ANY_SEARCHES,
    ['annotation = value', 100, text('tenant', '=', 't7')],
    ['annotation = rare value', 1, text('user_id', '=', 'u4711')],
    ['annotation contains', 1, text('user_id', 'contains', '4711')],
    ['annotation that none has', 0, text('tenant', '=', 'none')],
  ],
};

const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-bench-'));
const instance = await DuckDBInstance.create(':memory:', {
  threads: '2',
  memory_limit: '768MiB',
  temp_directory: join(folder, 'spill'),
  late_materialization_max_rows: '10000',
});
try {
  const connection = await instance.connect();
  await connection.run('USE memory.main');
  await connection.run(readSchema('memory'));
  await makeServices(connection, traffic);
  const sources = await buildAll(connection);
  const [first] = sources;
  if (first !== undefined) await reportBytes(connection, first);
  await measureReads(connection, sources);
  report(`resident ${(process.memoryUsage.rss() / MIB).toFixed(0)} MiB`);
} finally {
  instance.closeSync();
  await rm(folder, { recursive: true });
}

async function buildAll(connection: DuckDBConnection): Promise<readonly Source[]> {
  const slices: Source[] = [];
  const perHead = tracesPerHead(kind);
  let flushCpuMs = 0;
  let mergeCpuMs = 0;
  for (let first = 0; first < traceCount; first += perHead * HEADS_PER_SLICE) {
    const parts: Source[] = [];
    for (let at = first; at < Math.min(first + perHead * HEADS_PER_SLICE, traceCount); at += perHead) {
      await makeHead(connection, 'head', traffic, at);
      const head = {
        kind: 'head',
        hasFindings: true,
        prefix: 'memory.head',
        orderNo: at,
        extent: null,
        mayKnow: () => true,
      } as const;
      flushCpuMs += await cpuMs(async () => parts.push(await build(connection, `part_${at}`, [head])));
      await connection.run('DROP SCHEMA memory.head CASCADE');
    }
    mergeCpuMs += await cpuMs(async () => slices.push(await build(connection, `slice_${first}`, parts)));
    for (const { prefix } of parts) {
      const name = prefix.replace('.main', '');
      await connection.run(`DETACH ${name}`);
      await rm(join(folder, `${name}.duckdb`));
    }
  }
  report(`${spanCount} spans, ${traceCount} traces, ${slices.length} slices`);
  report(
    `CPU a span: flush ${((flushCpuMs * 1e3) / spanCount).toFixed(1)} µs, merge ${((mergeCpuMs * 1e3) / spanCount).toFixed(1)} µs`,
  );
  return slices;
}

async function build(connection: DuckDBConnection, name: string, from: readonly Source[]): Promise<Source> {
  const file = join(folder, `${name}.duckdb`);
  await attachNew(connection, { file, name, blockBytes: BLOCK_BYTES, hasLog: false });
  const prefix = `${name}.main`;
  const { extent } = await buildSlice(connection, { into: prefix, from, pause: async () => {} });
  await connection.run(`CHECKPOINT ${name}`);
  await connection.run(`DETACH ${name}`);
  await connection.run(`ATTACH '${file}' AS ${name} (READ_ONLY)`);
  return { kind: 'slice', hasFindings: true, prefix, orderNo: Number(name.split('_')[1]), extent, mayKnow: () => true };
}

async function cpuMs(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3;
}

/** Of the first slice: each table copied into a file of its own, the documents without their text. */
async function reportBytes(connection: DuckDBConnection, { prefix }: Source): Promise<void> {
  const names = `SELECT table_name FROM duckdb_tables() WHERE database_name = '${prefix.replace('.main', '')}'`;
  const tables = (await connection.runAndReadAll(names)).getRows().map(([name]) => toText(name));
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${prefix}.traces`);
  const spans = toNumber(counted.getRows()[0]?.[0]) * (kind === 'otlp' ? 10 : 4);
  let all = 0;
  for (const table of tables) {
    const file = join(folder, 'copy.duckdb');
    await attachNew(connection, { file, name: 'copy', blockBytes: BLOCK_BYTES, hasLog: true });
    const rows = table === 'documents' ? 'SELECT trace_no, received_us' : 'SELECT *';
    await connection.run(`CREATE TABLE copy.copied AS ${rows} FROM ${prefix}.${table}; CHECKPOINT copy; DETACH copy`);
    const { size } = await stat(file);
    await rm(file);
    all += size;
    report(`  ${(size / spans).toFixed(2).padStart(7)}  ${table}`);
  }
  report(`  ${(all / spans).toFixed(2).padStart(7)}  bytes a span beside the text of documents`);
}

/** Some traces and where each is, which a filter of ids knows otherwise. */
async function chooseTraces(
  connection: DuckDBConnection,
  run: number,
  count: number,
): Promise<ReadonlyMap<TraceId, number>> {
  const wanted = Array.from({ length: count }, (_item, at) => (run * 7_919 + at * 104_729) % traceCount);
  const sql = `SELECT i, hash(i), hash(i + 1000000007) FROM (SELECT unnest([${wanted.join(', ')}])::BIGINT AS i)`;
  const perSlice = tracesPerHead(kind) * HEADS_PER_SLICE;
  const found = (await connection.runAndReadAll(sql)).getRows();
  return new Map(
    found.map(([i, hi, lo]) => [traceIdOf(toBigInt(hi), toBigInt(lo)), Math.floor(toNumber(i) / perSlice)]),
  );
}

async function measureReads(connection: DuckDBConnection, all: readonly Source[]): Promise<void> {
  await measureById(connection, all);
  const snapshot = snapshotOf(connection, all);
  const find =
    (condition: Condition, limit = 100) =>
    async () => {
      const range = { startUs: timeUs(0), endUs: timeUs(END_US), rangeOf: 'start', after: null } as const;
      return (
        await findTracePage(connection, snapshot, { query: { ...range, condition, limit }, beside: (run) => run(null) })
      ).rows.length;
    };
  for (const [name, itemsMin, condition] of SEARCHES[kind]) await measure(name, itemsMin, 20, find(condition));
  const graph = (fromUs: number, endUs: number) => async () =>
    (await sumGraph(connection, snapshot, { startUs: timeUs(fromUs), endUs: timeUs(endUs), traceIds: null })).nodes
      .length;
  await measure('graph of 5 minutes', 1, 20, graph(END_US - HOUR_US / 12, END_US));
  await measure(`graph of ${hours} h`, serviceCount, 20, graph(startUs, END_US + HOUR_US));
  await measure(
    'graph of it, cut off the minute',
    serviceCount,
    20,
    graph(startUs + 123_456_789, END_US - 234_567_891),
  );
  const series = (periodUs: number, name: string | null) => async () => {
    const services = name === null ? null : [{ name, type: 'AWS::ECS::Container', accountId: '123456789012' }];
    const range = { startUs: timeUs(END_US - HOUR_US), endUs: timeUs(END_US) };
    return (await sumGraphSeries(connection, snapshot, { ...range, periodUs, services })).length;
  };
  await measure('series of an hour by 5 minutes', 12, 10, series(HOUR_US / 12, null));
  await measure('series of an hour by the minute, one service', 60, 10, series(HOUR_US / 60, 'service-3'));
}

function snapshotOf(connection: DuckDBConnection, sources: readonly Source[]): Snapshot {
  return {
    sources,
    retainedFromUs: null,
    slices: { on: (_slices, run) => run(connection) },
    async hold() {},
    [Symbol.dispose]() {},
  };
}

async function measureById(connection: DuckDBConnection, all: readonly Source[]): Promise<void> {
  const chosen = await Promise.all(Array.from({ length: 300 }, (_item, run) => chooseTraces(connection, run, 5)));
  let places: ReadonlyMap<TraceId, number> = new Map();
  // The same sources in all runs: what is held of a slice is held for the object.
  const snapshot = snapshotOf(
    connection,
    all.map((source, at) => ({ ...source, mayKnow: (id) => places.get(id) === at })),
  );
  const ask =
    (count: number, read: (snapshot: Snapshot, ids: readonly TraceId[]) => Promise<readonly unknown[]>) =>
    async (run: number) => {
      places = new Map([...(chosen[run] ?? [])].slice(0, count));
      return (await read(snapshot, [...places.keys()])).length;
    };
  const documents = (of: Snapshot, ids: readonly TraceId[]) => readDocumentsById(connection, of, ids);
  const rows = (of: Snapshot, ids: readonly TraceId[]) => readRowsById(connection, of, ids);
  const graph = async (of: Snapshot, traceIds: readonly TraceId[]) =>
    (await sumGraph(connection, of, { startUs: timeUs(0), endUs: timeUs(0), traceIds })).nodes;
  await measure('documents of a trace', 1, 300, ask(1, documents));
  await measure('documents of 5 traces', 5, 100, ask(5, documents));
  await measure('row of a trace', 1, 100, ask(1, rows));
  await measure('rows of 5 traces', 5, 100, ask(5, rows));
  await measure('graph of 5 traces', 1, 50, ask(5, graph));
}

/** Fails when an answer holds fewer items than it must. */
async function measure(
  name: string,
  itemsMin: number,
  runCount: number,
  read: (run: number) => Promise<number>,
): Promise<void> {
  const ms: number[] = [];
  const cpu = await cpuMs(async () => {
    for (let run = 0; run < runCount; run += 1) {
      const before = performance.now();
      const itemCount = await read(run);
      ms.push(performance.now() - before);
      if (itemCount < itemsMin) throw new Error(`${name}: ${itemCount} items`);
    }
  });
  ms.sort((a, b) => a - b);
  const at = (share: number) => (ms[Math.min(runCount - 1, Math.floor(runCount * share))] ?? 0).toFixed(1);
  report(`  ${name}: p50 ${at(0.5)} p95 ${at(0.95)} p99 ${at(0.99)} ms; CPU ${(cpu / runCount).toFixed(1)} ms`);
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}
