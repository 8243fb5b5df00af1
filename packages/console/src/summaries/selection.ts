import { andFilter } from '../filter/builder.ts';
import { type Band, bandCondition } from '../map/band.ts';
import type { TracesPlace } from '../url/place.ts';
import type { TimeWindow } from '../url/range.ts';
import type { SummaryRow } from './row.ts';

/** Traces that were chosen in a chart and are not yet the list: by start, by response time, or both. */
export interface Selection {
  readonly time: TimeWindow | null;
  readonly band: Band | null;
}

export const NOTHING_SELECTED: Selection = { time: null, band: null };

export function isNothing({ time, band }: Selection): boolean {
  return time === null && band === null;
}

/** The condition of the selection's response times; times are a range, no condition. */
export function selectionCondition({ band }: Selection): string {
  return bandCondition(band);
}

/** The list of what is selected. */
export function placeOfSelection(place: TracesPlace, selection: Selection): TracesPlace {
  const { time } = selection;
  const filter = selection.band === null ? place.filter : andFilter(place.filter, selectionCondition(selection));
  return { ...place, filter, range: time === null ? place.range : { kind: 'fixed', ...outwards(time) } };
}

export function isSelected({ startS, responseS }: SummaryRow, { time, band }: Selection): boolean {
  if (time !== null && (startS < time.startS || startS >= time.endS)) return false;
  return band === null || (responseS !== undefined && responseS >= band.fromS && responseS <= band.toS);
}

/** A link holds milliseconds; what was inside stays inside. */
function outwards({ startS, endS }: TimeWindow): TimeWindow {
  return { startS: Math.floor(startS * 1000) / 1000, endS: Math.ceil(endS * 1000) / 1000 };
}
