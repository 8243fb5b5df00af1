/** Why a document was refused: the codes that `UnprocessedTraceSegments` carries (XRAY-SPEC §4.3). */
export type DocumentProblemCode =
  | 'ParseError'
  | 'MissingId'
  | 'InvalidId'
  | 'MissingTraceId'
  | 'InvalidTraceId'
  | 'MissingName'
  | 'InvalidName'
  | 'MissingStartTime'
  | 'InvalidTime'
  | 'MissingEndTime'
  | 'MissingParentId'
  | 'SegmentTooLarge';

export interface DocumentProblem {
  readonly code: DocumentProblemCode;
  /** The property at fault; null when it is the document as a whole. */
  readonly field: string | null;
  /** Names the field and what was expected. */
  readonly message: string;
  /** As the sender wrote it, whether valid or not, cut to `PROBLEM_ID_CHARS_MAX`. */
  readonly id: string | null;
}

/** Refused ids are echoed to the sender and logged, so their size is bounded. */
export const PROBLEM_ID_CHARS_MAX = 64;

/** How far into a document that cannot be parsed its id is looked for. */
const ID_SEARCH_CHARS_MAX = 65_536;

/** AWS's daemon stops reporting a batch at a problem without an id, so even broken JSON is searched for one. */
export function findDocumentId(text: string): string | null {
  const match = /"id"\s*:\s*"([^"\\]{1,64})/.exec(text.slice(0, ID_SEARCH_CHARS_MAX));
  return match?.[1] ?? null;
}

/** For messages: scalars as JSON, anything larger by its kind. */
export function printFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, PROBLEM_ID_CHARS_MAX));
  return Array.isArray(value) ? 'an array' : 'an object';
}
