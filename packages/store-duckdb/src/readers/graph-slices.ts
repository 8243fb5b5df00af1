import { INTEGER, LIST, VARCHAR } from '@duckdb/node-api';
import { bucketNumber, latencyBucketUs, timeUs, type TraceId } from '@fluoroscope/model';
import { createParameters, type Parameters } from '../compile-condition.ts';
import { fillQuery, fillSql, type Names } from '../source-sql.ts';
import { SLICES_AT_ONCE_MAX } from '../limits.ts';
import type { SliceReader, Source } from '../source.ts';
import { bindList } from '../values.ts';
import { scanColumns, type Chunk } from './columns.ts';
import {
  areFactsHeld,
  areRollupsHeld,
  readFactBlocks,
  readRollupBlocks,
  type FactBlock,
  type Placed,
  type RollupBlock,
} from './graph-blocks.ts';
import { groupIn, readGraphKeys, type GraphKeys, type GraphSlot } from './graph-keys.ts';
import { MINUTE_US, type FactRange, type GraphPlan, type RollupRange } from './graph-plan.ts';
import { at, compileRange, isTouched, totalsAt, type GraphScope, type PeriodScope } from './graph-scope.ts';
import { addStretches, areStretchesHeld, type SumStretch } from './graph-stretches.ts';
import { addBucket, addPiece, growHistogram, type GraphGroup, type GraphTotals } from './graph-totals.ts';
import { readNumbersOf } from './trace-numbers.ts';

/** Some slices at a time; of these with one statement for each kind of piece that is not held: the engine then works on them side by side. */
export async function addSlices(reader: SliceReader, slices: readonly Source[], scope: GraphScope): Promise<void> {
  const { facts, rollups } = scope.plan;
  // Of all services, in one period.
  const together = scope.serviceIds === null && scope.periodUs === null ? rollups.filter(areStretchesHeld) : [];
  for (const range of together) {
    const sum: SumStretch = (touched, stretch, into) => sumRollups(reader, touched, stretch, into);
    await addStretches(slices, range, { totals: totalsAt(scope, scope.startUs), sum });
  }
  const ranges = divide(slices, { facts, rollups: rollups.filter((range) => !together.includes(range)) });
  for (let from = 0; from < slices.length; from += SLICES_AT_ONCE_MAX) {
    await addSome({ reader, slices: slices.slice(from, from + SLICES_AT_ONCE_MAX), scope }, ranges);
  }
}

/** All rollups of this range; hours are read once, and not held slice by slice. */
async function sumRollups(
  reader: SliceReader,
  slices: readonly Source[],
  range: RollupRange,
  totals: GraphTotals,
): Promise<void> {
  const whole = { startUs: timeUs(range.firstMinute * MINUTE_US), endUs: timeUs(range.endMinute * MINUTE_US) };
  const ranges = { rollups: [range], facts: [] };
  const scope = { plan: { whole, ...ranges }, serviceIds: null, periodOf: () => totals, startUs: 0, periodUs: null };
  const divided = range.minutes === 60 ? { held: NONE, passing: ranges } : divide(slices, ranges);
  for (let from = 0; from < slices.length; from += SLICES_AT_ONCE_MAX) {
    await addSome({ reader, slices: slices.slice(from, from + SLICES_AT_ONCE_MAX), scope }, divided);
  }
}

const NONE: Ranges = { rollups: [], facts: [] };

async function addSome(reading: Reading, { held, passing }: Divided): Promise<void> {
  const { reader, slices, scope } = reading;
  const keys = await readGraphKeys(reader, slices, scope.serviceIds);
  for (const range of held.rollups) {
    for (const placed of await readRollupBlocks(reader, slices, range)) addRollups(placed, { keys, scope, range });
  }
  for (const range of held.facts) {
    for (const placed of await readFactBlocks(reader, slices, range)) addHeldFacts(placed, { keys, scope, range });
  }
  await scanRollups(reading, passing.rollups, 'sums', (chunk) => addSums(chunk, keys, scope));
  await scanRollups(reading, passing.rollups, 'histograms', (chunk) => addHistograms(chunk, keys, scope));
  await scanFacts(reading, passing.facts, (chunk) => addFacts(chunk, keys, scope));
}

