import { INTEGER, type DuckDBConnection } from '@duckdb/node-api';
import { bucketNumber, latencyBucketUs, timeUs } from '@fluoroscope/model';
import { createParameters, type Parameters } from '../compile-condition.ts';
import { GRAPH_BLOCKS_MAX, GRAPH_PIECES_CACHE_BYTES_MAX, UNION_PARTS_MAX } from '../limits.ts';
import { fillQuery, type Names } from '../source-sql.ts';
import type { SliceReader, Source } from '../source.ts';
import { scanColumns, type Chunk } from './columns.ts';
import { toCountsArray, type CountsArray } from './counts-array.ts';
import { MINUTE_US, type FactRange, type RollupMinutes, type RollupRange } from './graph-plan.ts';
import { at, compileRange, isTouched } from './graph-scope.ts';
import { createSliceCache } from './slice-cache.ts';

// Pieces of slices as arrays, held block by block:
//
//   rollups of an hour       a day
//   rollups of 5 minutes     an hour
//   facts                    5 minutes

const BLOCK_MINUTES: Readonly<Record<RollupMinutes, number>> = { 60: 1_440, 5: 60 };
const FACTS_BLOCK_US = 5 * MINUTE_US;

/** A range of facts that is longer is no end of a range over rollups: it is read once and not held. */
const FACT_BLOCKS_MAX = 2;

/** One entry a row. Histograms: buckets of row `i` are those from `firsts[i]` up to `firsts[i + 1]`. */
export interface RollupBlock {
  readonly sums: {
    readonly minutes: Int32Array;
    readonly keyNos: Int32Array;
    readonly outcomes: Uint8Array;
    readonly factCounts: Int32Array;
    readonly durations: Float64Array;
    readonly starts: Float64Array;
    readonly ends: Float64Array;
  };
  readonly histograms: {
    readonly minutes: Int32Array;
    readonly keyNos: Int32Array;
    readonly firsts: Int32Array;
    readonly buckets: Uint16Array;
    readonly counts: CountsArray;
  };
}

export interface FactBlock {
  readonly setNos: Int32Array;
  readonly outcomes: Uint8Array;
  readonly factCounts: Int32Array;
  readonly buckets: Int32Array;
  readonly durations: Float64Array;
  readonly ends: Float64Array;
}

/** Of which slice, by its place. */
export interface Placed<Kind> {
  readonly sliceNo: number;
  readonly block: Kind;
}

/** Of a row of a `FactBlock`. */
const FACT_BYTES = 29;

const FACTS_SHARE = 0.4;

/** Blocks of the two ends of a range must fit into the cache: larger ones would push each other out. */
const FACT_BLOCKS_BYTES_MAX = (GRAPH_PIECES_CACHE_BYTES_MAX * FACTS_SHARE) / 2;

const rollupCache = createSliceCache<RollupBlock>(GRAPH_PIECES_CACHE_BYTES_MAX * (1 - FACTS_SHARE));
const factCache = createSliceCache<FactBlock>(GRAPH_PIECES_CACHE_BYTES_MAX * FACTS_SHARE);

/** A block of one slice that a range reaches into; `name` is unlike that of any other of the slice. */
interface Wanted {
  readonly sliceNo: number;
  readonly slice: Source;
  readonly name: string;
  readonly first: number;
  readonly end: number;
}

/** What has no more blocks than can be held, so that `readRollupBlocks` may be asked for it. */
export function areRollupsHeld(slices: readonly Source[], range: RollupRange): boolean {
  const blockUs = BLOCK_MINUTES[range.minutes] * MINUTE_US;
  return slices.every((slice) => blockCount(slice, toUs(range), blockUs) <= GRAPH_BLOCKS_MAX);
}

export function areFactsHeld(slices: readonly Source[], range: FactRange): boolean {
  if (slices.some((slice) => blockCount(slice, range, FACTS_BLOCK_US) > FACT_BLOCKS_MAX)) return false;
  return slices.reduce((sum, slice) => sum + factBlockBytes(slice, range), 0) <= FACT_BLOCKS_BYTES_MAX;
}

/** About what the slice's blocks of the range take. */
function factBlockBytes(slice: Source, range: FactRange): number {
  const { extent, factCount = 0 } = slice;
  if (extent === null) return 0;
  const [first, end] = blockNumbers(slice, range, FACTS_BLOCK_US);
  const from = Math.max(first * FACTS_BLOCK_US, extent.firstEndUs);
  const to = Math.min(end * FACTS_BLOCK_US, extent.lastEndUs + 1);
  const share = Math.max(to - from, 0) / (extent.lastEndUs + 1 - extent.firstEndUs);
  return factCount * share * FACT_BYTES;
}

