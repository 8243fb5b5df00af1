import type { DuckDBConnection } from '@duckdb/node-api';
import type { TraceQuery } from '@fluoroscope/store';
import { TRACE_STARTS_CACHE_BYTES_MAX } from '../limits.ts';
import { fillQuery } from '../source-sql.ts';
import type { SliceReader, Source } from '../source.ts';
import { scanColumns } from './columns.ts';
import type { FoundTrace } from './find-in-source.ts';
import { at } from './graph-scope.ts';
import { createSliceCache } from './slice-cache.ts';

/** All traces of a slice, ascending by number and so by start: `starts[i]` is that of the trace `numbers[i]`. */
interface TraceStarts {
  readonly numbers: Int32Array;
  readonly starts: Float64Array;
}

/** Null for a slice that has too many to be held. */
const cache = createSliceCache<TraceStarts | null>(TRACE_STARTS_CACHE_BYTES_MAX);

const HELD_BYTES_MAX = TRACE_STARTS_CACHE_BYTES_MAX / 8;
const TRACE_BYTES = 12;
const ENTRY_BYTES = 256;

export interface CountedWalk {
  readonly query: TraceQuery;
  readonly upTo: FoundTrace | null;
  /** Numbers of the stale rows. */
  readonly stale: readonly number[];
}

/** How many traces of a slice are on the way; null when their starts alone do not tell. */
export async function countByStarts(
  reader: SliceReader,
  slice: Source,
  { query, upTo, stale }: CountedWalk,
): Promise<number | null> {
  const { startUs, endUs, rangeOf, after } = query;
  if (rangeOf !== 'start') return null;
  const held = await readStarts(reader, slice);
  if (held === null) return null;
  const { numbers, starts } = held;
  let first = firstFrom(starts, startUs);
  let end = firstFrom(starts, endUs);
  if (after !== null) {
    const behind = firstFrom(starts, after.startUs);
    if (starts[behind] === after.startUs) return null;
    end = Math.min(end, behind);
  }
  if (upTo !== null) {
    const isHere = upTo.source === slice;
    const last = isHere ? firstFrom(numbers, upTo.rowNo) : firstFrom(starts, upTo.startUs);
    if (!isHere && starts[last] === upTo.startUs) return null;
    first = Math.max(first, last);
  }
  if (first >= end) return 0;
  let count = end - first;
  for (const number of stale) {
    const place = firstFrom(numbers, number);
    if (place >= first && place < end && numbers[place] === number) count -= 1;
  }
  return count;
}

async function readStarts(reader: SliceReader, slice: Source): Promise<TraceStarts | null> {
  const held = cache.get(slice, '');
  if (held !== undefined) return held;
  const read = await reader.on([slice], (connection) => scanStarts(connection, slice));
  cache.set(slice, '', read, ENTRY_BYTES + (read?.starts.length ?? 0) * TRACE_BYTES);
  return read;
}

async function scanStarts(connection: DuckDBConnection, { prefix }: Source): Promise<TraceStarts | null> {
  const parts: TraceStarts[] = [];
  let count = 0;
  const limit = Math.floor(HELD_BYTES_MAX / TRACE_BYTES);
  const sql = fillQuery('read/trace-starts-of-slice', { from: prefix, limit: limit + 1 });
  await scanColumns(connection, { sql, values: [], types: [] }, (chunk) => {
    parts.push({ numbers: chunk.int32(0).slice(), starts: chunk.float64(1).slice() });
    count += chunk.rowCount;
  });
  if (count > limit) return null;
  const all = { numbers: new Int32Array(count), starts: new Float64Array(count) };
  let from = 0;
  for (const { numbers, starts } of parts) {
    all.numbers.set(numbers, from);
    all.starts.set(starts, from);
    from += starts.length;
  }
  return isAscending(all) ? all : null;
}

function isAscending({ numbers, starts }: TraceStarts): boolean {
  return starts.every(
    (startUs, place) =>
      place === 0 || (startUs >= at(starts, place - 1) && at(numbers, place) > at(numbers, place - 1)),
  );
}

/** The first place whose value is not below; the length when all are. */
function firstFrom(values: Float64Array | Int32Array, value: number): number {
  let first = 0;
  let end = values.length;
  while (first < end) {
    const middle = (first + end) >>> 1;
    if (at(values, middle) < value) first = middle + 1;
    else end = middle;
  }
  return first;
}
