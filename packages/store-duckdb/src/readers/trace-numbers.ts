import { LIST, UBIGINT, type DuckDBConnection, type DuckDBListValue, type DuckDBType } from '@duckdb/node-api';
import type { TraceId } from '@fluoroscope/model';
import { fillQuery } from '../source-sql.ts';
import type { Source } from '../source.ts';
import { traceIdHi, traceIdLo, traceIdOf } from '../trace-key.ts';
import { bindList, toBigInt, toNumber } from '../values.ts';

/** Two lists to bind: $1 the upper halves, $2 the lower ones. */
export function bindIds(ids: readonly TraceId[]): DuckDBListValue[] {
  return [bindList(ids.map(traceIdHi)), bindList(ids.map(traceIdLo))];
}

export const BOUND_IDS_TYPES: readonly DuckDBType[] = [LIST(UBIGINT), LIST(UBIGINT)];

/** Of those traces that a slice knows, the id by the number they go by there. */
export async function readTraceNumbers(
  connection: DuckDBConnection,
  { prefix }: Source,
  ids: readonly TraceId[],
): Promise<ReadonlyMap<number, TraceId>> {
  const sql = fillQuery('read/numbers-of-slice', { from: prefix });
  const result = await connection.runAndReadAll(sql, bindIds(ids), [...BOUND_IDS_TYPES]);
  return new Map(result.getRows().map(([hi, lo, no]) => [toNumber(no), traceIdOf(toBigInt(hi), toBigInt(lo))]));
}

/** The ids of these traces of a slice. */
export async function readTraceIds(
  connection: DuckDBConnection,
  { prefix }: Source,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, TraceId>> {
  const sql = fillQuery('read/ids-of-slice', { from: prefix, numbers: printNumbers(numbers) });
  const result = await connection.runAndReadAll(sql);
  return new Map(result.getRows().map(([no, hi, lo]) => [toNumber(no), traceIdOf(toBigInt(hi), toBigInt(lo))]));
}

/**
 * Row numbers, which are our own, are written out: only so does the engine skip what lies between them. Digits and
 * nothing else; at least one.
 */
export function printNumbers(numbers: Iterable<number>): string {
  return Array.from(numbers, (number) => {
    if (!Number.isSafeInteger(number)) throw new TypeError(`${number} is not a row number`);
    return number.toFixed(0);
  }).join(', ');
}
