import { useMemo, useSyncExternalStore } from 'react';
import { type Place, printPlace, readPlace } from './place.ts';
import { readXrayLink } from './xray-link.ts';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

function currentUrl(): string {
  return window.location.pathname + window.location.search;
}

export function usePlace(): Place {
  const url = useSyncExternalStore(subscribe, currentUrl);
  return useMemo(() => {
    const at = url.indexOf('?');
    return at < 0 ? readPlace(url, '') : readPlace(url.slice(0, at), url.slice(at));
  }, [url]);
}

/** A link of X-Ray's own console becomes ours, now and whenever one is put behind the address. */
export function followXrayLinks(): void {
  function follow(): void {
    const place = readXrayLink(window.location.hash);
    if (place !== null) go(place, 'replace');
  }
  follow();
  window.addEventListener('hashchange', follow);
}

/** `replace` is for what the back button should skip: typing, a tab, a row. */
export function go(place: Place, how: 'push' | 'replace' = 'push'): void {
  const url = printPlace(place);
  if (url === currentUrl()) return;
  if (how === 'push') window.history.pushState(null, '', url);
  else window.history.replaceState(null, '', url);
  for (const listener of listeners) listener();
}