type Ranges = Pick<GraphPlan, 'rollups' | 'facts'>;

interface Divided {
  readonly held: Ranges;
  readonly passing: Ranges;
}

/** Into ranges whose pieces are held in memory, and those that have too many. */
function divide(slices: readonly Source[], { rollups, facts }: Ranges): Divided {
  const areRollups = rollups.map((range) => areRollupsHeld(slices, range));
  const areFacts = facts.map((range) => areFactsHeld(slices, range));
  return {
    held: {
      rollups: rollups.filter((_range, no) => areRollups[no]),
      facts: facts.filter((_range, no) => areFacts[no]),
    },
    passing: {
      rollups: rollups.filter((_range, no) => !areRollups[no]),
      facts: facts.filter((_range, no) => !areFacts[no]),
    },
  };
}

/** All facts of these traces. */
export async function addTracesOfSlice(
  reader: SliceReader,
  source: Source,
  ids: readonly TraceId[],
  totals: GraphTotals,
): Promise<void> {
  await reader.on([source], async (connection) => {
    const numbers = await readNumbersOf(connection, source, ids);
    if (numbers.length === 0) return;
    const keys = await readGraphKeys(reader, [source], null);
    const scope = "trace_no IN (SELECT unnest(string_split($1, ',')::INTEGER[]))";
    const sql = fillQuery('read/graph-facts-of-slice', { from: source.prefix, no: 0, scope, wanted: 'true' });
    const whole = { periodOf: () => totals, startUs: 0, periodUs: null };
    const statement = { sql, values: [numbers.join(',')], types: [VARCHAR] };
    await scanColumns(connection, statement, (chunk) => addFacts(chunk, keys, whole));
  });
}

interface Reading {
  readonly reader: SliceReader;
  readonly slices: readonly Source[];
  readonly scope: GraphScope;
}

async function scanRollups(
  reading: Reading,
  rollups: readonly RollupRange[],
  kind: 'sums' | 'histograms',
  visit: (chunk: Chunk) => void,
): Promise<void> {
  const ranges = rollups.map(({ minutes, firstMinute, endMinute }: RollupRange): PieceRange => ({
    us: { startUs: timeUs(firstMinute * MINUTE_US), endUs: timeUs(endMinute * MINUTE_US) },
    bind: (parameters) => ({
      minutes,
      first: parameters.add(firstMinute, INTEGER),
      end: parameters.add(endMinute, INTEGER),
    }),
  }));
  await scanPieces(reading, { query: `graph-${kind}-of-slice`, number: 'key_no', ranges }, visit);
}

