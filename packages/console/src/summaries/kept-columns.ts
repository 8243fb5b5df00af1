import { printColumns, readColumns } from './columns.ts';

const KEY = 'fluoroscope-columns';

/** What this browser shows where a link names no columns; null: nothing was chosen, or storage is off. */
export function keptColumns(): readonly string[] | null {
  try {
    return readColumns(localStorage.getItem(KEY) ?? '');
  } catch {
    return null;
  }
}

/** Null forgets the choice. */
export function keepColumns(ids: readonly string[] | null): void {
  try {
    if (ids === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, printColumns(ids));
  } catch {
    // The link has them.
  }
}
