import { BOX_KINDS, type BoxKind, OPEN_BOXES_MAX } from '@fluoroscope/api';
import type { Band } from '../map/band.ts';
import { SETTLED, type SettledOutcome } from '../map/shares.ts';
import { NODE_SIZINGS, type NodeSizing } from '../map/sizes.ts';
import { DEFAULT_RANGE, printRange, type Range, readRange } from './range.ts';

/**
 * Where the map is; its part of a link's query:
 *
 *   range node=KEY | caller=KEY callee=KEY      KEY: printServiceKey
 *   outcomes=OUTCOME,… band=S~S                 chosen in the panel of that node or connection
 *   group=NAME                                  an X-Ray group: of its traces only
 *   view=list sort=COLUMN.asc|desc              of that list
 *   by=type|namespace|group|prefix open=LABEL…
 *   focus=KEY hops=1|2|all way=callers|callees
 *   at=S step=S                                 replay: [at, at + step) of a fixed range
 *   vs=before|day|week|S~S                      compared with another time
 *   account=ID                                  an AWS account: its nodes only
 *   weigh=errors size=traffic|errors show=p50|p95|p99 isolated=hide
 */
export interface MapPlace {
  readonly page: 'map';
  readonly range: Range;
  readonly selected: MapSelection | null;
  /** Name of the X-Ray group whose traces are shown; null for all traces. */
  readonly group: string | null;
  readonly view: 'map' | 'list';
  /** As printTableSort prints it; empty: the list's usual order. */
  readonly sort: string;
  /** What boxes gather nodes by. */
  readonly by: BoxKind | null;
  /** Labels of the boxes that are shown by their members. */
  readonly open: readonly string[];
  readonly focus: Focus | null;
  readonly replay: Replay | null;
  readonly against: Against | null;
  /** Null: nodes of all AWS accounts. */
  readonly account: string | null;
  readonly weigh: 'traffic' | 'errors';
  readonly sizing: NodeSizing;
  readonly latency: LatencyFigure;
  readonly isolated: boolean;
}

export type MapSelection = (
  | { readonly kind: 'node'; readonly key: string }
  | { readonly kind: 'edge'; readonly from: string; readonly to: string }
) & { readonly chosen?: ChosenRequests };

/** Of the requests of what is selected; never nothing. */
export interface ChosenRequests {
  readonly outcomes: readonly SettledOutcome[];
  readonly band: Band | null;
}

export const LATENCY_FIGURES = ['average', 'p50', 'p95', 'p99'] as const;
export type LatencyFigure = (typeof LATENCY_FIGURES)[number];

export interface Focus {
  readonly key: string;
  /** Infinity: all that can be reached. */
  readonly hops: number;
  readonly way: FocusWay;
}

export const FOCUS_WAYS = ['both', 'callers', 'callees'] as const;
export type FocusWay = (typeof FOCUS_WAYS)[number];

/** Seconds since 1970, and the seconds of one step. */
export interface Replay {
  readonly atS: number;
  readonly stepS: number;
}

/** The window before this one, the same times a day or a week ago, or fixed times. */
export type Against =
  | { readonly kind: 'before' | 'day' | 'week' }
  | { readonly kind: 'fixed'; readonly startS: number; readonly endS: number };

export const MAP_PLACE: MapPlace = {
  page: 'map',
  range: DEFAULT_RANGE,
  selected: null,
  group: null,
  view: 'map',
  sort: '',
  by: null,
  open: [],
  focus: null,
  replay: null,
  against: null,
  account: null,
  weigh: 'traffic',
  sizing: 'none',
  latency: 'average',
  isolated: true,
};

export function readMapPlace(query: URLSearchParams): MapPlace {
  const range = readRange(query.get('range'));
  const by = oneOf(BOX_KINDS, query.get('by'));
  const group = query.get('group') ?? '';
  return {
    page: 'map',
    range,
    selected: readSelection(query),
    group: group === '' ? null : group,
    view: query.get('view') === 'list' ? 'list' : 'map',
    sort: query.get('sort') ?? '',
    by,
    open: by === null ? [] : query.getAll('open').slice(0, OPEN_BOXES_MAX),
    focus: readFocus(query),
    replay: readReplay(query, range),
    against: readAgainst(query.get('vs')),
    account: query.get('account'),
    weigh: query.get('weigh') === 'errors' ? 'errors' : 'traffic',
    sizing: oneOf(NODE_SIZINGS, query.get('size')) ?? 'none',
    latency: oneOf(LATENCY_FIGURES, query.get('show')) ?? 'average',
    isolated: query.get('isolated') !== 'hide',
  };
}

