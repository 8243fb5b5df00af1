import type { DifferencesInput, SetPart } from '@fluoroscope/api';
import { andFilter } from '../filter/builder.ts';
import { type Band, bandCondition } from '../map/band.ts';
import { ALL_OF_IT, ANALYTICS_PLACE, type AnalyticsPlace, type SetPlace } from '../url/analytics-place.ts';
import { type TracesPlace, TRACES_PLACE } from '../url/place.ts';
import { type Range, type TimeWindow, windowOf } from '../url/range.ts';

export type Side = 'a' | 'b';

/** What was chosen of a chart or a table. */
export interface Chosen {
  readonly filter: string;
  readonly time: TimeWindow | null;
}

export function chosenBand(band: Band): Chosen {
  return { filter: bandCondition(band), time: null };
}

/** What to ask the server for. */
export function differencesInput({ range, within, a, b }: AnalyticsPlace, nowS: number): DifferencesInput {
  const { startS, endS } = windowOf(range, nowS);
  return { startTime: startS, endTime: endS, filter: within, a: partOf(a), b: b === null ? null : partOf(b) };
}

function partOf({ filter, time }: SetPlace): SetPart {
  return { filter, ...(time !== null && { startTime: time.startS, endTime: time.endS }) };
}

export function negated(filter: string): string {
  return `!(${filter.trim()})`;
}

/** A is what was chosen, B the rest of what it was chosen from. */
export function explain(range: Range, within: string, { filter, time }: Chosen): AnalyticsPlace {
  return { ...ANALYTICS_PLACE, range, within, a: { filter, time }, b: null };
}

/** One set becomes smaller. The rest becomes a set of its own by that, where an expression says what it is. */
export function narrowed(place: AnalyticsPlace, side: Side, chosen: Chosen): AnalyticsPlace {
  return { ...place, [side]: both(side === 'a' ? place.a : ownB(place), chosen) };
}

function both(set: SetPlace, { filter, time }: Chosen): SetPlace {
  return { filter: andFilter(set.filter, filter), time: time ?? set.time };
}

/** B as a set of its own; all traces where no expression says what the rest is. */
function ownB({ a, b }: AnalyticsPlace): SetPlace {
  if (b !== null) return b;
  return a.time === null && a.filter.trim() !== '' ? { filter: negated(a.filter), time: null } : ALL_OF_IT;
}

export function withinBoth(place: AnalyticsPlace, filter: string): AnalyticsPlace {
  return { ...place, within: andFilter(place.within, filter) };
}

/** The two change places; a rest becomes a set of its own. */
export function swapped(place: AnalyticsPlace): AnalyticsPlace {
  return { ...place, a: ownB(place), b: place.a };
}

/** Null: no list has just these traces. */
export function tracesOf(place: AnalyticsPlace, side: Side, more = ''): TracesPlace | null {
  const { a, b, within } = place;
  const isRest = side === 'b' && b === null;
  if (isRest && (a.time !== null || a.filter.trim() === '')) return null;
  const set = side === 'a' ? a : ownB(place);
  const range: Range = set.time === null ? place.range : { kind: 'fixed', ...set.time };
  return { ...TRACES_PLACE, range, filter: andFilter(andFilter(within, set.filter), more) };
}

export interface SetRefusals {
  readonly a: string | null;
  readonly b: string | null;
  /** Of the filter for both, or of the times. */
  readonly both: string | null;
}

/** The server says of which set its refusal is: `a: FilterExpression: column 3: …`. */
export function refusalsOf(message: string | null): SetRefusals {
  const [, side, sentence] = /^([ab]): ([\s\S]*)$/.exec(message ?? '') ?? [];
  if (message === null) return { a: null, b: null, both: null };
  return {
    a: side === 'a' ? (sentence ?? null) : null,
    b: side === 'b' ? (sentence ?? null) : null,
    both: side === undefined ? message : null,
  };
}
