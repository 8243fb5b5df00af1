import type { HistogramEntry } from './shapes.ts';
import type { FieldValue, GroupFigures, TRACE_FIELDS, TraceSet } from './trace-analysis.ts';

/**
 * What tells two sets of traces apart: the console's Analytics page.
 *
 *   POST /api/analysis/differences    DifferencesInput → SetDifferences, not to be cached
 *
 * Of a set that may be too large, each of `SET_SLICES` equal parts of its time is looked at, of each the newest traces up to a
 * share of the set's number and time: it is sampled over all of its time. `SetLooked` says so.
 */
export interface DifferencesInput extends TraceSet {
  /** `filter` of the input itself holds for both sets. */
  readonly a: SetPart;
  /** Null or absent: the rest, all traces that are not in A. */
  readonly b?: SetPart | null | undefined;
  /** Periods of the trends, 1 to `TREND_STEPS_MAX`. */
  readonly steps?: number | undefined;
}

/** A part of the whole: by expression, by time, or both. Times beyond the whole count as its ends. */
export interface SetPart {
  readonly filter?: string | undefined;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
}

export interface SetDifferences {
  readonly startTime: number;
  readonly endTime: number;
  readonly stepSeconds: number;
  readonly a: ComparedSet;
  readonly b: ComparedSet;
  /** Those that tell the sets apart most come first; those that the filters name come after all others. */
  readonly fields: readonly FieldDifference[];
  /** Traces with annotations whose keys were not counted: there are more than `DIFFERENCE_ANNOTATIONS_MAX`. */
  readonly uncountedAnnotations: SidedCount;
  readonly causes: Readonly<Record<CauseKind, CauseDifferences>>;
}

export interface ComparedSet extends GroupFigures {
  readonly looked: SetLooked;
  /** Response times in seconds. */
  readonly histogram: readonly HistogramEntry[];
}

export interface SetLooked {
  /** Traces that the figures are made of. */
  readonly count: number;
  readonly countMax: number;
  /** Every trace of the set is among them. */
  readonly complete: boolean;
  /** Parts of the time of which only the newest traces, or none, were looked at. */
  readonly cutSliceCount: number;
  readonly sliceCount: number;
  /** How many match, counted up to `MATCHING_COUNT_MAX`; null: not known without looking at each. */
  readonly matchingCount: number | null;
  /** Could not be held against the expression (too large, encrypted), and are left out. */
  readonly unjudgedCount: number;
}

export interface SidedCount {
  readonly a: number;
  readonly b: number;
}

/** `failing`: services by how their own segments failed. The last two are told apart in bands. */
export const DIFFERENCE_FIELDS = ['failing', 'responsetime', 'duration'] as const;

/** What the sets are told apart by; root causes have tables of their own. */
export type DifferenceField =
  | Exclude<(typeof TRACE_FIELDS)[number], `cause.${string}`>
  | (typeof DIFFERENCE_FIELDS)[number]
  | `annotation.${string}`;

export interface FieldDifference {
  readonly field: DifferenceField;
  /** `bands`: of numbers, in their order, each with its lower end and without its upper one. */
  readonly kind: 'values' | 'bands';
  /** Of the value that tells most, those that the filters name left out. */
  readonly score: number;
  /** A filter is about this field: that the sets differ in it says nothing new. */
  readonly named: boolean;
  /** Values that were met and counted apart. */
  readonly valueCount: number;
  /** Highest score first, at most `DIFFERENCE_VALUES_MAX`; bands in their order. */
  readonly values: readonly ValueDifference[];
  /** Traces with a value that was met too late to be counted apart. */
  readonly uncounted: SidedCount;
}

export interface ValueDifference extends SidedCount {
  readonly value: FieldValue;
  /** `to` null: without end. */
  readonly band?: { readonly from: number; readonly to: number | null } | undefined;
  /** A's share less B's, −1 to 1, and the interval that it lies in with a confidence of 99.9 %. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** How far the shares differ at least: the end of the interval that is nearer to 0, and 0 when 0 lies in it. */
  readonly score: number;
  readonly named: boolean;
}

export type CauseKind = 'responsetime' | 'fault' | 'error';

export interface CauseDifferences {
  /** Traces with a root cause of this kind. */
  readonly covered: SidedCount;
  /** Larger share in either set first, at most `DIFFERENCE_CAUSES_MAX`. */
  readonly causes: readonly CauseDifference[];
  readonly causeCount: number;
  /** Traces with a cause that was met too late to be counted apart. */
  readonly uncounted: SidedCount;
}

export interface CauseDifference extends SidedCount {
  readonly services: readonly { readonly name: string; readonly entities: readonly string[] }[];
  /** Of the deepest entity; none for response times. */
  readonly exceptions: readonly string[];
  /** Finds the traces with this cause; null where the language cannot say it. */
  readonly filter: string | null;
  /** Medians of the deepest entity's part of the response time, 0 to 1; null but for response times. */
  readonly coverageA: number | null;
  readonly coverageB: number | null;
  readonly difference: number;
  readonly score: number;
}

export const SET_SLICES = 12;
export const DIFFERENCE_VALUES_MAX = 10;
export const DIFFERENCE_CAUSES_MAX = 25;
export const DIFFERENCE_ANNOTATIONS_MAX = 100;
