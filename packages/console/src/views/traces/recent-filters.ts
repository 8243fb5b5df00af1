const STORE_KEY = 'fluoroscope-filters';
const RECENT_MAX = 8;

/** Storage may be off or full: a browser setting must not break the page. */
export function recentFilters(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORE_KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((it): it is string => typeof it === 'string').slice(0, RECENT_MAX) : [];
  } catch {
    return [];
  }
}

export function rememberFilter(filter: string): void {
  if (filter.trim() === '') return;
  try {
    const kept = [filter, ...recentFilters().filter((it) => it !== filter)].slice(0, RECENT_MAX);
    localStorage.setItem(STORE_KEY, JSON.stringify(kept));
  } catch {
    // Not kept, then.
  }
}