/** All blocks that the range reaches into: their rows may lie outside. */
export async function readRollupBlocks(
  reader: SliceReader,
  slices: readonly Source[],
  range: RollupRange,
): Promise<readonly Placed<RollupBlock>[]> {
  const { minutes } = range;
  const wanted = blocksOf(slices, toUs(range), BLOCK_MINUTES[minutes] * MINUTE_US, `${minutes}`);
  return readBlocks(reader, { wanted, cache: rollupCache }, async (connection, missing) => {
    const builders = missing.map(() => createRollupBuilder());
    const names = ({ first, end }: Wanted, parameters: Parameters): Names => ({
      minutes,
      first: parameters.add(first / MINUTE_US, INTEGER),
      end: parameters.add(end / MINUTE_US, INTEGER),
    });
    await scanUnion(connection, missing, { query: 'graph-sums-of-slice', names }, (chunk) => {
      takeSums(chunk, builders);
    });
    await scanUnion(connection, missing, { query: 'graph-histograms-of-slice', names }, (chunk) => {
      takeHistograms(chunk, builders);
    });
    return builders.map(toRollupBlock);
  });
}

/** All blocks that the range reaches into: their rows may lie outside. */
export async function readFactBlocks(
  reader: SliceReader,
  slices: readonly Source[],
  range: FactRange,
): Promise<readonly Placed<FactBlock>[]> {
  const wanted = blocksOf(slices, range, FACTS_BLOCK_US, 'facts');
  return readBlocks(reader, { wanted, cache: factCache }, async (connection, missing) => {
    const parts: FactBlock[][] = missing.map(() => []);
    const names = ({ first, end }: Wanted, parameters: Parameters): Names => ({
      scope: compileRange({ startUs: timeUs(first), endUs: timeUs(end) }, parameters),
    });
    await scanUnion(connection, missing, { query: 'graph-facts-of-slice', names }, (chunk) => takeFacts(chunk, parts));
    return parts.map(joinFacts);
  });
}

function toUs({ firstMinute, endMinute }: RollupRange): FactRange {
  return { startUs: timeUs(firstMinute * MINUTE_US), endUs: timeUs(endMinute * MINUTE_US) };
}

/** The blocks of the range in which the slice may have something: [first, end) of their numbers. */
function blockNumbers({ extent }: Source, { startUs, endUs }: FactRange, blockUs: number): readonly [number, number] {
  if (extent === null) return [0, 0];
  const first = Math.floor(Math.max(startUs, extent.firstEndUs) / blockUs);
  const end = Math.ceil(Math.min(endUs, extent.lastEndUs + 1) / blockUs);
  return [first, end];
}

function blockCount(slice: Source, range: FactRange, blockUs: number): number {
  const [first, end] = blockNumbers(slice, range, blockUs);
  return end - first;
}

function blocksOf(slices: readonly Source[], range: FactRange, blockUs: number, kind: string): readonly Wanted[] {
  const wanted: Wanted[] = [];
  for (const [sliceNo, slice] of slices.entries()) {
    if (!isTouched(slice, range)) continue;
    const [first, end] = blockNumbers(slice, range, blockUs);
    for (let no = first; no < end; no += 1) {
      wanted.push({ sliceNo, slice, name: `${kind} ${no}`, first: no * blockUs, end: (no + 1) * blockUs });
    }
  }
  return wanted;
}

type Block = RollupBlock | FactBlock;

interface HeldBlocks<Kind> {
  readonly wanted: readonly Wanted[];
  readonly cache: ReturnType<typeof createSliceCache<Kind>>;
}

async function readBlocks<Kind extends Block>(
  reader: SliceReader,
  { wanted, cache }: HeldBlocks<Kind>,
  read: (connection: DuckDBConnection, missing: readonly Wanted[]) => Promise<readonly Kind[]>,
): Promise<readonly Placed<Kind>[]> {
  const placed: Placed<Kind>[] = [];
  const missing: Wanted[] = [];
  for (const want of wanted) {
    const block = cache.get(want.slice, want.name);
    if (block === undefined) missing.push(want);
    else placed.push({ sliceNo: want.sliceNo, block });
  }
  for (let from = 0; from < missing.length; from += UNION_PARTS_MAX) {
    const part = missing.slice(from, from + UNION_PARTS_MAX);
    const slices = [...new Set(part.map(({ slice }) => slice))];
    const blocks = await reader.on(slices, (connection) => read(connection, part));
    for (const [place, block] of blocks.entries()) {
      const want = part[place];
      if (want === undefined) continue;
      cache.set(want.slice, want.name, block, sizeOf(block));
      placed.push({ sliceNo: want.sliceNo, block });
    }
  }
  return placed;
}

interface Query {
  /** In sql/queries/read. */
  readonly query: string;
  readonly names: (wanted: Wanted, parameters: Parameters) => Names;
}

/** One statement over all blocks, whose rows go by the place of theirs. */
async function scanUnion(
  connection: DuckDBConnection,
  blocks: readonly Wanted[],
  { query, names }: Query,
  visit: (chunk: Chunk) => void,
): Promise<void> {
  const parameters = createParameters();
  const parts = blocks.map((block, no) =>
    fillQuery(`read/${query}`, { ...names(block, parameters), from: block.slice.prefix, no, wanted: 'true' }),
  );
  const { values, types } = parameters;
  await scanColumns(connection, { sql: parts.join('\nUNION ALL\n'), values, types }, visit);
}

