import { lazy } from 'react';
import type { Place } from '../url/place.ts';

/** Each page is a chunk of its own: the first one to show waits for no other. */
const LOAD = {
  map: () => import('./map/map-page.tsx'),
  traces: () => import('./traces/traces-page.tsx'),
  trace: () => import('./trace/trace-page.tsx'),
  analytics: () => import('./analytics/analytics-page.tsx'),
  compare: () => import('./compare/compare-page.tsx'),
  settings: () => import('./settings/settings-page.tsx'),
};

export const MapPage = lazy(async () => ({ default: (await LOAD.map()).MapPage }));
export const TracesPage = lazy(async () => ({ default: (await LOAD.traces()).TracesPage }));
export const TracePage = lazy(async () => ({ default: (await LOAD.trace()).TracePage }));
export const AnalyticsPage = lazy(async () => ({ default: (await LOAD.analytics()).AnalyticsPage }));
export const ComparePage = lazy(async () => ({ default: (await LOAD.compare()).ComparePage }));
export const SettingsPage = lazy(async () => ({ default: (await LOAD.settings()).SettingsPage }));

/** Where people go from most pages. */
const OFTEN = ['map', 'traces', 'trace'] as const;
/** By then the first page has what it asked for. */
const AHEAD_MS = 3000;

/** Begins to fetch a page's program before anything is drawn, and the others' when nothing else is to be done. */
export function loadAhead({ page }: Place): void {
  const isKnown = (name: string): name is keyof typeof LOAD => name in LOAD;
  if (isKnown(page)) LOAD[page]().catch(ignore);
  setTimeout(() => {
    for (const name of OFTEN) LOAD[name]().catch(ignore);
  }, AHEAD_MS);
}

/** Whoever draws the page fetches it again, and tells what is wrong. */
function ignore(): void {}
