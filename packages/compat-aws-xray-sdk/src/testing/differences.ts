import type { Document } from './run-app.ts';

/** Where two lists of documents differ: `field.field: what one says → what the other says`, without the places in lists. */
export function differencesOf(one: readonly Document[], other: readonly Document[]): ReadonlySet<string> {
  const found = new Set<string>();
  compare(one, other, '', found);
  return found;
}

function compare(one: unknown, other: unknown, path: string, found: Set<string>): void {
  if (isRecord(one) && isRecord(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    for (const key of keys) {
      const at = Array.isArray(one) ? path : `${path}${path === '' ? '' : '.'}${key}`;
      compare(one[key], other[key], at, found);
    }
  } else if (one !== other) found.add(`${path}: ${kindOf(one)} → ${kindOf(other)}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Values that differ from one difference to the next would make many of one. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'number' ? 'a number' : JSON.stringify(value);
}
