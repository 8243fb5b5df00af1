import { INTEGER, LIST, type DuckDBConnection } from '@duckdb/node-api';
import { latencyBucketUs, timeUs, type TraceId } from '@fluoroscope/model';
import { bucketNumber } from '../bucket-number.ts';
import { createParameters, type Parameters } from '../compile-condition.ts';
import { fillQuery, fillSql, type Names } from '../source-sql.ts';
import type { Source } from '../source.ts';
import { bindList } from '../values.ts';
import { scanColumns, type Chunk } from './columns.ts';
import { groupIn, readGraphKeys, type GraphKeys } from './graph-keys.ts';
import { MINUTE_US, type FactRange, type RollupRange } from './graph-plan.ts';
import { at, compileRange, isTouched, totalsAt, type GraphScope, type PeriodScope } from './graph-scope.ts';
import { addBucket, addPiece, growHistogram, type GraphTotals } from './graph-totals.ts';
import { printNumbers, readTraceNumbers } from './trace-numbers.ts';

/** Reads all slices with one statement for each kind of piece: the engine then works on them side by side. */
export async function addSlices(
  connection: DuckDBConnection,
  slices: readonly Source[],
  scope: GraphScope,
): Promise<void> {
  if (slices.length === 0) return;
  const keys = await readGraphKeys(connection, slices, scope.serviceIds);
  const reading = { connection, slices, scope };
  await scanRollups(reading, 'sums', (chunk) => addSums(chunk, keys, scope));
  await scanRollups(reading, 'histograms', (chunk) => addHistograms(chunk, keys, scope));
  await scanFacts(reading, (chunk) => addFacts(chunk, keys, scope));
}

/** All facts of these traces. */
export async function addTracesOfSlice(
  connection: DuckDBConnection,
  source: Source,
  ids: readonly TraceId[],
  totals: GraphTotals,
): Promise<void> {
  const numbers = await readTraceNumbers(connection, source, ids);
  if (numbers.size === 0) return;
  const keys = await readGraphKeys(connection, [source], null);
  const scope = `trace_no IN (${printNumbers(numbers.keys())})`;
  const sql = fillQuery('read/graph-facts-of-slice', { from: source.prefix, no: 0, scope, wanted: 'true' });
  const whole = { periodOf: () => totals, startUs: 0, periodUs: null };
  await scanColumns(connection, { sql, values: [], types: [] }, (chunk) => addFacts(chunk, keys, whole));
}

interface Reading {
  readonly connection: DuckDBConnection;
  readonly slices: readonly Source[];
  readonly scope: GraphScope;
}

async function scanRollups(
  reading: Reading,
  kind: 'sums' | 'histograms',
  visit: (chunk: Chunk) => void,
): Promise<void> {
  const ranges = reading.scope.plan.rollups.map(({ minutes, firstMinute, endMinute }: RollupRange): PieceRange => ({
    us: { startUs: timeUs(firstMinute * MINUTE_US), endUs: timeUs(endMinute * MINUTE_US) },
    bind: (parameters) => ({
      minutes,
      first: parameters.add(firstMinute, INTEGER),
      end: parameters.add(endMinute, INTEGER),
    }),
  }));
  await scanPieces(reading, { query: `graph-${kind}-of-slice`, number: 'key_no', ranges }, visit);
}

async function scanFacts(reading: Reading, visit: (chunk: Chunk) => void): Promise<void> {
  const ranges = reading.scope.plan.facts.map((us): PieceRange => ({
    us,
    bind: (parameters) => ({ scope: compileRange(us, parameters) }),
  }));
  await scanPieces(reading, { query: 'graph-facts-of-slice', number: 'set_no', ranges }, visit);
}

interface PieceRange {
  readonly us: FactRange;
  /** What the query names of it. */
  readonly bind: (parameters: Parameters) => Names;
}

interface Pieces {
  /** In sql/queries/read. */
  readonly query: string;
  /** What its rows go by. */
  readonly number: keyof typeof WANTED_SQL;
  readonly ranges: readonly PieceRange[];
}

