import { readAhead } from '../http/outline-ahead.ts';
import type { Place } from '../url/place.ts';
import { pageOf } from '../widgets/page-of.tsx';

/** Each page is a chunk of its own: the first one to show waits for no other. */
const PAGES = {
  map: pageOf(async () => (await import('./map/map-page.tsx')).MapPage),
  traces: pageOf(async () => (await import('./traces/traces-page.tsx')).TracesPage),
  trace: pageOf(async () => (await import('./trace/trace-page.tsx')).TracePage),
  analytics: pageOf(async () => (await import('./analytics/analytics-page.tsx')).AnalyticsPage),
  compare: pageOf(async () => (await import('./compare/compare-page.tsx')).ComparePage),
  settings: pageOf(async () => (await import('./settings/settings-page.tsx')).SettingsPage),
};

export const MapPage = PAGES.map.Page;
export const TracesPage = PAGES.traces.Page;
export const TracePage = PAGES.trace.Page;
export const AnalyticsPage = PAGES.analytics.Page;
export const ComparePage = PAGES.compare.Page;
export const SettingsPage = PAGES.settings.Page;

/** Where people go from most pages. */
const OFTEN = ['map', 'traces', 'trace'] as const;
/** By then the first page has what it asked for. */
const AHEAD_MS = 3000;
/** So long nothing is drawn, for a page that comes by then is the first thing to see; on a slower line something stands in for it. */
const DRAWN_WITHIN_MS = 250;

/**
 * Begins to fetch a page's program, and the trace it shows, before anything is drawn; the others' when nothing else is to be done.
 * Resolves when it is time to draw.
 */
export async function loadAhead(place: Place): Promise<void> {
  const isKnown = (name: string): name is keyof typeof PAGES => name in PAGES;
  const loaded = isKnown(place.page) ? PAGES[place.page].load().catch(ignore) : undefined;
  const ahead = place.page === 'trace' ? readAhead(place.traceId) : null;
  setTimeout(() => {
    ahead?.drop();
    for (const name of OFTEN) PAGES[name].load().catch(ignore);
  }, AHEAD_MS);
  await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, DRAWN_WITHIN_MS))]);
}

/** Whoever draws the page fetches it again, and tells what is wrong. */
function ignore(): void {}