/** Adds to `query` all that is not as it is by default. */
export function printMapPlace(place: MapPlace, query: URLSearchParams): void {
  query.set('range', printRange(place.range));
  if (place.selected?.kind === 'node') query.set('node', place.selected.key);
  if (place.selected?.kind === 'edge') {
    query.set('caller', place.selected.from);
    query.set('callee', place.selected.to);
  }
  const { outcomes = [], band = null } = place.selected?.chosen ?? {};
  if (outcomes.length > 0) query.set('outcomes', outcomes.join(','));
  if (band !== null) query.set('band', `${band.fromS}~${band.toS}`);
  if (place.group !== null) query.set('group', place.group);
  if (place.view === 'list') query.set('view', 'list');
  if (place.sort !== '') query.set('sort', place.sort);
  if (place.by !== null) query.set('by', place.by);
  if (place.by !== null) for (const label of place.open) query.append('open', label);
  if (place.focus !== null) {
    query.set('focus', place.focus.key);
    if (place.focus.hops !== 1) query.set('hops', place.focus.hops === 2 ? '2' : 'all');
    if (place.focus.way !== 'both') query.set('way', place.focus.way);
  }
  if (place.replay !== null) {
    query.set('at', String(place.replay.atS));
    query.set('step', String(place.replay.stepS));
  }
  if (place.against !== null) query.set('vs', printAgainst(place.against));
  if (place.account !== null) query.set('account', place.account);
  if (place.weigh !== 'traffic') query.set('weigh', place.weigh);
  if (place.sizing !== 'none') query.set('size', place.sizing);
  if (place.latency !== 'average') query.set('show', place.latency);
  if (!place.isolated) query.set('isolated', 'hide');
}

function readSelection(query: URLSearchParams): MapSelection | null {
  const chosen = chosenRequests(query.get('outcomes')?.split(',') ?? [], readBand(query.get('band')));
  const node = query.get('node');
  if (node !== null) return { kind: 'node', key: node, ...chosen };
  const [from, to] = [query.get('caller'), query.get('callee')];
  return from !== null && to !== null ? { kind: 'edge', from, to, ...chosen } : null;
}

/** What a selection has besides; nothing of it is chosen: all requests. */
export function chosenRequests(names: readonly string[], band: Band | null): Pick<MapSelection, 'chosen'> {
  const outcomes = SETTLED.filter((outcome) => names.includes(outcome));
  return outcomes.length === 0 && band === null ? {} : { chosen: { outcomes, band } };
}

function readBand(text: string | null): Band | null {
  const [fromS = Number.NaN, toS = Number.NaN] = (text ?? '').split('~').map(Number);
  return fromS >= 0 && fromS <= toS && toS < Number.POSITIVE_INFINITY ? { fromS, toS } : null;
}

function readFocus(query: URLSearchParams): Focus | null {
  const key = query.get('focus');
  if (key === null) return null;
  const hops = { '2': 2, all: Number.POSITIVE_INFINITY }[query.get('hops') ?? ''] ?? 1;
  return { key, hops, way: oneOf(FOCUS_WAYS, query.get('way')) ?? 'both' };
}

/** Only a window that stands still can be gone through. */
function readReplay(query: URLSearchParams, range: Range): Replay | null {
  const [atS, stepS] = [readSeconds(query.get('at')), readSeconds(query.get('step'))];
  if (range.kind !== 'fixed' || atS === null || stepS === null || stepS <= 0) return null;
  return atS >= range.startS && atS < range.endS ? { atS, stepS } : null;
}

function readAgainst(text: string | null): Against | null {
  if (text === 'before' || text === 'day' || text === 'week') return { kind: text };
  const fixed = text?.includes('~') === true ? readRange(text) : null;
  return fixed?.kind === 'fixed' ? fixed : null;
}

export function printAgainst(against: Against): string {
  return against.kind === 'fixed' ? printRange(against) : against.kind;
}

function readSeconds(text: string | null): number | null {
  return text !== null && /^\d{1,11}(?:\.\d{1,6})?$/.test(text) ? Number(text) : null;
}

function oneOf<T extends string>(values: readonly T[], text: string | null): T | null {
  return values.find((value) => value === text) ?? null;
}
