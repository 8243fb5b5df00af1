import { timeUs, type TraceId } from '@fluoroscope/model';
import { StoreError, type TraceCursor, type TracePage, type TraceQuery, type TraceRow } from '@fluoroscope/store';
import { compileCondition } from '../compile-condition.ts';
import type { Reader } from '../connection.ts';
import { minuteOf } from '../encode/days.ts';
import { PAGE_READS_MAX } from '../limits.ts';
import { createParameters, type Parameters } from '../parameters.ts';
import { traceIdHex, traceIdOfHex } from '../trace-key.ts';
import { readRowsAt } from './trace-rows.ts';
import { toBoundUs, toNumber, toText } from './values.ts';

interface Found {
  readonly traceId: TraceId;
  readonly startUs: number;
  readonly revision: number;
}

/** First which traces, then their rows: a sort that carried whole rows would read all of them. */
export async function findTracePage(reader: Reader, query: TraceQuery): Promise<TracePage> {
  if (!Number.isSafeInteger(query.limit)) throw new StoreError('failed', `${query.limit} is not a limit`);
  for (let read = 0; read < PAGE_READS_MAX; read += 1) {
    const found = await findIds(reader, query);
    const rows = await readFound(reader, found.slice(0, query.limit));
    // One was replaced in between and may not match any more.
    if (rows === null) continue;
    const last = rows.at(-1);
    const isMore = found.length > query.limit && last !== undefined;
    const next = isMore ? { startUs: last.startUs, traceId: last.traceId } : null;
    return { rows, next, scannedCount: await countWalk(reader, query, next) };
  }
  throw new StoreError('failed', 'traces changed again and again while they were read');
}

export async function findTraceIds(reader: Reader, query: TraceQuery): Promise<readonly TraceCursor[]> {
  if (!Number.isSafeInteger(query.limit)) throw new StoreError('failed', `${query.limit} is not a limit`);
  const found = await findIds(reader, query);
  return found.slice(0, query.limit).map(({ traceId, startUs }) => ({ traceId, startUs: timeUs(startUs) }));
}

/** One more than asked for tells whether anything is left. */
async function findIds(reader: Reader, query: TraceQuery): Promise<readonly Found[]> {
  const parameters = createParameters();
  const where = `${compileWalk(query, parameters)} AND ${compileCondition(query.condition, parameters)}`;
  const limit = parameters.add(query.limit + 1, 'UInt64');
  const sql = `SELECT hex(trace_id), start_us, revision FROM traces FINAL WHERE ${where} ORDER BY start_us DESC, trace_id DESC LIMIT ${limit}`;
  const rows = await reader.query(sql, parameters.values);
  return rows.map(([id, startUs, revision]) => ({
    traceId: traceIdOfHex(toText(id)),
    startUs: toNumber(startUs),
    revision: toNumber(revision),
  }));
}

async function readFound(reader: Reader, found: readonly Found[]): Promise<readonly TraceRow[] | null> {
  if (found.length === 0) return [];
  const rows = await readRowsAt(
    reader,
    found.map(({ traceId }) => traceId),
    found.map(({ startUs }) => minuteOf(startUs)),
  );
  const byId = new Map(rows.map((row) => [row.traceId, row]));
  const page = found.flatMap(({ traceId, startUs, revision }) => {
    const row = byId.get(traceId);
    return row !== undefined && row.startUs === startUs && row.revision === revision ? [row] : [];
  });
  return page.length === found.length ? page : null;
}

/** Traces in range behind the cursor, up to `last`. */
async function countWalk(reader: Reader, query: TraceQuery, last: TraceCursor | null): Promise<number> {
  const parameters = createParameters();
  const upTo = last === null ? 'true' : compileUpTo(last, parameters);
  const sql = `SELECT count() FROM traces FINAL WHERE ${compileWalk(query, parameters)} AND ${upTo}`;
  const [row] = await reader.query(sql, parameters.values);
  return toNumber(row?.[0]);
}

// Comparisons of `start_minute` follow from the rest; they let the primary key skip what is out of range.

function compileWalk({ startUs, endUs, rangeOf, after }: TraceQuery, parameters: Parameters): string {
  const from = parameters.add(toBoundUs(startUs), 'Int64');
  const to = parameters.add(toBoundUs(endUs), 'Int64');
  const toMinute = `start_minute <= ${parameters.add(minuteOf(toBoundUs(endUs)), 'Int64')}`;
  const range = {
    start: () =>
      `start_minute >= ${parameters.add(minuteOf(toBoundUs(startUs)), 'Int64')} AND start_us >= ${from} AND start_us < ${to}`,
    active: () => `start_us < ${to} AND end_us >= ${from}`,
    end: () => `end_us >= ${from} AND end_us < ${to}`,
  }[rangeOf]();
  const behind = after === null ? 'true' : compileBehind(after, parameters);
  return `${toMinute} AND ${range} AND ${behind}`;
}

function compileBehind({ startUs, traceId }: TraceCursor, parameters: Parameters): string {
  const start = parameters.add(toBoundUs(startUs), 'Int64');
  const minute = parameters.add(minuteOf(toBoundUs(startUs)), 'Int64');
  const id = compileId(traceId, parameters);
  return `start_minute <= ${minute} AND (start_us < ${start} OR (start_us = ${start} AND trace_id < ${id}))`;
}

function compileUpTo({ startUs, traceId }: TraceCursor, parameters: Parameters): string {
  const start = parameters.add(toBoundUs(startUs), 'Int64');
  const minute = parameters.add(minuteOf(toBoundUs(startUs)), 'Int64');
  const id = compileId(traceId, parameters);
  return `start_minute >= ${minute} AND (start_us > ${start} OR (start_us = ${start} AND trace_id >= ${id}))`;
}

function compileId(id: TraceId, parameters: Parameters): string {
  return `toFixedString(unhex(${parameters.add(traceIdHex(id), 'String')}), 16)`;
}
