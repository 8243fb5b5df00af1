import { BIGINT, UBIGINT, type DuckDBConnection } from '@duckdb/node-api';
import { timeUs, type TimeUs, type TraceId } from '@fluoroscope/model';
import type { TraceCursor, TraceQuery } from '@fluoroscope/store';
import {
  compileCondition,
  createParameters,
  hasAnnotationTerm,
  meetsNone,
  type AnnotationLookUp,
  type Parameters,
  type ServiceCondition,
} from '../compile-condition.ts';
import { ALL_MATCHES_TRACES_MAX } from '../limits.ts';
import { fillQuery } from '../source-sql.ts';
import type { Snapshot, Source } from '../source.ts';
import { traceIdHi, traceIdLo, traceIdOf } from '../trace-key.ts';
import { toBigInt, toBoundUs, toNumber } from '../values.ts';
import { readDictionary } from './annotation-dictionary.ts';
import { scanColumns, type Chunk } from './columns.ts';
import { at } from './graph-scope.ts';
import { askLeavingOut, readStaleRows, type StaleRows } from './stale-rows.ts';
import { countByStarts } from './trace-starts.ts';

export interface FoundTrace extends TraceCursor {
  readonly source: Source;
  /** What `readRowsAt` takes. */
  readonly rowNo: number;
}

/** A found trace, whose id is known at once only in a head: of slices the ids of those that stand are looked up. */
export type Match = Omit<FoundTrace, 'traceId'> & { readonly traceId: TraceId | null };

interface OfSource {
  readonly source: Source;
  readonly query: TraceQuery;
}

export interface Walk extends OfSource {
  readonly connection: DuckDBConnection;
  readonly snapshot: Snapshot;
  /** Where it ends, this one included; null for the end of the range. */
  readonly upTo: FoundTrace | null;
}

export interface Search {
  readonly connection: DuckDBConnection;
  readonly snapshot: Snapshot;
  readonly query: TraceQuery;
  readonly serviceIdsOf: (condition: ServiceCondition) => readonly number[];
  /** Of each source. */
  readonly newestCount: number;
  /** What starts before this is not wanted; null for all in range. */
  readonly fromUs: TimeUs | null;
}

/** False when nothing of this source lies in the query's range and behind its cursor. */
export function isReached({ extent }: Source, { startUs, endUs, rangeOf, after }: TraceQuery): boolean {
  if (extent === null || (after !== null && extent.firstStartUs > after.startUs)) return false;
  switch (rangeOf) {
    case 'start':
      return extent.lastStartUs >= startUs && extent.firstStartUs < endUs;
    case 'active':
      return extent.lastEndUs >= startUs && extent.firstStartUs < endUs;
    case 'end':
      return extent.lastEndUs >= startUs && extent.firstEndUs < endUs;
  }
  throw new TypeError(`not a range: ${String(rangeOf satisfies never)}`);
}

/** The newest matches of each of these sources, grouped by source. */
export async function findNewest(search: Search, sources: readonly Source[]): Promise<readonly Match[]> {
  const matches: Match[] = [];
  for (const head of sources.filter(({ kind }) => kind === 'head')) {
    for (const match of await findInHead(search, head)) matches.push(match);
  }
  const slices = sources.filter(({ kind }) => kind === 'slice');
  for (const match of await findInSlices(search, slices)) matches.push(match);
  return matches;
}

async function findInHead(search: Search, source: Source): Promise<readonly FoundTrace[]> {
  const { connection, newestCount } = search;
  const parameters = createParameters();
  const compiled = await compileSearch(search, source, parameters);
  if (compiled === null) return [];
  const { where } = compiled;
  const sql = fillQuery('read/newest-of-head', { from: source.prefix, where, limit: printLimit(newestCount) });
  const result = await connection.runAndReadAll(sql, parameters.values, parameters.types);
  return result.getRows().map(([rowNo, startUs, hi, lo]) => ({
    source,
    rowNo: toNumber(rowNo),
    startUs: timeUs(toNumber(startUs)),
    traceId: traceIdOf(toBigInt(hi), toBigInt(lo)),
  }));
}

