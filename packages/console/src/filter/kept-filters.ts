const RECENT_KEY = 'fluoroscope-filters';
const SAVED_KEY = 'fluoroscope-saved-filters';
const RECENT_MAX = 8;
export const SAVED_MAX = 50;
export const NAME_CHARS_MAX = 60;

export interface SavedFilter {
  readonly name: string;
  readonly filter: string;
}

/** Kept in this browser. Storage may be off or full: a browser setting must not break the page. */
export function recentFilters(): readonly string[] {
  return readList(RECENT_KEY)
    .filter((it): it is string => typeof it === 'string')
    .slice(0, RECENT_MAX);
}

export function rememberFilter(filter: string): void {
  if (filter.trim() === '') return;
  write(RECENT_KEY, [filter, ...recentFilters().filter((it) => it !== filter)].slice(0, RECENT_MAX));
}

/** By name. */
export function savedFilters(): readonly SavedFilter[] {
  return readList(SAVED_KEY)
    .flatMap((it) => (isSaved(it) ? [{ name: it.name, filter: it.filter }] : []))
    .slice(0, SAVED_MAX);
}

/** Takes the place of one with the same name. False: there are too many, or this browser keeps nothing. */
export function saveFilter({ name, filter }: SavedFilter): boolean {
  const others = savedFilters().filter((it) => it.name !== name);
  if (others.length >= SAVED_MAX) return false;
  return write(
    SAVED_KEY,
    [...others, { name: name.slice(0, NAME_CHARS_MAX), filter }].sort((a, b) => a.name.localeCompare(b.name)),
  );
}

export function forgetFilter(name: string): void {
  write(
    SAVED_KEY,
    savedFilters().filter((it) => it.name !== name),
  );
}

function isSaved(it: unknown): it is SavedFilter {
  if (typeof it !== 'object' || it === null) return false;
  const { name, filter }: { name?: unknown; filter?: unknown } = it;
  return typeof name === 'string' && typeof filter === 'string';
}

function readList(key: string): readonly unknown[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function write(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
