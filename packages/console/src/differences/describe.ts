import {
  type DifferenceField,
  type FieldDifference,
  MATCHING_COUNT_MAX,
  type SetLooked,
  type ValueDifference,
} from '@fluoroscope/api';
import { formatCount, formatDuration } from '../text/format.ts';
import { visible } from '../text/visible.ts';

const TIMES: ReadonlySet<DifferenceField> = new Set(['responsetime', 'duration']);

/** How many of how many the figures of a set are made of. */
export function describeSet({
  count,
  complete,
  cutSliceCount,
  sliceCount,
  matchingCount,
  unjudgedCount,
}: SetLooked): string {
  const unjudged = unjudgedCount === 0 ? '' : `; ${formatCount(unjudgedCount)} could not be held against the filter`;
  if (complete) return `all of it${unjudged}`;
  const more = matchingCount !== null && matchingCount >= MATCHING_COUNT_MAX ? 'more than ' : '';
  const of = matchingCount === null || matchingCount <= count ? '' : ` of ${more}${formatCount(matchingCount)}`;
  if (sliceCount <= 1) return `the newest${of === '' ? ' of it' : of}${unjudged}`;
  const where = cutSliceCount === sliceCount ? 'each part' : `${cutSliceCount} of ${sliceCount} parts`;
  return `a sample of ${formatCount(count)}${of}: the newest of ${where} of its time${unjudged}`;
}

/** Null: the trace has none. */
export function describeValue(field: DifferenceField, { value, band }: ValueDifference): string | null {
  if (value.text === null) return null;
  if (band === undefined) return visible(value.text === '' ? '""' : value.text, 300);
  const print = (number: number): string => (TIMES.has(field) ? formatDuration(number) : String(number));
  return band.to === null ? `${print(band.from)} and more` : `${print(band.from)} – ${print(band.to)}`;
}

export interface SortedFields {
  /** They differ for certain. */
  readonly telling: readonly FieldDifference[];
  /** A filter is about them. */
  readonly named: readonly FieldDifference[];
  readonly alike: readonly FieldDifference[];
}

export function sortFields(fields: readonly FieldDifference[]): SortedFields {
  return {
    telling: fields.filter(({ named, score }) => !named && score > 0),
    named: fields.filter(({ named }) => named),
    alike: fields.filter(({ named, score }) => !named && score === 0),
  };
}

/** `+43 points`, of a difference of shares. */
export function formatPoints(difference: number): string {
  const points = Math.abs(difference * 100);
  const digits = points >= 9.95 ? points.toFixed(0) : points.toFixed(1);
  if (Number(digits) === 0) return '0';
  return `${difference > 0 ? '+' : '−'}${digits}`;
}
