import { parseTraceId } from '@fluoroscope/model';
import { DEFAULT_RANGE, printRange, type Range, readRange } from './range.ts';

/**
 * Where the console is: everything that a link must bring back. Version 1 of the query:
 *
 *   /map          v range node=KEY | caller=KEY callee=KEY view=list      (KEY: printServiceKey)
 *   /traces       v range filter sort=COLUMN.asc|desc
 *   /traces/<id>  v row tab view=raw
 *
 * Unknown parameters are ignored, so that a newer link opens in an older console.
 */
const URL_VERSION = 1;

export interface MapPlace {
  readonly page: 'map';
  readonly range: Range;
  readonly selected: MapSelection | null;
  readonly view: 'map' | 'list';
}

export type MapSelection =
  | { readonly kind: 'node'; readonly key: string }
  | { readonly kind: 'edge'; readonly from: string; readonly to: string };

export interface TracesPlace {
  readonly page: 'traces';
  readonly range: Range;
  readonly filter: string;
  readonly sort: string;
  readonly descending: boolean;
}

export interface TracePlace {
  readonly page: 'trace';
  readonly traceId: string;
  readonly row: string | null;
  readonly tab: string;
  readonly view: 'timeline' | 'raw';
}

interface MissingPlace {
  readonly page: 'missing';
  readonly path: string;
}

export type Place = MapPlace | TracesPlace | TracePlace | MissingPlace;

export const MAP_PLACE: MapPlace = { page: 'map', range: DEFAULT_RANGE, selected: null, view: 'map' };
export const TRACES_PLACE: TracesPlace = {
  page: 'traces',
  range: DEFAULT_RANGE,
  filter: '',
  sort: 'start',
  descending: true,
};

export function tracePlace(traceId: string): TracePlace {
  return { page: 'trace', traceId, row: null, tab: 'overview', view: 'timeline' };
}

export function readPlace(pathname: string, search: string): Place {
  const query = new URLSearchParams(search);
  const path = pathname.replace(/\/+$/, '');
  if (path === '' || path === '/map') return readMap(query);
  if (path === '/traces') return readTraces(query);
  const id = path.startsWith('/traces/') ? parseTraceId(path.slice('/traces/'.length)) : null;
  if (id?.ok === true) {
    const view = query.get('view') === 'raw' ? 'raw' : 'timeline';
    return { page: 'trace', traceId: id.value, row: query.get('row'), tab: query.get('tab') ?? 'overview', view };
  }
  return { page: 'missing', path: pathname };
}

export function printPlace(place: Place): string {
  if (place.page === 'missing') return place.path;
  const query = new URLSearchParams({ v: String(URL_VERSION) });
  if (place.page === 'trace') {
    if (place.row !== null) query.set('row', place.row);
    if (place.tab !== 'overview') query.set('tab', place.tab);
    if (place.view === 'raw') query.set('view', 'raw');
    return `/traces/${place.traceId}?${query}`;
  }
  query.set('range', printRange(place.range));
  if (place.page === 'traces') {
    if (place.filter !== '') query.set('filter', place.filter);
    const sort = `${place.sort}.${place.descending ? 'desc' : 'asc'}`;
    if (sort !== 'start.desc') query.set('sort', sort);
    return `/traces?${query}`;
  }
  if (place.selected?.kind === 'node') query.set('node', place.selected.key);
  if (place.selected?.kind === 'edge') {
    query.set('caller', place.selected.from);
    query.set('callee', place.selected.to);
  }
  if (place.view === 'list') query.set('view', 'list');
  return `/map?${query}`;
}

function readMap(query: URLSearchParams): MapPlace {
  const view = query.get('view') === 'list' ? 'list' : 'map';
  return { page: 'map', range: readRange(query.get('range')), selected: readSelection(query), view };
}

function readSelection(query: URLSearchParams): MapSelection | null {
  const node = query.get('node');
  if (node !== null) return { kind: 'node', key: node };
  const [from, to] = [query.get('caller'), query.get('callee')];
  return from !== null && to !== null ? { kind: 'edge', from, to } : null;
}

function readTraces(query: URLSearchParams): TracesPlace {
  const [sort = 'start', order] = (query.get('sort') ?? 'start.desc').split('.');
  const range = readRange(query.get('range'));
  return { page: 'traces', range, filter: query.get('filter') ?? '', sort, descending: order !== 'asc' };
}
