import { BIGINT, INTEGER, LIST, type DuckDBConnection } from '@duckdb/node-api';
import { latencyBucketUs, type TraceId } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import { bucketNumber } from '../bucket-number.ts';
import { createParameters, type Parameters } from '../compile-condition.ts';
import { fillQuery } from '../source-sql.ts';
import type { Snapshot, Source } from '../source.ts';
import { bindList, toBoundUs } from '../values.ts';
import { scanColumns, type Chunk } from './columns.ts';
import { MINUTE_US, type FactRange, type GraphPlan, type RollupRange } from './graph-plan.ts';
import { addBucket, addPiece, growHistogram, type GraphKey, type GraphTotals } from './graph-totals.ts';
import { bindIds, BOUND_IDS_TYPES, printNumbers, readTraceNumbers } from './trace-numbers.ts';

/** Where each piece belongs. */
interface PeriodScope {
  readonly periodOf: (period: number) => GraphTotals;
  /** Where the periods begin. */
  readonly startUs: number;
  /** Null for one period over all. */
  readonly periodUs: number | null;
}

export interface GraphScope extends PeriodScope {
  readonly plan: GraphPlan;
  /** Only nodes of these services and edges to or from them; null for all. */
  readonly serviceIds: readonly number[] | null;
}

/** Reads all slices with one statement for each kind of piece: the engine then works on them side by side. */
export async function addSlices(
  connection: DuckDBConnection,
  slices: readonly Source[],
  scope: GraphScope,
): Promise<void> {
  if (slices.length === 0) return;
  const keys = await readKeys(connection, slices);
  const { rollups, facts } = scope.plan;
  if (rollups.length > 0) {
    await scanPieces(connection, 'sums', { slices, ranges: rollups, scope }, (chunk) => addSums(chunk, keys, scope));
    await scanPieces(connection, 'histograms', { slices, ranges: rollups, scope }, (chunk) =>
      addHistograms(chunk, keys, scope),
    );
  }
  if (facts.length > 0) {
    await scanFacts(connection, { slices, ranges: facts, scope }, (chunk) => addFacts(chunk, keys, scope));
  }
}

/** By source, then by key number. */
type Keys = readonly (readonly GraphKey[])[];

async function readKeys(connection: DuckDBConnection, slices: readonly Source[]): Promise<Keys> {
  const keys: GraphKey[][] = slices.map(() => []);
  const sql = slices.map(({ prefix }, no) => fillQuery('read/graph-keys-of-slice', { from: prefix, no }));
  await scanColumns(connection, { sql: union(sql), values: [], types: [] }, (chunk) => {
    const [sourceNos, keyNos] = [chunk.int32(0), chunk.int32(1)];
    const [roles, sources, targets] = [chunk.uint8(2), chunk.int32(3), chunk.int32(4)];
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const ofSlice = keys[at(sourceNos, row)];
      if (ofSlice === undefined) continue;
      const [role, source, target] = [at(roles, row), at(sources, row), at(targets, row)];
      ofSlice[at(keyNos, row)] = { role, source, target, alias: chunk.text(5, row) };
    }
  });
  return keys;
}

interface Scan<Range> {
  readonly slices: readonly Source[];
  readonly ranges: readonly Range[];
  readonly scope: GraphScope;
}

async function scanPieces(
  connection: DuckDBConnection,
  piece: 'sums' | 'histograms',
  { slices, ranges, scope }: Scan<RollupRange>,
  visit: (chunk: Chunk) => void,
): Promise<void> {
  const parameters = createParameters();
  const serviceIds = addServiceIds(scope, parameters);
  const sql = ranges.flatMap(({ minutes, firstMinute, endMinute }) => {
    const first = parameters.add(firstMinute, INTEGER);
    const end = parameters.add(endMinute, INTEGER);
    return slices.flatMap(({ prefix }, no) => {
      const names = { from: prefix, no, minutes, first, end, wanted: compileWantedKeys(prefix, serviceIds) };
      return [fillQuery(`read/graph-${piece}-of-slice`, names)];
    });
  });
  await scanColumns(connection, { sql: union(sql), values: parameters.values, types: parameters.types }, visit);
}

