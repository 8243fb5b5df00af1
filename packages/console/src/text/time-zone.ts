/** In which times are written and read; kept in this browser, no part of a link. */
export type TimeZone = 'local' | 'utc';

const KEY = 'fluoroscope-zone';

let chosen: TimeZone | null = null;
const listeners = new Set<() => void>();

export function timeZone(): TimeZone {
  chosen ??= kept();
  return chosen;
}

export function setTimeZone(zone: TimeZone): void {
  chosen = zone;
  try {
    localStorage.setItem(KEY, zone);
  } catch {
    // Without storage it is forgotten with the page.
  }
  for (const listener of listeners) listener();
}

/** Calls back whenever another one is chosen; the answer ends that. */
export function onTimeZone(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function kept(): TimeZone {
  try {
    return localStorage.getItem(KEY) === 'utc' ? 'utc' : 'local';
  } catch {
    return 'local';
  }
}
