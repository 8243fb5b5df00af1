import type { CauseKind } from '@fluoroscope/api';
import { DEFAULT_RANGE, printRange, type Range, readRange, type TimeWindow } from './range.ts';

/**
 * Which two sets of traces are held against each other; its part of a link's query:
 *
 *   range within=FILTER a=FILTER at=S~S b=FILTER bt=S~S totals=shown causes=responsetime|fault|error
 *
 * Without `b` and `bt` the second set is the rest: all of the range that is within and not in A.
 */
export interface AnalyticsPlace {
  readonly page: 'analytics';
  readonly range: Range;
  /** Holds for both. */
  readonly within: string;
  readonly a: SetPlace;
  /** Null: the rest. */
  readonly b: SetPlace | null;
  /** What both are taken from is drawn in the charts. */
  readonly totals: boolean;
  /** Whose root causes are shown; null: those that tell most. */
  readonly causes: CauseKind | null;
}

const CAUSE_KINDS: readonly CauseKind[] = ['responsetime', 'fault', 'error'];

export interface SetPlace {
  readonly filter: string;
  /** Null: all of the range. */
  readonly time: TimeWindow | null;
}

export const ALL_OF_IT: SetPlace = { filter: '', time: null };

export const ANALYTICS_PLACE: AnalyticsPlace = {
  page: 'analytics',
  range: DEFAULT_RANGE,
  within: '',
  a: ALL_OF_IT,
  b: null,
  totals: false,
  causes: null,
};

export function readAnalyticsPlace(query: URLSearchParams): AnalyticsPlace {
  const b: SetPlace = { filter: query.get('b') ?? '', time: readTime(query.get('bt')) };
  return {
    page: 'analytics',
    range: readRange(query.get('range')),
    within: query.get('within') ?? '',
    a: { filter: query.get('a') ?? '', time: readTime(query.get('at')) },
    b: query.has('b') || b.time !== null ? b : null,
    totals: query.get('totals') === 'shown',
    causes: CAUSE_KINDS.find((kind) => kind === query.get('causes')) ?? null,
  };
}

export function printAnalyticsPlace(
  { range, within, a, b, totals, causes }: AnalyticsPlace,
  query: URLSearchParams,
): string {
  query.set('range', printRange(range));
  if (within !== '') query.set('within', within);
  if (a.filter !== '') query.set('a', a.filter);
  if (a.time !== null) query.set('at', printTime(a.time));
  if (b !== null) query.set('b', b.filter);
  if (b !== null && b.time !== null) query.set('bt', printTime(b.time));
  if (totals) query.set('totals', 'shown');
  if (causes !== null) query.set('causes', causes);
  return `/analytics?${query}`;
}

function readTime(text: string | null): TimeWindow | null {
  const range = text?.includes('~') === true ? readRange(text) : null;
  return range?.kind === 'fixed' ? { startS: range.startS, endS: range.endS } : null;
}

function printTime(time: TimeWindow): string {
  return printRange({ kind: 'fixed', ...time });
}
