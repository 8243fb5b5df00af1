import { LIST, UBIGINT, VARCHAR, type DuckDBConnection, type DuckDBListValue, type DuckDBType } from '@duckdb/node-api';
import type { TraceId } from '@fluoroscope/model';
import { COMPARED_NUMBERS_MAX, SLICES_AT_ONCE_MAX } from '../limits.ts';
import { fillQuery } from '../source-sql.ts';
import type { SliceReader, Source } from '../source.ts';
import { traceIdHi, traceIdLo, traceIdOf } from '../trace-key.ts';
import { scanColumns } from './columns.ts';
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
  const [only] = ids;
  const result =
    ids.length === 1 && only !== undefined
      ? await connection.runAndReadAll(fillQuery('read/number-of-slice', { from: prefix, ...printHalves(only) }))
      : await connection.runAndReadAll(fillQuery('read/numbers-of-slice', { from: prefix }), bindIds(ids), [
          ...BOUND_IDS_TYPES,
        ]);
  return new Map(result.getRows().map(([hi, lo, no]) => [toNumber(no), traceIdOf(toBigInt(hi), toBigInt(lo))]));
}

/** The ids of these traces of slices, by slice and number. */
export async function readTraceIds(
  reader: SliceReader,
  numbersOf: ReadonlyMap<Source, readonly number[]>,
): Promise<ReadonlyMap<Source, ReadonlyMap<number, TraceId>>> {
  const slices = [...numbersOf.keys()];
  const idsOf = new Map(slices.map((slice) => [slice, new Map<number, TraceId>()]));
  for (let from = 0; from < slices.length; from += SLICES_AT_ONCE_MAX) {
    const part = slices.slice(from, from + SLICES_AT_ONCE_MAX);
    const selects = part.map((slice, place) => {
      const names = { place, from: slice.prefix, wanted: printIsOneOf(numbersOf.get(slice) ?? []) };
      return fillQuery('read/ids-of-slice', names);
    });
    const result = await reader.on(part, (connection) => connection.runAndReadAll(selects.join(' UNION ALL ')));
    for (const [place, no, hi, lo] of result.getRows()) {
      const slice = part[toNumber(place)];
      if (slice !== undefined) idsOf.get(slice)?.set(toNumber(no), traceIdOf(toBigInt(hi), toBigInt(lo)));
    }
  }
  return idsOf;
}

/** The numbers alone, of many traces. */
export async function readNumbersOf(
  connection: DuckDBConnection,
  { prefix }: Source,
  ids: readonly TraceId[],
): Promise<readonly number[]> {
  const sql = fillQuery('read/trace-numbers-of-slice', { from: prefix });
  const halves = ids.map(printHalves);
  const values = [halves.map(({ hi }) => hi).join(','), halves.map(({ lo }) => lo).join(',')];
  const numbers: number[] = [];
  await scanColumns(connection, { sql, values, types: [VARCHAR, VARCHAR] }, (chunk) => {
    for (const number of chunk.int32(0)) numbers.push(number);
  });
  return numbers;
}

/** Digits and nothing else. */
export function printHalves(id: TraceId): { readonly hi: string; readonly lo: string } {
  return { hi: traceIdHi(id).toString(), lo: traceIdLo(id).toString() };
}

/**
 * Whether a row of a slice is of one of these traces, of which there is at least one. To the engine an IN of so many is
 * a join behind the scan, which reads each column of each row; a function of one column it calls while scanning.
 */
export function printIsOneOf(numbers: readonly number[]): string {
  const printed = printNumbers(numbers);
  if (numbers.length > COMPARED_NUMBERS_MAX) {
    return `trace_no IN (SELECT unnest(string_split('${printed}', ', ')::INTEGER[]))`;
  }
  const ends = [Math.min(...numbers), Math.max(...numbers)].map((number) => printNumbers([number]));
  return `trace_no BETWEEN ${ends.join(' AND ')} AND list_contains([${printed}]::INTEGER[], trace_no)`;
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
