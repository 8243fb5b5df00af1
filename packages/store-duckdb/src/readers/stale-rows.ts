import type { DuckDBConnection } from '@duckdb/node-api';
import type { TraceId } from '@fluoroscope/model';
import { STALE_CANDIDATES_MAX, STALE_NUMBERS_PRINTED_MAX, STALE_ROWS_CACHE_BYTES_MAX } from '../limits.ts';
import { hashId, type IdHash } from '../slices/bloom.ts';
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
  /** The same for the same rows of the source; null when that is not known. */
  readonly version: () => string | null;
}

/** Null when no row of this source is stale. */
export async function readStaleRows(
  connection: DuckDBConnection,
  source: Source,
  snapshot: Snapshot,
): Promise<StaleRows | null> {
  const { kind, prefix, orderNo } = source;
  if (snapshot.sources.every((other) => other.orderNo <= orderNo)) return null;
  const { numbers, version } =
    kind === 'slice' ? await readStaleNumbers(connection, source, snapshot) : { numbers: null, version: unknown };
  if (numbers?.length === 0) return null;
  if (numbers !== null) return { column: 'trace_no', sql: printNumbers(numbers), numbers, version };
  const column = kind === 'head' ? 'rowid' : 'trace_no';
  return { column, sql: fillQuery(`read/stale-in-${kind}`, { from: prefix, order: orderNo }), numbers, version };
}

const unknown = (): null => null;

export interface OfSources {
  readonly sources: readonly Source[];
  /** Of any of them. */
  readonly stale: readonly (StaleRows | null)[];
}

/** Gives `run` a connection for one statement that names these sources and leaves out their stale rows. */
export async function askLeavingOut<Answer>(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  { sources, stale }: OfSources,
  run: (connection: DuckDBConnection) => Promise<Answer>,
): Promise<Answer> {
  const isOfSlices = sources.every(({ kind }) => kind === 'slice') && stale.every((rows) => rows?.numbers !== null);
  if (isOfSlices) return snapshot.slices.on(sources, run);
  await snapshot.hold(sources);
  return run(connection);
}

type StaleNumbers = Pick<StaleRows, 'numbers' | 'version'>;

/** Numbers are null when there are more than are worth writing out. */
async function readStaleNumbers(
  connection: DuckDBConnection,
  slice: Source,
  snapshot: Snapshot,
): Promise<StaleNumbers> {
  const lastOrder = snapshot.sources.reduce(
    (last, { kind, orderNo }) => (kind === 'slice' ? Math.max(last, orderNo) : last),
    slice.orderNo,
  );
  const replaced = await readReplaced(connection, snapshot, { after: lastOrder, through: Number.MAX_SAFE_INTEGER });
  const settled = await readSettled(connection, snapshot, { slice, lastOrder });
  if (replaced === null) return { numbers: null, version: unknown };
  const known = knownTo(slice, replaced);
  const version = (): string => [settled.changedOrder, ...known].join(' ');
  if (settled.numbers === null || known.length === 0) return { numbers: settled.numbers, version };
  const byHeads = await snapshot.slices.on([slice], (own) => readTraceNumbers(own, slice, known));
  const numbers = [...new Set([...settled.numbers, ...byHeads.keys()])];
  return { numbers: numbers.length > STALE_NUMBERS_PRINTED_MAX ? null : numbers, version };
}

/** What slices up to `throughOrder` have made stale, which stays so for good. */
interface Settled {
  readonly throughOrder: number;
  /** The last order that may have made any more so. */
  readonly changedOrder: number;
  /** Null: more than are held. */
  readonly numbers: readonly number[] | null;
}

const cache = createSliceCache<Settled>(STALE_ROWS_CACHE_BYTES_MAX);

// About what they take in the cache, in bytes.
const SETTLED_BYTES = 128;
const NUMBER_BYTES = 8;

interface SettledQuery {
  readonly slice: Source;
  /** Of the newest slice. */
  readonly lastOrder: number;
}

/**
 * Of newer slices. A merge gives what its slices have replaced the order of the last of them, so an order that was read
 * up to need not be read again.
 */
