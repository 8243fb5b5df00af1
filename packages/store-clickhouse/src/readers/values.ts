import { StoreError } from '@fluoroscope/store';

// What a column holds is known from its query; these turn a disagreement into an error that says so.

export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  throw unexpected('a number', value);
}

export function toNumberOrNull(value: unknown): number | null {
  return value === null ? null : toNumber(value);
}

export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw unexpected('text', value);
}

export function toTextOrNull(value: unknown): string | null {
  return value === null ? null : toText(value);
}

export function toFlag(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw unexpected('a flag', value);
}

export function toList<Item>(value: unknown, toItem: (item: unknown) => Item): Item[] {
  if (Array.isArray(value)) return value.map((item: unknown) => toItem(item));
  throw unexpected('a list', value);
}

function unexpected(what: string, value: unknown): StoreError {
  return new StoreError('corrupt', `a stored value is not ${what} but ${value === null ? 'null' : typeof value}`);
}

/** Bounds may be any number; columns hold whole µs that JavaScript counts exactly. */
export function toBoundUs(us: number): number {
  if (Number.isNaN(us)) throw new StoreError('failed', 'a bound of time is not a number');
  return Math.min(Math.max(Math.ceil(us), -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