async function scanFacts(
  connection: DuckDBConnection,
  { slices, ranges, scope }: Scan<FactRange>,
  visit: (chunk: Chunk) => void,
): Promise<void> {
  const parameters = createParameters();
  const serviceIds = addServiceIds(scope, parameters);
  const sql = ranges.flatMap((range) => {
    const inRange = compileRange(range, parameters);
    return slices.map(({ prefix }, no) => {
      const wanted = compileWantedKeys(prefix, serviceIds);
      return fillQuery('read/graph-facts-of-slice', { from: prefix, no, scope: inRange, wanted });
    });
  });
  await scanColumns(connection, { sql: union(sql), values: parameters.values, types: parameters.types }, visit);
}

function addSums(chunk: Chunk, keys: Keys, scope: GraphScope): void {
  const [sourceNos, minutes, keyNos, outcomes] = [chunk.int32(0), chunk.int32(1), chunk.int32(2), chunk.uint8(3)];
  const [factCounts, durations] = [chunk.int32(4), chunk.float64(5)];
  const [starts, ends] = [chunk.float64(6), chunk.float64(7)];
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const key = keyAt(keys, at(sourceNos, row), at(keyNos, row));
    const group = totalsAt(scope, at(minutes, row) * MINUTE_US).groupOf(key);
    addPiece(group, key.alias, {
      outcome: at(outcomes, row),
      factCount: at(factCounts, row),
      durationUs: at(durations, row),
      startUs: at(starts, row),
      endUs: at(ends, row),
    });
  }
}

function addHistograms(chunk: Chunk, keys: Keys, scope: GraphScope): void {
  const [sourceNos, minutes, keyNos] = [chunk.int32(0), chunk.int32(1), chunk.int32(2)];
  const [buckets, counts] = [chunk.int32Lists(3), chunk.int32Lists(4)];
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const key = keyAt(keys, at(sourceNos, row), at(keyNos, row));
    const group = totalsAt(scope, at(minutes, row) * MINUTE_US).groupOf(key);
    const first = buckets.start(row);
    const length = buckets.length(row);
    const firstCount = counts.start(row);
    // Ascending: the last one is the largest.
    if (length > 0) growHistogram(group, at(buckets.items, first + length - 1));
    const { histogram } = group;
    for (let item = 0; item < length; item += 1) {
      const bucket = at(buckets.items, first + item);
      histogram[bucket] = (histogram[bucket] ?? 0) + at(counts.items, firstCount + item);
    }
  }
}

function addFacts(chunk: Chunk, keys: Keys, scope: PeriodScope): void {
  const [sourceNos, keyNos, outcomes] = [chunk.int32(0), chunk.int32(1), chunk.uint8(2)];
  const [factCounts, durations, ends] = [chunk.int32(3), chunk.float64(4), chunk.float64(5)];
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const key = keyAt(keys, at(sourceNos, row), at(keyNos, row));
    const [durationUs, endUs, factCount] = [at(durations, row), at(ends, row), at(factCounts, row)];
    const group = totalsAt(scope, endUs).groupOf(key);
    const outcome = at(outcomes, row);
    const sumUs = durationUs * factCount;
    addPiece(group, key.alias, { outcome, factCount, durationUs: sumUs, startUs: endUs - durationUs, endUs });
    addBucket(group, outcome, bucketNumber(latencyBucketUs(durationUs)), factCount);
  }
}

export async function addHeads(
  connection: DuckDBConnection,
  heads: readonly Source[],
  { plan, serviceIds, periodOf, startUs, periodUs }: GraphScope,
): Promise<void> {
  for (const { prefix } of heads) {
    const parameters = createParameters();
    const ids = serviceIds === null ? null : parameters.add(bindList(serviceIds), LIST(INTEGER));
    const wanted = ids === null ? 'true' : `(list_contains(${ids}, source) OR list_contains(${ids}, target))`;
    const inRange = compileRange(plan.whole, parameters);
    const period =
      periodUs === null
        ? '0'
        : `(end_us - ${parameters.add(toBoundUs(startUs), BIGINT)}) // ${parameters.add(toBoundUs(periodUs), BIGINT)}`;
    const sql = fillQuery('read/graph-cells-of-head', { from: prefix, scope: inRange, wanted, period });
    const { values, types } = parameters;
    await scanColumns(connection, { sql, values, types }, (chunk) => addCells(chunk, periodOf));
  }
}