async function readSettled(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  { slice, lastOrder }: SettledQuery,
): Promise<Settled> {
  const held = cache.get(slice, '');
  // A read that began earlier must not see what is newer.
  const before =
    held !== undefined && held.throughOrder <= lastOrder
      ? held
      : { throughOrder: slice.orderNo, changedOrder: slice.orderNo, numbers: [] };
  if (before.throughOrder === lastOrder) return before;
  const settled = await settle(connection, snapshot, { slice, lastOrder, before });
  if (held === undefined || held.throughOrder < lastOrder) {
    cache.set(slice, '', settled, SETTLED_BYTES + (settled.numbers?.length ?? 0) * NUMBER_BYTES);
  }
  return settled;
}

async function settle(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  { slice, lastOrder, before }: SettledQuery & { readonly before: Settled },
): Promise<Settled> {
  const orders = { after: before.throughOrder, through: lastOrder };
  const replaced = await readReplaced(connection, snapshot, orders);
  const known = replaced === null ? null : knownTo(slice, replaced);
  if (known?.length === 0) return { ...before, throughOrder: lastOrder };
  const changed = { throughOrder: lastOrder, changedOrder: lastOrder };
  if (before.numbers === null) return { ...changed, numbers: null };
  const added =
    known === null
      ? await readStaleBetween(connection, snapshot, { slice, orders })
      : [...(await snapshot.slices.on([slice], (own) => readTraceNumbers(own, slice, known))).keys()];
  const numbers = [...new Set([...before.numbers, ...added])];
  return { ...changed, numbers: numbers.length > STALE_NUMBERS_PRINTED_MAX ? null : numbers };
}

/** Orders, the first excluded, the last included. */
interface Orders {
  readonly after: number;
  readonly through: number;
}

async function readStaleBetween(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  { slice, orders: { after, through } }: { readonly slice: Source; readonly orders: Orders },
): Promise<readonly number[]> {
  const sql = fillQuery('read/stale-between', { from: slice.prefix, first: after, last: through });
  await snapshot.hold([slice]);
  return (await connection.runAndReadAll(sql)).getRows().map(([no]) => toNumber(no));
}

/** A trace of which sources of some orders have a row that stands for older ones. */
interface Replaced {
  readonly id: TraceId;
  readonly hash: IdHash;
}

function knownTo(slice: Source, replaced: readonly Replaced[]): readonly TraceId[] {
  return replaced.filter(({ id, hash }) => slice.mayHold?.(hash) ?? slice.mayKnow(id)).map(({ id }) => id);
}

interface LastAsked {
  readonly orders: Orders;
  readonly replaced: Promise<readonly Replaced[] | null>;
}

/** By who asks, since slices are mostly asked about one after another: of heads, and of slices, what was asked last. */
const ofHeads = new WeakMap<Snapshot, LastAsked>();
const ofSlices = new WeakMap<Snapshot, LastAsked>();

/** Null when there are many. */
function readReplaced(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  orders: Orders,
): Promise<readonly Replaced[] | null> {
  const asked = orders.through === Number.MAX_SAFE_INTEGER ? ofHeads : ofSlices;
  const last = asked.get(snapshot);
  if (last?.orders.after === orders.after && last.orders.through === orders.through) return last.replaced;
  const replaced = readSuperseded(connection, orders);
  asked.set(snapshot, { orders, replaced });
  return replaced;
}

async function readSuperseded(
  connection: DuckDBConnection,
  { after, through }: Orders,
): Promise<readonly Replaced[] | null> {
  const sql = fillQuery('read/superseded-between', { after, through, limit: STALE_CANDIDATES_MAX + 1 });
  const rows = (await connection.runAndReadAll(sql)).getRows();
  if (rows.length > STALE_CANDIDATES_MAX) return null;
  const ids = new Set(rows.map(([hi, lo]) => traceIdOf(toBigInt(hi), toBigInt(lo))));
  return Array.from(ids, (id) => ({ id, hash: hashId(id) }));
}
