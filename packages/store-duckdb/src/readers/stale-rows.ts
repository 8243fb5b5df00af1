import type { DuckDBConnection } from '@duckdb/node-api';
import type { TraceId } from '@fluoroscope/model';
import { STALE_NUMBERS_PRINTED_MAX, STALE_ROWS_CACHE_BYTES_MAX } from '../limits.ts';
import { fillQuery } from '../source-sql.ts';
import type { Snapshot, Source } from '../source.ts';
import { traceIdOf } from '../trace-key.ts';
import { toBigInt, toNumber } from '../values.ts';
import { createSliceCache } from './slice-cache.ts';
import { printNumbers, readTraceNumbers } from './trace-numbers.ts';

export interface StaleRows {
  /** Of the source's traces: what tells one from another. */
  readonly column: 'rowid' | 'trace_no';
  /** Stands for the rows of that column that newer sources have replaced: what may follow IN. */
  readonly sql: string;
  /** The same as numbers, some without a row perhaps; null when they were not read. */
  readonly numbers: readonly number[] | null;
}

/** Null when no row of this source is stale. */
export async function readStaleRows(
  connection: DuckDBConnection,
  source: Source,
  snapshot: Snapshot,
): Promise<StaleRows | null> {
  const { kind, prefix, orderNo } = source;
  if (snapshot.sources.every((other) => other.orderNo <= orderNo)) return null;
  if (kind === 'slice') {
    const numbers = await readStaleNumbers(connection, source, snapshot);
    if (numbers?.length === 0) return null;
    if (numbers !== null) return { column: 'trace_no', sql: printNumbers(numbers), numbers };
  }
  const column = kind === 'head' ? 'rowid' : 'trace_no';
  return { column, sql: fillQuery(`read/stale-in-${kind}`, { from: prefix, order: orderNo }), numbers: null };
}

/** What slices up to `throughOrder` have made stale, which stays so for good. Null: more than are held. */
interface Settled {
  readonly throughOrder: number;
  readonly numbers: readonly number[] | null;
}

const cache = createSliceCache<Settled>(STALE_ROWS_CACHE_BYTES_MAX);

// About what they take in the cache, in bytes.
const SETTLED_BYTES = 128;
const NUMBER_BYTES = 8;

/** Null when there are more than are worth writing out. */
async function readStaleNumbers(
  connection: DuckDBConnection,
  slice: Source,
  snapshot: Snapshot,
): Promise<readonly number[] | null> {
  const lastOrder = snapshot.sources.reduce(
    (last, { kind, orderNo }) => (kind === 'slice' ? Math.max(last, orderNo) : last),
    slice.orderNo,
  );
  const replaced = await readReplacedByHeads(connection, snapshot, lastOrder);
  const settled = await readSettled(connection, slice, lastOrder);
  if (replaced === null || settled === null) return null;
  const known = replaced.filter((id) => slice.mayKnow(id));
  const byHeads = known.length === 0 ? [] : (await readTraceNumbers(connection, slice, known)).keys();
  const numbers = [...new Set([...settled, ...byHeads])];
  return numbers.length > STALE_NUMBERS_PRINTED_MAX ? null : numbers;
}

/**
 * Of newer slices. A merge gives what its slices have replaced the order of the last of them, so an order that was read
 * up to need not be read again.
 */
async function readSettled(
  connection: DuckDBConnection,
  slice: Source,
  lastOrder: number,
): Promise<readonly number[] | null> {
  const held = cache.get(slice, '');
  // A read that began earlier must not see what is newer.
  const before = held !== undefined && held.throughOrder <= lastOrder ? held : null;
  if (before?.numbers === null) return null;
  if (before?.throughOrder === lastOrder) return before.numbers;
  const first = before?.throughOrder ?? slice.orderNo;
  const sql = fillQuery('read/stale-between', { from: slice.prefix, first, last: lastOrder });
  const added = (await connection.runAndReadAll(sql)).getRows().map(([no]) => toNumber(no));
  const all = [...new Set([...(before?.numbers ?? []), ...added])];
  const numbers = all.length > STALE_NUMBERS_PRINTED_MAX ? null : all;
  if (held === undefined || held.throughOrder < lastOrder) {
    const sizeBytes = SETTLED_BYTES + (numbers?.length ?? 0) * NUMBER_BYTES;
    cache.set(slice, '', { throughOrder: lastOrder, numbers }, sizeBytes);
  }
  return numbers;
}

const byHeadsOf = new WeakMap<Snapshot, Promise<readonly TraceId[] | null>>();

/** Traces whose rows in slices are stale because of what is in memory; once a read. Null when there are many. */
function readReplacedByHeads(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  order: number,
): Promise<readonly TraceId[] | null> {
  const asked = byHeadsOf.get(snapshot) ?? readSuperseded(connection, order);
  byHeadsOf.set(snapshot, asked);
  return asked;
}

async function readSuperseded(connection: DuckDBConnection, order: number): Promise<readonly TraceId[] | null> {
  const sql = fillQuery('read/superseded-after', { order, limit: STALE_NUMBERS_PRINTED_MAX + 1 });
  const rows = (await connection.runAndReadAll(sql)).getRows();
  if (rows.length > STALE_NUMBERS_PRINTED_MAX) return null;
  return [...new Set(rows.map(([hi, lo]) => traceIdOf(toBigInt(hi), toBigInt(lo))))];
}