/** Selects what concerns a service; `{is}` holds for its keys. */
const WANTED_SQL = {
  key_no: 'SELECT key_no FROM {from}.graph_keys WHERE {is}',
  set_no:
    'SELECT set_no FROM (SELECT set_no, unnest(key_nos) AS key_no FROM {from}.graph_key_sets) JOIN {from}.graph_keys USING (key_no) WHERE {is}',
} as const;

async function scanPieces(
  { connection, slices, scope }: Reading,
  { query, number, ranges }: Pieces,
  visit: (chunk: Chunk) => void,
): Promise<void> {
  // An engine that is given more values than the statement names refuses it.
  const touched = ranges.filter(({ us }) => slices.some((slice) => isTouched(slice, us)));
  if (touched.length === 0) return;
  const parameters = createParameters();
  const ids = scope.serviceIds === null ? null : parameters.add(bindList(scope.serviceIds), LIST(INTEGER));
  const is = `list_contains(${ids}, source) OR list_contains(${ids}, target)`;
  const pieces = touched.flatMap(({ us, bind }) => {
    const names = bind(parameters);
    return slices.flatMap((slice, no) => {
      if (!isTouched(slice, us)) return [];
      const numbers = fillSql(WANTED_SQL[number], { from: slice.prefix, is });
      const wanted = ids === null ? 'true' : `${number} IN (${numbers})`;
      return [fillQuery(`read/${query}`, { ...names, from: slice.prefix, no, wanted })];
    });
  });
  const { values, types } = parameters;
  await scanColumns(connection, { sql: pieces.join('\nUNION ALL\n'), values, types }, visit);
}

function addSums(chunk: Chunk, keys: GraphKeys, scope: PeriodScope): void {
  const [sliceNos, minutes, keyNos, outcomes] = [chunk.int32(0), chunk.int32(1), chunk.int32(2), chunk.uint8(3)];
  const [factCounts, durations] = [chunk.int32(4), chunk.float64(5)];
  const [starts, ends] = [chunk.float64(6), chunk.float64(7)];
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const slot = keys.slotAt(at(sliceNos, row), at(keyNos, row));
    const group = groupIn(totalsAt(scope, at(minutes, row) * MINUTE_US), slot);
    addPiece(group, slot.key.alias, {
      outcome: at(outcomes, row),
      factCount: at(factCounts, row),
      durationUs: at(durations, row),
      startUs: at(starts, row),
      endUs: at(ends, row),
    });
  }
}

function addHistograms(chunk: Chunk, keys: GraphKeys, scope: PeriodScope): void {
  const [sliceNos, minutes, keyNos] = [chunk.int32(0), chunk.int32(1), chunk.int32(2)];
  const [buckets, counts] = [chunk.int32Lists(3), chunk.int32Lists(4)];
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const slot = keys.slotAt(at(sliceNos, row), at(keyNos, row));
    const group = groupIn(totalsAt(scope, at(minutes, row) * MINUTE_US), slot);
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

function addFacts(chunk: Chunk, keys: GraphKeys, scope: PeriodScope): void {
  const [sliceNos, setNos, outcomes] = [chunk.int32(0), chunk.int32(1), chunk.uint8(2)];
  const [factCounts, durations, ends] = [chunk.int32(3), chunk.float64(4), chunk.float64(5)];
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const [durationUs, endUs, factCount] = [at(durations, row), at(ends, row), at(factCounts, row)];
    const outcome = at(outcomes, row);
    const bucket = bucketNumber(latencyBucketUs(durationUs));
    const totals = totalsAt(scope, endUs);
    const piece = { outcome, factCount, durationUs: durationUs * factCount, startUs: endUs - durationUs, endUs };
    for (const slot of keys.slotsAt(at(sliceNos, row), at(setNos, row))) {
      const group = groupIn(totals, slot);
      addPiece(group, slot.key.alias, piece);
      addBucket(group, outcome, bucket, factCount);
    }
  }
}
