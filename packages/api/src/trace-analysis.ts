import type { HistogramEntry, TraceSummary } from './shapes.ts';

/**
 * What the console's traces list asks about many traces at once. All by POST, answers not to be cached.
 *
 *   POST /api/filter/check        FilterCheckInput → FilterCheck
 *   POST /api/filter/words        TraceSet → FilterWords
 *   POST /api/traces/groups       GroupsInput → TraceGroups
 *   POST /api/traces/summaries    SummariesInput → SummariesAnswer
 *
 * Traces are looked at newest first, by when they began, up to a number and for a time; `Looked` says how far that came.
 */
export interface TraceSet {
  /** Float seconds since 1970; [startTime, endTime). */
  readonly startTime: number;
  readonly endTime: number;
  /** A filter expression; empty or absent: all. */
  readonly filter?: string | undefined;
}

export interface Looked {
  /** Matching traces that the figures are made of: the newest ones. */
  readonly count: number;
  /** Most that one answer looks at. */
  readonly countMax: number;
  /** Every matching trace is among them. */
  readonly complete: boolean;
  /** Traces that began before were not looked at; `startTime` when complete. */
  readonly reachedTime: number;
  /** How many match, counted up to `MATCHING_COUNT_MAX`; null: not known without looking at each. */
  readonly matchingCount: number | null;
  /** Could not be held against the expression (too large, encrypted), and are left out. */
  readonly unjudgedCount: number;
}

export interface FilterCheckInput {
  readonly filter: string;
}

export interface FilterCheck {
  /** Offsets in UTF-16 units; `start` = `end` at the end of the text. */
  readonly problem: { readonly message: string; readonly start: number; readonly end: number } | null;
}

/** What the newest traces of a time hold: for completion. Each list by how often, most first. */
export interface FilterWords {
  readonly looked: Looked;
  readonly services: readonly { readonly name: string; readonly type: string | null }[];
  readonly annotations: readonly { readonly key: string; readonly values: readonly (string | number | boolean)[] }[];
  readonly texts: Readonly<Record<WordField, readonly string[]>>;
}

/** Keywords of the filter language whose values are told. */
export const WORD_FIELDS = [
  'http.url',
  'http.method',
  'http.status',
  'http.clientip',
  'http.useragent',
  'user',
  'availabilityzone',
  'instance.id',
  'resource.arn',
] as const;
export type WordField = (typeof WORD_FIELDS)[number];

export const TRACE_FIELDS = [
  'url',
  'method',
  'status',
  'outcome',
  'service',
  'entry',
  'user',
  'client',
  'agent',
  'zone',
  'instance',
  'resource',
  'cause.fault',
  'cause.error',
  'cause.responsetime',
] as const;
/** What traces are told apart by; `annotation.KEY` is the values of one annotation. */
export type TraceField = (typeof TRACE_FIELDS)[number] | `annotation.${string}`;

export interface SummariesInput {
  /** 1 to `SUMMARIES_ASKED_MAX` trace ids. */
  readonly ids: readonly string[];
}

export interface SummariesAnswer {
  /** As GetTraceSummaries tells them, in the order asked for; what is not stored is left out. */
  readonly traces: readonly TraceSummary[];
}

export interface GroupsInput extends TraceSet {
  /** A `TraceField`. */
  readonly by: string;
  /** Periods of the trend, 1 to `TREND_STEPS_MAX`. */
  readonly steps?: number | undefined;
}

export interface TraceGroups {
  readonly looked: Looked;
  readonly startTime: number;
  readonly endTime: number;
  readonly stepSeconds: number;
  /** Of all that were looked at. */
  readonly total: GroupFigures;
  readonly histogram: readonly HistogramEntry[];
  /** Most traces first, at most `GROUPS_MAX`. A trace with several values (services, users) is in several. */
  readonly groups: readonly TraceGroup[];
  /** Values that were met; those beyond `GROUP_VALUES_MAX` are one, `others`. */
  readonly valueCount: number;
  /** Traces with a value that has no group here. */
  readonly othersCount: number;
  /** Keys that the traces have, most frequent first: what else they can be grouped by. */
  readonly annotationKeys: readonly string[];
}

export interface FieldValue {
  /** Null: the trace has none. */
  readonly text: string | null;
  /** Of a service. */
  readonly type?: string | undefined;
  /** Finds exactly the traces with this value; null where the language cannot say it. */
  readonly filter: string | null;
}

export interface TraceGroup extends GroupFigures {
  readonly value: FieldValue;
}

export interface GroupFigures {
  readonly count: number;
  readonly faultCount: number;
  readonly errorCount: number;
  readonly throttleCount: number;
  /** Response times in seconds, within 1 %; null when no trace of them has one. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Traces that began in each period from `startTime` on. */
  readonly trend: readonly number[];
}

/** Rows of one screen. */
export const SUMMARIES_ASKED_MAX = 100;
export const MATCHING_COUNT_MAX = 50_000;
export const TREND_STEPS_MAX = 60;
export const GROUPS_MAX = 200;
/** Distinct values of one field that are counted apart. */
export const GROUP_VALUES_MAX = 5_000;
