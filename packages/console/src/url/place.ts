import { type AnalyticsPlace, printAnalyticsPlace, readAnalyticsPlace } from './analytics-place.ts';
import { type MapPlace, printMapPlace, readMapPlace } from './map-place.ts';
import { DEFAULT_RANGE, printRange, type Range, readRange } from './range.ts';
import { printSettingsPlace, readSettingsPlace, type SettingsPlace } from './settings-place.ts';
import { type ComparePlace, printTracePlace, readTracePlace, type TracePlace } from './trace-place.ts';

/**
 * Where the console is: everything that a link must bring back. Version 1 of the query:
 *
 *   /map          v and what map-place.ts says
 *   /traces       v range filter sort=COLUMN.asc|desc by=FIELD groups=COLUMN.asc|desc columns=COLUMN,… chart=times tail=on
 *                 by: told apart by what (api's TraceField), groups: in which order; columns: summaries/columns.ts;
 *                 chart: the one that a narrow screen shows
 *   /traces/<id>  v and what trace-place.ts says
 *   /analytics    v and what analytics-place.ts says
 *   /settings/…   v and what settings-place.ts says
 *
 * Links of X-Ray's own console are understood too: xray-link.ts.
 * Unknown parameters are ignored, so that a newer link opens in an older console.
 */
const URL_VERSION = 1;

export { ANALYTICS_PLACE, type AnalyticsPlace } from './analytics-place.ts';
export { MAP_PLACE, type MapPlace, type MapSelection } from './map-place.ts';

export interface TracesPlace {
  readonly page: 'traces';
  readonly range: Range;
  readonly filter: string;
  readonly sort: string;
  readonly descending: boolean;
  /** What the traces are told apart by; empty: they are listed. */
  readonly by: string;
  /** As printTableSort prints it; empty: the groups' usual order. */
  readonly groupSort: string;
  /** As summaries/columns.ts prints them; empty: what this browser shows. */
  readonly columns: string;
  /** A narrow screen has room for one. */
  readonly chart: 'scatter' | 'times';
  /** New traces are shown as they come; of a sliding range. */
  readonly tail: boolean;
}

export { type SettingsPlace, settingsPlace } from './settings-place.ts';
export { type ComparePlace, type TracePlace, tracePlace } from './trace-place.ts';

interface MissingPlace {
  readonly page: 'missing';
  readonly path: string;
}

export type Place = MapPlace | AnalyticsPlace | TracesPlace | TracePlace | ComparePlace | SettingsPlace | MissingPlace;

export const TRACES_PLACE: TracesPlace = {
  page: 'traces',
  range: DEFAULT_RANGE,
  filter: '',
  sort: 'start',
  descending: true,
  by: '',
  groupSort: '',
  columns: '',
  chart: 'scatter',
  tail: false,
};

export function readPlace(pathname: string, search: string): Place {
  const query = new URLSearchParams(search);
  const path = pathname.replace(/\/+$/, '');
  if (path === '' || path === '/map') return readMapPlace(query);
  if (path === '/traces') return readTraces(query);
  if (path === '/analytics') return readAnalyticsPlace(query);
  const trace = path.startsWith('/traces/') ? readTracePlace(path.slice('/traces/'.length), query) : null;
  if (trace !== null) return trace;
  if (path === '/settings' || path.startsWith('/settings/')) {
    const settings = readSettingsPlace(path.slice('/settings/'.length), query);
    if (settings !== null) return settings;
  }
  return { page: 'missing', path: pathname };
}

export function printPlace(place: Place): string {
  if (place.page === 'missing') return place.path;
  const query = new URLSearchParams({ v: String(URL_VERSION) });
  if (place.page === 'trace' || place.page === 'compare') return printTracePlace(place, query);
  if (place.page === 'settings') return printSettingsPlace(place, query);
  if (place.page === 'analytics') return printAnalyticsPlace(place, query);
  query.set('range', printRange(place.range));
  if (place.page === 'traces') {
    if (place.filter !== '') query.set('filter', place.filter);
    const sort = `${place.sort}.${place.descending ? 'desc' : 'asc'}`;
    if (sort !== 'start.desc') query.set('sort', sort);
    if (place.by !== '') query.set('by', place.by);
    if (place.groupSort !== '') query.set('groups', place.groupSort);
    if (place.columns !== '') query.set('columns', place.columns);
    if (place.chart !== 'scatter') query.set('chart', place.chart);
    if (place.tail) query.set('tail', 'on');
    return `/traces?${query}`;
  }
  printMapPlace(place, query);
  return `/map?${query}`;
}

function readTraces(query: URLSearchParams): TracesPlace {
  const [, sort = 'start', order] = /^(.*?)(?:\.(asc|desc))?$/s.exec(query.get('sort') ?? 'start.desc') ?? [];
  return {
    page: 'traces',
    range: readRange(query.get('range')),
    filter: query.get('filter') ?? '',
    sort,
    descending: order !== 'asc',
    by: query.get('by') ?? '',
    groupSort: query.get('groups') ?? '',
    columns: query.get('columns') ?? '',
    chart: query.get('chart') === 'times' ? 'times' : 'scatter',
    tail: query.get('tail') === 'on',
  };
}
