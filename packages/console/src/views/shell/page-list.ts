import { ANALYTICS_PLACE, MAP_PLACE, type Place, settingsPlace, TRACES_PLACE } from '../../url/place.ts';
import type { Range } from '../../url/range.ts';

export interface PageEntry {
  readonly name: 'map' | 'traces' | 'analytics' | 'settings';
  readonly word: string;
  /** After `g`. */
  readonly key: string;
  /** Of the times that are looked at. */
  readonly placeAt: (range: Range) => Place;
}

/** Every page that one goes to by name. */
export const PAGE_LIST: readonly PageEntry[] = [
  { name: 'map', word: 'Map', key: 'm', placeAt: (range) => ({ ...MAP_PLACE, range }) },
  { name: 'traces', word: 'Traces', key: 't', placeAt: (range) => ({ ...TRACES_PLACE, range }) },
  { name: 'analytics', word: 'Analytics', key: 'a', placeAt: (range) => ({ ...ANALYTICS_PLACE, range }) },
  { name: 'settings', word: 'Settings', key: 's', placeAt: () => settingsPlace('groups') },
];

export function rangeOf(place: Place): Range {
  return 'range' in place ? place.range : MAP_PLACE.range;
}

/** The entry under which a place is found; traces hold the single ones. */
export function entryOf({ page }: Place): PageEntry | null {
  const name = page === 'trace' || page === 'compare' ? 'traces' : page;
  return PAGE_LIST.find((entry) => entry.name === name) ?? null;
}
