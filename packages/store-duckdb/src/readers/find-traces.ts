import { BIGINT, UBIGINT, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import type { TraceId } from '@fluoroscope/model';
import { StoreError, type Condition, type TraceCursor, type TracePage, type TraceQuery } from '@fluoroscope/store';
import {
  compileCondition,
  createParameters,
  findServiceConditions,
  type Parameters,
  type ServiceCondition,
} from '../compile-condition.ts';
import { readQuery } from '../sql-files.ts';
import { traceIdHi, traceIdLo } from '../trace-key.ts';
import { toBoundUs, toNumber } from '../values.ts';
import { readRows } from './trace-rows.ts';

export async function findTracePage(connection: DuckDBConnection, query: TraceQuery): Promise<TracePage> {
  const { limit } = query;
  const parameters = createParameters();
  const where = `WHERE ${compileWalk(query, parameters)} AND ${await compileFor(connection, query.condition, parameters)}`;
  const order = 'ORDER BY start_us DESC, trace_hi DESC, trace_lo DESC';
  const sql = `${readQuery('traces-page')} ${where} ${order} LIMIT ${printLimit(limit + 1)}`;
  // One row more than asked for tells whether anything is left.
  const found = await readRows(connection, sql, parameters.values, parameters.types);
  const rows = [...found].slice(0, limit);
  const last = rows.at(-1);
  const next = found.length > limit && last !== undefined ? { startUs: last.startUs, traceId: last.traceId } : null;
  return { rows, next, scannedCount: await countWalk(connection, query, next) };
}

/**
 * The one value that is written out, since only with a known limit does the engine keep just the newest rows while
 * it scans, skip row groups, and read the other columns last. Digits and nothing else.
 */
function printLimit(limit: number): string {
  if (!Number.isSafeInteger(limit)) throw new StoreError('failed', `${limit} is not a limit`);
  return limit.toFixed(0);
}

/** Traces in range behind the cursor, up to `last`. */
async function countWalk(connection: DuckDBConnection, query: TraceQuery, last: TraceCursor | null): Promise<number> {
  const parameters = createParameters();
  const upTo = last === null ? 'true' : compileUpTo(last, parameters);
  const sql = `SELECT count(*) FROM traces WHERE ${compileWalk(query, parameters)} AND ${upTo}`;
  const [row] = (await connection.runAndReadAll(sql, parameters.values, parameters.types)).getRows();
  return toNumber(row?.[0]);
}

function compileWalk({ startUs, endUs, rangeOf, after }: TraceQuery, parameters: Parameters): string {
  const from = parameters.add(toBoundUs(startUs), BIGINT);
  const to = parameters.add(toBoundUs(endUs), BIGINT);
  const range = {
    start: `start_us >= ${from} AND start_us < ${to}`,
    active: `start_us < ${to} AND end_us >= ${from}`,
    end: `end_us >= ${from} AND end_us < ${to}`,
  }[rangeOf];
  return after === null ? range : `${range} AND ${compileBehind(after, parameters)}`;
}

// In both, the first comparison follows from the rest; it lets the engine skip row groups.

function compileBehind({ startUs, traceId }: TraceCursor, parameters: Parameters): string {
  const start = parameters.add(toBoundUs(startUs), BIGINT);
  return `(start_us <= ${start} AND (start_us < ${start} OR ${compileSmallerId(traceId, parameters)}))`;
}

function compileUpTo({ startUs, traceId }: TraceCursor, parameters: Parameters): string {
  const start = parameters.add(toBoundUs(startUs), BIGINT);
  return `(start_us >= ${start} AND (start_us > ${start} OR NOT ${compileSmallerId(traceId, parameters)}))`;
}

function compileSmallerId(id: TraceId, parameters: Parameters): string {
  const hi = parameters.add(traceIdHi(id), UBIGINT);
  const lo = parameters.add(traceIdLo(id), UBIGINT);
  return `(trace_hi < ${hi} OR (trace_hi = ${hi} AND trace_lo < ${lo}))`;
}

async function compileFor(connection: DuckDBConnection, condition: Condition, parameters: Parameters): Promise<string> {
  const idsOf = new Map<ServiceCondition, readonly number[]>();
  for (const service of findServiceConditions(condition)) {
    const { name, type, accountId } = service;
    const values = [name, type, accountId];
    const result = await connection.runAndReadAll(readQuery('services-matching'), values, [VARCHAR, VARCHAR, VARCHAR]);
    idsOf.set(
      service,
      result.getRows().map(([id]) => toNumber(id)),
    );
  }
  return compileCondition(condition, { parameters, serviceIdsOf: (service) => idsOf.get(service) ?? [] });
}