interface RollupBuilder {
  readonly minutes: number[];
  readonly keyNos: number[];
  readonly outcomes: number[];
  readonly factCounts: number[];
  readonly durations: number[];
  readonly starts: number[];
  readonly ends: number[];
  readonly histogramMinutes: number[];
  readonly histogramKeyNos: number[];
  readonly firsts: number[];
  readonly buckets: number[];
  readonly counts: number[];
}

function createRollupBuilder(): RollupBuilder {
  return {
    minutes: [],
    keyNos: [],
    outcomes: [],
    factCounts: [],
    durations: [],
    starts: [],
    ends: [],
    histogramMinutes: [],
    histogramKeyNos: [],
    firsts: [0],
    buckets: [],
    counts: [],
  };
}

function takeSums(chunk: Chunk, builders: readonly RollupBuilder[]): void {
  const [places, minutes, keyNos, outcomes] = [chunk.int32(0), chunk.int32(1), chunk.int32(2), chunk.uint8(3)];
  const [factCounts, durations] = [chunk.int32(4), chunk.float64(5)];
  const [starts, ends] = [chunk.float64(6), chunk.float64(7)];
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const builder = builders[at(places, row)];
    if (builder === undefined) continue;
    builder.minutes.push(at(minutes, row));
    builder.keyNos.push(at(keyNos, row));
    builder.outcomes.push(at(outcomes, row));
    builder.factCounts.push(at(factCounts, row));
    builder.durations.push(at(durations, row));
    builder.starts.push(at(starts, row));
    builder.ends.push(at(ends, row));
  }
}

function takeHistograms(chunk: Chunk, builders: readonly RollupBuilder[]): void {
  const [places, minutes, keyNos] = [chunk.int32(0), chunk.int32(1), chunk.int32(2)];
  const [buckets, counts] = [chunk.int32Lists(3), chunk.int32Lists(4)];
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const builder = builders[at(places, row)];
    if (builder === undefined) continue;
    builder.histogramMinutes.push(at(minutes, row));
    builder.histogramKeyNos.push(at(keyNos, row));
    const length = buckets.length(row);
    const [firstBucket, firstCount] = [buckets.start(row), counts.start(row)];
    for (let item = 0; item < length; item += 1) {
      builder.buckets.push(at(buckets.items, firstBucket + item));
      builder.counts.push(at(counts.items, firstCount + item));
    }
    builder.firsts.push(builder.buckets.length);
  }
}

function toRollupBlock(builder: RollupBuilder): RollupBlock {
  return {
    sums: {
      minutes: Int32Array.from(builder.minutes),
      keyNos: Int32Array.from(builder.keyNos),
      outcomes: Uint8Array.from(builder.outcomes),
      factCounts: Int32Array.from(builder.factCounts),
      durations: Float64Array.from(builder.durations),
      starts: Float64Array.from(builder.starts),
      ends: Float64Array.from(builder.ends),
    },
    histograms: {
      minutes: Int32Array.from(builder.histogramMinutes),
      keyNos: Int32Array.from(builder.histogramKeyNos),
      firsts: Int32Array.from(builder.firsts),
      buckets: Uint16Array.from(builder.buckets),
      counts: toCountsArray(builder.counts),
    },
  };
}

/** Rows of one block stand together, so that a part of a chunk is copied whole. */
function takeFacts(chunk: Chunk, parts: readonly FactBlock[][]): void {
  const [places, setNos, outcomes] = [chunk.int32(0), chunk.int32(1), chunk.uint8(2)];
  const [factCounts, durations, ends] = [chunk.int32(3), chunk.float64(4), chunk.float64(5)];
  for (let from = 0; from < chunk.rowCount;) {
    const place = at(places, from);
    let to = from + 1;
    while (to < chunk.rowCount && at(places, to) === place) to += 1;
    parts[place]?.push({
      setNos: setNos.slice(from, to),
      outcomes: outcomes.slice(from, to),
      factCounts: factCounts.slice(from, to),
      buckets: Int32Array.from(durations.subarray(from, to), (us) => bucketNumber(latencyBucketUs(us))),
      durations: durations.slice(from, to),
      ends: ends.slice(from, to),
    });
    from = to;
  }
}

function joinFacts(parts: readonly FactBlock[]): FactBlock {
  const rowCount = parts.reduce((sum, { ends }) => sum + ends.length, 0);
  const joined = {
    setNos: new Int32Array(rowCount),
    outcomes: new Uint8Array(rowCount),
    factCounts: new Int32Array(rowCount),
    buckets: new Int32Array(rowCount),
    durations: new Float64Array(rowCount),
    ends: new Float64Array(rowCount),
  };
  let from = 0;
  for (const part of parts) {
    joined.setNos.set(part.setNos, from);
    joined.outcomes.set(part.outcomes, from);
    joined.factCounts.set(part.factCounts, from);
    joined.buckets.set(part.buckets, from);
    joined.durations.set(part.durations, from);
    joined.ends.set(part.ends, from);
    from += part.ends.length;
  }
  return joined;
}

/** Of its arrays, and some for what holds them. */
function sizeOf(block: Block): number {
  const groups = 'sums' in block ? [block.sums, block.histograms] : [block];
  const arrays = groups.flatMap((group) => Object.values(group));
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 1_024);
}