async function scanFacts(reading: Reading, facts: readonly FactRange[], visit: (chunk: Chunk) => void): Promise<void> {
  const ranges = facts.map((us): PieceRange => ({
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
  { reader, slices, scope }: Reading,
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
  const named = slices.filter((slice) => touched.some(({ us }) => isTouched(slice, us)));
  const statement = { sql: pieces.join('\nUNION ALL\n'), values, types };
  await reader.on(named, (connection) => scanColumns(connection, statement, visit));
}

interface Adding<Range> {
  readonly keys: GraphKeys;
  readonly scope: PeriodScope;
  readonly range: Range;
}

function addRollups({ sliceNo, block }: Placed<RollupBlock>, { keys, scope, range }: Adding<RollupRange>): void {
  const { firstMinute, endMinute } = range;
  const { sums, histograms } = block;
  // By number: `entries()` makes an array for each of some hundred thousand rows.
  for (let row = 0; row < sums.minutes.length; row += 1) {
    const minute = at(sums.minutes, row);
    if (minute < firstMinute || minute >= endMinute) continue;
    const slot = keys.slotAt(sliceNo, at(sums.keyNos, row));
    if (!slot.isWanted) continue;
    addPiece(groupIn(totalsAt(scope, minute * MINUTE_US), slot), slot.key.alias, {
      outcome: at(sums.outcomes, row),
      factCount: at(sums.factCounts, row),
      durationUs: at(sums.durations, row),
      startUs: at(sums.starts, row),
      endUs: at(sums.ends, row),
    });
  }
  for (let row = 0; row < histograms.minutes.length; row += 1) {
    const minute = at(histograms.minutes, row);
    if (minute < firstMinute || minute >= endMinute) continue;
    const slot = keys.slotAt(sliceNo, at(histograms.keyNos, row));
    if (!slot.isWanted) continue;
    const first = at(histograms.firsts, row);
    const length = at(histograms.firsts, row + 1) - first;
    const group = groupIn(totalsAt(scope, minute * MINUTE_US), slot);
    addHistogram(group, histograms, { firstBucket: first, firstCount: first, length });
  }
}

function addHeldFacts({ sliceNo, block }: Placed<FactBlock>, { keys, scope, range }: Adding<FactRange>): void {
  const { setNos, outcomes, factCounts, buckets, durations, ends } = block;
  const rows = { setNos, outcomes, factCounts, durations, ends };
  for (let row = 0; row < ends.length; row += 1) {
    const endUs = at(ends, row);
    if (endUs < range.startUs || endUs >= range.endUs) continue;
    addFact(rows, { row, bucket: at(buckets, row) }, keys.slotsAt(sliceNo, at(setNos, row)), totalsAt(scope, endUs));
  }
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
    const piece = { firstBucket: buckets.start(row), firstCount: counts.start(row), length: buckets.length(row) };
    addHistogram(group, { buckets: buckets.items, counts: counts.items }, piece);
  }
}

function addHistogram(
  group: GraphGroup,
  { buckets, counts }: { readonly buckets: ArrayLike<number>; readonly counts: ArrayLike<number> },
  { firstBucket, firstCount, length }: { readonly firstBucket: number; readonly firstCount: number; length: number },
): void {
  // Ascending: the last one is the largest.
  if (length > 0) growHistogram(group, at(buckets, firstBucket + length - 1));
  const { histogram } = group;
  for (let item = 0; item < length; item += 1) {
    const bucket = at(buckets, firstBucket + item);
    histogram[bucket] = (histogram[bucket] ?? 0) + at(counts, firstCount + item);
  }
}

interface FactRows {
  readonly outcomes: Uint8Array;
  readonly factCounts: Int32Array;
  readonly durations: Float64Array;
  readonly ends: Float64Array;
}

function addFacts(chunk: Chunk, keys: GraphKeys, scope: PeriodScope): void {
  const [sliceNos, setNos] = [chunk.int32(0), chunk.int32(1)];
  const [durations, ends] = [chunk.float64(4), chunk.float64(5)];
  const rows = { outcomes: chunk.uint8(2), factCounts: chunk.int32(3), durations, ends };
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const bucket = bucketNumber(latencyBucketUs(at(durations, row)));
    const slots = keys.slotsAt(at(sliceNos, row), at(setNos, row));
    addFact(rows, { row, bucket }, slots, totalsAt(scope, at(ends, row)));
  }
}

function addFact(
  { outcomes, factCounts, durations, ends }: FactRows,
  { row, bucket }: { readonly row: number; readonly bucket: number },
  slots: readonly GraphSlot[],
  totals: GraphTotals,
): void {
  const [durationUs, endUs, factCount] = [at(durations, row), at(ends, row), at(factCounts, row)];
  const outcome = at(outcomes, row);
  const piece = { outcome, factCount, durationUs: durationUs * factCount, startUs: endUs - durationUs, endUs };
  for (const slot of slots) {
    const group = groupIn(totals, slot);
    addPiece(group, slot.key.alias, piece);
    addBucket(group, outcome, bucket, factCount);
  }
}
