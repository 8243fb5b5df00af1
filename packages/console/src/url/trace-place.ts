import { parseTraceIdAnySpelling } from '@fluoroscope/model';

/**
 * Where in one trace, or between two. The query:
 *
 *   /traces/<id>                 row tab view=VIEW zoom=FROM~TO (µs on the axis) find=TEXT clocks=recorded linked=shown
 *                                grouped=node critical=hidden at=KEY (a path of the flame graph)
 *                                sort=COLUMN.asc|desc by=service errors=only        of the views that are tables
 *   /traces/<id>/compare/<id>    only=changed
 */
export const TRACE_VIEWS = ['timeline', 'map', 'flame', 'statistics', 'spans', 'raw', 'otlp'] as const;
export type TraceView = (typeof TRACE_VIEWS)[number];

export interface TracePlace {
  readonly page: 'trace';
  readonly traceId: string;
  /** Id of the chosen entity. */
  readonly row: string | null;
  readonly tab: string;
  readonly view: TraceView;
  readonly zoom: string | null;
  readonly find: string;
  /** Times as they were recorded, or with clocks corrected. */
  readonly clocks: 'corrected' | 'recorded';
  /** The traces that this one links to are shown with it. */
  readonly linked: boolean;
  /** The timeline has a row for each node, and segments below it instead of below their callers. */
  readonly grouped: boolean;
  /** The critical path is marked. */
  readonly critical: boolean;
  /** Where the flame graph begins: the key of a path; empty for the whole trace. */
  readonly flame: string;
  /** `COLUMN.asc` or `COLUMN.desc` of a table; empty: as it comes. */
  readonly sort: string;
  /** Statistics have a line for each name, or for each service. */
  readonly by: 'name' | 'service';
  /** Spans: those that failed. */
  readonly onlyFailed: boolean;
}

export interface ComparePlace {
  readonly page: 'compare';
  readonly a: string;
  readonly b: string;
  readonly onlyChanged?: boolean;
}

export function tracePlace(traceId: string): TracePlace {
  return {
    page: 'trace',
    traceId,
    row: null,
    tab: 'overview',
    view: 'timeline',
    zoom: null,
    find: '',
    clocks: 'corrected',
    linked: false,
    grouped: false,
    critical: true,
    flame: '',
    sort: '',
    by: 'name',
    onlyFailed: false,
  };
}

/** Of a path below `/traces/`; null for one that is none. */
export function readTracePlace(path: string, query: URLSearchParams): TracePlace | ComparePlace | null {
  const [first = '', word, second = '', ...more] = path.split('/');
  const id = parseTraceIdAnySpelling(first);
  if (!id.ok) return null;
  if (word === 'compare') {
    const other = parseTraceIdAnySpelling(second);
    if (!other.ok || more.length > 0) return null;
    const onlyChanged = query.get('only') === 'changed';
    return { page: 'compare', a: id.value, b: other.value, ...(onlyChanged && { onlyChanged }) };
  }
  if (word !== undefined) return null;
  return {
    page: 'trace',
    traceId: id.value,
    row: query.get('row'),
    tab: query.get('tab') ?? 'overview',
    view: TRACE_VIEWS.find((view) => view === query.get('view')) ?? 'timeline',
    zoom: query.get('zoom'),
    find: query.get('find') ?? '',
    clocks: query.get('clocks') === 'recorded' ? 'recorded' : 'corrected',
    linked: query.get('linked') === 'shown',
    grouped: query.get('grouped') === 'node',
    critical: query.get('critical') !== 'hidden',
    flame: query.get('at') ?? '',
    sort: query.get('sort') ?? '',
    by: query.get('by') === 'service' ? 'service' : 'name',
    onlyFailed: query.get('errors') === 'only',
  };
}

export function printTracePlace(place: TracePlace | ComparePlace, query: URLSearchParams): string {
  if (place.page === 'compare') {
    if (place.onlyChanged === true) query.set('only', 'changed');
    return `/traces/${place.a}/compare/${place.b}?${query}`;
  }
  if (place.row !== null) query.set('row', place.row);
  if (place.tab !== 'overview') query.set('tab', place.tab);
  if (place.view !== 'timeline') query.set('view', place.view);
  if (place.zoom !== null) query.set('zoom', place.zoom);
  if (place.find !== '') query.set('find', place.find);
  if (place.clocks !== 'corrected') query.set('clocks', place.clocks);
  if (place.linked) query.set('linked', 'shown');
  if (place.grouped) query.set('grouped', 'node');
  if (!place.critical) query.set('critical', 'hidden');
  if (place.flame !== '') query.set('at', place.flame);
  if (place.sort !== '') query.set('sort', place.sort);
  if (place.by !== 'name') query.set('by', place.by);
  if (place.onlyFailed) query.set('errors', 'only');
  return `/traces/${place.traceId}?${query}`;
}

export interface TableSort<Column extends string> {
  readonly column: Column;
  readonly descending: boolean;
}

/** Of a table with these columns; what it does not have is sorted as it comes. */
export function readTableSort<Column extends string>(
  text: string,
  columns: readonly Column[],
  usual: TableSort<Column>,
): TableSort<Column> {
  const [name, order] = text.split('.');
  const column = columns.find((it) => it === name);
  return column === undefined ? usual : { column, descending: order === 'desc' };
}

export function printTableSort({ column, descending }: TableSort<string>): string {
  return `${column}.${descending ? 'desc' : 'asc'}`;
}