/** One statement for all: what the engine needs for a statement is more than it needs for a slice. */
async function findInSlices(search: Search, slices: readonly Source[]): Promise<readonly Match[]> {
  const { connection, snapshot, newestCount } = search;
  const parameters = createParameters();
  const parts: string[] = [];
  const asked: Source[] = [];
  const stale: (StaleRows | null)[] = [];
  for (const [place, slice] of slices.entries()) {
    const compiled = await compileSearch(search, slice, parameters);
    if (compiled === null) continue;
    asked.push(slice);
    stale.push(compiled.stale);
    const names = { place, from: slice.prefix, where: compiled.where };
    // Finding the newest is planned as a sort and a join, which takes longer than reading all matches of many slices.
    const isSmall = slice.traceCount !== undefined && slice.traceCount <= ALL_MATCHES_TRACES_MAX;
    const sql = isSmall
      ? fillQuery('read/matches-of-slice', names)
      : fillQuery('read/newest-of-slice', { ...names, limit: printLimit(newestCount) });
    parts.push(`(${sql})`);
  }
  if (parts.length === 0) return [];
  const newestOf = slices.map(() => createNewest(newestCount));
  const { values, types } = parameters;
  const take = (chunk: Chunk): void => {
    const [places, numbers, starts] = [chunk.int32(0), chunk.int32(1), chunk.float64(2)];
    // From the last one on: they mostly come in order, and of a chunk only the newest are then looked at twice.
    for (let row = chunk.rowCount - 1; row >= 0; row -= 1) {
      newestOf[at(places, row)]?.add(at(numbers, row), at(starts, row));
    }
  };
  const statement = { sql: parts.join(' UNION ALL '), values, types };
  await askLeavingOut(connection, snapshot, { sources: asked, stale }, (own) => scanColumns(own, statement, take));
  return slices.flatMap((source, place) =>
    (newestOf[place]?.all() ?? []).map(({ rowNo, startUs }) => ({
      source,
      rowNo,
      startUs: timeUs(startUs),
      traceId: null,
    })),
  );
}

interface CompiledSearch {
  readonly where: string;
  /** What it leaves out. */
  readonly stale: StaleRows | null;
}

/** What a source is asked for; null when nothing in it can match. */
async function compileSearch(search: Search, source: Source, parameters: Parameters): Promise<CompiledSearch | null> {
  const { connection, snapshot, query, serviceIdsOf, fromUs } = search;
  const annotationIdsOf = await lookUpAnnotations(search, source);
  if (meetsNone(query.condition, { serviceIdsOf, annotationIdsOf })) return null;
  const stale = await readStaleRows(connection, source, snapshot);
  const condition = compileCondition(query.condition, { parameters, source, serviceIdsOf, annotationIdsOf });
  const terms = [...compileWalk({ source, query }, stale, parameters), condition];
  if (fromUs !== null) terms.push(`start_us >= ${parameters.add(toBoundUs(fromUs), BIGINT)}`);
  return { where: terms.join(' AND '), stale };
}

/** The one value that is written out: only with a known limit does the engine keep just the newest rows while it scans. */
function printLimit(count: number): string {
  if (!Number.isSafeInteger(count)) throw new TypeError(`${count} is not a limit`);
  return count.toFixed(0);
}

interface Placed {
  readonly rowNo: number;
  readonly startUs: number;
}

/** Keeps the `count` highest row numbers of a slice, which are those of its newest traces. */
function createNewest(count: number): { add(rowNo: number, startUs: number): void; all(): readonly Placed[] } {
  const kept: Placed[] = [];
  let lowest = -Infinity;

  function cut(): void {
    kept.sort((a, b) => b.rowNo - a.rowNo);
    kept.length = Math.min(kept.length, count);
    if (kept.length === count) lowest = kept.at(-1)?.rowNo ?? -Infinity;
  }

  return {
    add(rowNo, startUs) {
      if (rowNo <= lowest) return;
      kept.push({ rowNo, startUs });
      if (kept.length >= count * 2) cut();
    },
    all() {
      cut();
      return kept;
    },
  };
}