function addCells(chunk: Chunk, periodOf: (period: number) => GraphTotals): void {
  const [roles, sources, targets, outcomes] = [chunk.uint8(0), chunk.int32(1), chunk.int32(2), chunk.uint8(4)];
  const [buckets, periods, factCounts] = [chunk.float64(5), chunk.int32(6), chunk.int32(7)];
  const [durations, starts, ends] = [chunk.float64(8), chunk.float64(9), chunk.float64(10)];
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const alias = chunk.text(3, row);
    const [role, source, target] = [at(roles, row), at(sources, row), at(targets, row)];
    const group = periodOf(at(periods, row)).groupOf({ role, source, target, alias });
    const [outcome, factCount] = [at(outcomes, row), at(factCounts, row)];
    addPiece(group, alias, {
      outcome,
      factCount,
      durationUs: at(durations, row),
      startUs: at(starts, row),
      endUs: at(ends, row),
    });
    addBucket(group, outcome, bucketNumber(at(buckets, row)), factCount);
  }
}

/** All facts of these traces. */
export async function addTraces(
  connection: DuckDBConnection,
  { sources }: Snapshot,
  ids: readonly TraceId[],
  totals: GraphTotals,
): Promise<void> {
  for (const source of sources) {
    const known = ids.filter((id) => source.mayKnow(id));
    if (known.length === 0) continue;
    if (source.kind === 'head') await addTracesOfHead(connection, source, known, totals);
    else await addTracesOfSlice(connection, source, known, totals);
  }
}

async function addTracesOfHead(
  connection: DuckDBConnection,
  { prefix }: Source,
  ids: readonly TraceId[],
  totals: GraphTotals,
): Promise<void> {
  const scope = '(trace_hi, trace_lo) IN (SELECT (unnest($1), unnest($2)))';
  const sql = fillQuery('read/graph-cells-of-head', { from: prefix, scope, wanted: 'true', period: '0' });
  await scanColumns(connection, { sql, values: bindIds(ids), types: BOUND_IDS_TYPES }, (chunk) =>
    addCells(chunk, () => totals),
  );
}

async function addTracesOfSlice(
  connection: DuckDBConnection,
  source: Source,
  ids: readonly TraceId[],
  totals: GraphTotals,
): Promise<void> {
  const numbers = await readTraceNumbers(connection, source, ids);
  if (numbers.size === 0) return;
  const keys = await readKeys(connection, [source]);
  const scope = `trace_no IN (${printNumbers(numbers.keys())})`;
  const sql = fillQuery('read/graph-facts-of-slice', { from: source.prefix, no: 0, scope, wanted: 'true' });
  const all = { periodOf: () => totals, startUs: 0, periodUs: null };
  await scanColumns(connection, { sql, values: [], types: [] }, (chunk) => addFacts(chunk, keys, all));
}

function addServiceIds({ serviceIds }: GraphScope, parameters: Parameters): string | null {
  return serviceIds === null ? null : parameters.add(bindList(serviceIds), LIST(INTEGER));
}

/** Of one slice, the keys that concern one of the services bound. */
function compileWantedKeys(prefix: string, serviceIds: string | null): string {
  if (serviceIds === null) return 'true';
  const isWanted = `list_contains(${serviceIds}, source) OR list_contains(${serviceIds}, target)`;
  return `key_no IN (SELECT key_no FROM ${prefix}.graph_keys WHERE ${isWanted})`;
}

function compileRange({ startUs, endUs }: FactRange, parameters: Parameters): string {
  return `end_us >= ${parameters.add(toBoundUs(startUs), BIGINT)} AND end_us < ${parameters.add(toBoundUs(endUs), BIGINT)}`;
}

function totalsAt({ periodOf, startUs, periodUs }: PeriodScope, us: number): GraphTotals {
  return periodOf(periodUs === null ? 0 : Math.floor((us - startUs) / periodUs));
}

function keyAt(keys: Keys, sourceNo: number, keyNo: number): GraphKey {
  const key = keys[sourceNo]?.[keyNo];
  if (key === undefined) throw new StoreError('corrupt', `no graph key has the number ${keyNo}`);
  return key;
}

/** Within bounds by construction. */
function at(items: ArrayLike<number>, index: number): number {
  return items[index] ?? 0;
}

function union(pieces: readonly string[]): string {
  return pieces.join('\nUNION ALL\n');
}
