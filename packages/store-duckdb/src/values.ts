import { DuckDBBlobValue, DuckDBListValue, DuckDBStructValue, listValue, type DuckDBValue } from '@duckdb/node-api';
import { StoreError } from '@fluoroscope/store';

// What a result column holds is known from its query; these turn a disagreement into an error that says so.

export function toNumber(value: DuckDBValue | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw unexpected('a number', value);
}

export function toNumberOrNull(value: DuckDBValue | undefined): number | null {
  return value === null ? null : toNumber(value);
}

export function toBigInt(value: DuckDBValue | undefined): bigint {
  if (typeof value === 'bigint') return value;
  throw unexpected('an integer', value);
}

export function toText(value: DuckDBValue | undefined): string {
  if (typeof value === 'string') return value;
  throw unexpected('text', value);
}

export function toTextOrNull(value: DuckDBValue | undefined): string | null {
  return value === null ? null : toText(value);
}

export function toBytes(value: DuckDBValue | undefined): Uint8Array {
  if (value instanceof DuckDBBlobValue) return value.bytes;
  throw unexpected('bytes', value);
}

export function toFlag(value: DuckDBValue | undefined): boolean {
  if (typeof value === 'boolean') return value;
  throw unexpected('a flag', value);
}

export function toList<Item>(value: DuckDBValue | undefined, toItem: (item: DuckDBValue) => Item): Item[] {
  if (value instanceof DuckDBListValue) return value.items.map(toItem);
  throw unexpected('a list', value);
}

export function toFields(value: DuckDBValue | undefined): Readonly<Record<string, DuckDBValue>> {
  if (value instanceof DuckDBStructValue) return value.entries;
  throw unexpected('a struct', value);
}

/** End of a range over stored times, for >= and <; whatever lies beyond what is stored, infinity too, is moved to its edge. */
export function toBoundUs(us: number): bigint {
  return BigInt(Math.min(Math.max(Math.ceil(us), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER));
}

export function bindList(items: readonly DuckDBValue[]): DuckDBListValue {
  return listValue([...items]);
}

function unexpected(expected: string, value: DuckDBValue | undefined): StoreError {
  return new StoreError('corrupt', `expected ${expected}, the engine gave ${value === null ? 'null' : typeof value}`);
}