async function lookUpAnnotations({ snapshot, query }: Search, source: Source): Promise<AnnotationLookUp> {
  if (source.kind === 'head' || !hasAnnotationTerm(query.condition)) return () => null;
  const dictionary = await readDictionary(snapshot.slices, source);
  return (term) => dictionary?.idsOf(term) ?? null;
}

/** How many traces of one source are on the way, matching or not. */
export async function countWalk(walk: Walk): Promise<number> {
  const { connection, snapshot, source, query, upTo } = walk;
  if (upTo !== null && (source.extent?.lastStartUs ?? -Infinity) < upTo.startUs) return 0;
  const stale = await readStaleRows(connection, source, snapshot);
  const staleNumbers = stale === null ? [] : stale.numbers;
  if (source.kind === 'slice' && staleNumbers !== null) {
    const count = await countByStarts(snapshot.slices, source, { query, upTo, stale: staleNumbers });
    if (count !== null) return count;
  }
  const parameters = createParameters();
  const terms = [...compileWalk(walk, stale, parameters)];
  if (upTo !== null) {
    const start = parameters.add(toBoundUs(upTo.startUs), BIGINT);
    const isSmaller = compileSmallerId(source, upTo, start, parameters);
    terms.push(`start_us >= ${start} AND (start_us > ${start} OR NOT ${isSmaller})`);
  }
  const where = terms.join(' AND ');
  const sql = fillQuery('read/count-in', { from: source.prefix, where });
  const result = await askLeavingOut(connection, snapshot, { sources: [source], stale: [stale] }, (own) =>
    own.runAndReadAll(sql, parameters.values, parameters.types),
  );
  return toNumber(result.getRows()[0]?.[0]);
}

/** Rows in range and behind the cursor that no newer source has replaced. */
function compileWalk({ source, query }: OfSource, stale: StaleRows | null, parameters: Parameters): readonly string[] {
  const { startUs, endUs, rangeOf, after } = query;
  const from = parameters.add(toBoundUs(startUs), BIGINT);
  const to = parameters.add(toBoundUs(endUs), BIGINT);
  const end = source.kind === 'head' ? 'end_us' : '(start_us + duration_us)';
  const terms = [
    {
      start: `start_us >= ${from} AND start_us < ${to}`,
      active: `start_us < ${to} AND ${end} >= ${from}`,
      end: `${end} >= ${from} AND ${end} < ${to}`,
    }[rangeOf],
  ];
  // The first comparison follows from the rest; it lets the engine skip row groups.
  if (after !== null) {
    const start = parameters.add(toBoundUs(after.startUs), BIGINT);
    const isSmaller = compileSmallerId(source, after, start, parameters);
    terms.push(`start_us <= ${start} AND (start_us < ${start} OR ${isSmaller})`);
  }
  if (stale !== null) terms.push(`${stale.column} NOT IN (${stale.sql})`);
  return terms;
}

/** Whether the id of a row that starts with the cursor is below the cursor's. */
function compileSmallerId(source: Source, { traceId }: TraceCursor, start: string, parameters: Parameters): string {
  const hi = parameters.add(traceIdHi(traceId), UBIGINT);
  const lo = parameters.add(traceIdLo(traceId), UBIGINT);
  const isSmaller = `(trace_hi < ${hi} OR (trace_hi = ${hi} AND trace_lo < ${lo}))`;
  if (source.kind === 'head') return isSmaller;
  const { prefix } = source;
  const numbers = `SELECT trace_no FROM ${prefix}.traces AS tied JOIN ${prefix}.ids USING (trace_no)`;
  return `trace_no IN (${numbers} WHERE tied.start_us = ${start} AND ${isSmaller})`;
}
