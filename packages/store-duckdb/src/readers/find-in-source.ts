import { BIGINT, UBIGINT, type DuckDBConnection } from '@duckdb/node-api';
import { timeUs } from '@fluoroscope/model';
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
import { fillQuery } from '../source-sql.ts';
import type { Snapshot, Source } from '../source.ts';
import { traceIdHi, traceIdLo, traceIdOf } from '../trace-key.ts';
import { toBigInt, toBoundUs, toNumber } from '../values.ts';
import { readDictionary } from './annotation-dictionary.ts';
import { readStaleRows, type StaleRows } from './stale-rows.ts';
import { countByStarts } from './trace-starts.ts';

export interface FoundTrace extends TraceCursor {
  readonly source: Source;
  /** What `readRowsAt` takes. */
  readonly rowNo: number;
}

export interface Walk {
  readonly connection: DuckDBConnection;
  readonly snapshot: Snapshot;
  readonly source: Source;
  readonly query: TraceQuery;
  /** Where it ends, this one included; null for the end of the range. */
  readonly upTo: FoundTrace | null;
}

export interface Search extends Walk {
  readonly serviceIdsOf: (condition: ServiceCondition) => readonly number[];
  readonly newestCount: number;
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

/** The newest matches of one source. */
export async function findNewest(search: Search): Promise<readonly FoundTrace[]> {
  const { connection, snapshot, source, query, upTo, serviceIdsOf, newestCount } = search;
  const annotationIdsOf = await lookUpAnnotations(search);
  if (meetsNone(query.condition, { serviceIdsOf, annotationIdsOf })) return [];
  const parameters = createParameters();
  const condition = compileCondition(query.condition, { parameters, source, serviceIdsOf, annotationIdsOf });
  const terms = [...compileWalk(search, await readStaleRows(connection, source, snapshot), parameters), condition];
  // Some may be behind the last one: the caller sorts them out, where it would cost the engine a look at ids.
  if (upTo !== null) terms.push(`start_us >= ${parameters.add(toBoundUs(upTo.startUs), BIGINT)}`);
  const where = terms.join(' AND ');
  // The one value that is written out: only with a known limit does the engine keep just the newest rows while it
  // scans. The caller has made sure that it is a whole number.
  const names = { from: source.prefix, where, limit: newestCount.toFixed(0) };
  const sql = fillQuery(`read/newest-of-${source.kind}`, names);
  const result = await connection.runAndReadAll(sql, parameters.values, parameters.types);
  return result.getRows().map(([rowNo, startUs, hi, lo]) => ({
    source,
    rowNo: toNumber(rowNo),
    startUs: timeUs(toNumber(startUs)),
    traceId: traceIdOf(toBigInt(hi), toBigInt(lo)),
  }));
}

async function lookUpAnnotations({ connection, source, query }: Search): Promise<AnnotationLookUp> {
  if (source.kind === 'head' || !hasAnnotationTerm(query.condition)) return () => null;
  const dictionary = await readDictionary(connection, source);
  return (term) => dictionary?.idsOf(term) ?? null;
}

/** How many traces of one source are on the way, matching or not. */
export async function countWalk(walk: Walk): Promise<number> {
  const { connection, snapshot, source, query, upTo } = walk;
  if (upTo !== null && (source.extent?.lastStartUs ?? -Infinity) < upTo.startUs) return 0;
  const stale = await readStaleRows(connection, source, snapshot);
  const staleNumbers = stale === null ? [] : stale.numbers;
  if (source.kind === 'slice' && staleNumbers !== null) {
    const count = await countByStarts(connection, source, { query, upTo, stale: staleNumbers });
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
  const result = await connection.runAndReadAll(sql, parameters.values, parameters.types);
  return toNumber(result.getRows()[0]?.[0]);
}

/** Rows in range and behind the cursor that no newer source has replaced. */
function compileWalk({ source, query }: Walk, stale: StaleRows | null, parameters: Parameters): readonly string[] {
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
