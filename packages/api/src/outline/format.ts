/**
 * A trace's outline: what a waterfall draws of every entity, without documents. `GET /api/traces/<id>/outline` sends it:
 *
 *   outline = *frame
 *   frame   = header-bytes:u32 header:JSON[header-bytes] padding-to-8 columns
 *   columns = startUs:f64[n] lengthUs:f64[n] idHigh:u32[n] idLow:u32[n] parentHigh:u32[n] parentLow:u32[n]
 *             name:u32[n] service:u32[n] detail:u32[n] place:u32[n] origin:u32[n] status:u16[n] flags:u16[n] padding-to-8
 *
 * Little-endian; n is the header's `count`. A text is its number in the list that the headers' `strings` make together,
 * 0 the empty one. An id that comes again is a newer version of its entity.
 */
export interface OutlineHeader {
  readonly count: number;
  /** Texts that are new in this frame. */
  readonly strings: readonly string[];
  /** Documents that the frames up to this one tell of, and that the trace has, as far as it is known. */
  readonly readCount: number;
  readonly totalCount: number;
  /** The documents as they were sent, not put together: no inferred segments. */
  readonly asSent: boolean;
  /** Entities beyond `OUTLINE_ENTITIES_MAX`, so far. */
  readonly leftOutCount: number;
  readonly isLast: boolean;
  /** The frames before this one were a first look: entities and texts begin anew with it. */
  readonly startsAnew?: boolean;
}

/** Columns in their order, with the bytes that each takes. */
export const OUTLINE_COLUMNS = [
  ['startUs', 8],
  ['lengthUs', 8],
  ['idHigh', 4],
  ['idLow', 4],
  ['parentHigh', 4],
  ['parentLow', 4],
  ['name', 4],
  ['service', 4],
  ['detail', 4],
  ['place', 4],
  ['origin', 4],
  ['status', 2],
  ['flags', 2],
] as const;

export interface OutlineColumns {
  /** Microseconds since 1970. */
  readonly startUs: Float64Array;
  /** 0 while in progress. */
  readonly lengthUs: Float64Array;
  readonly idHigh: Uint32Array;
  readonly idLow: Uint32Array;
  readonly parentHigh: Uint32Array;
  readonly parentLow: Uint32Array;
  readonly name: Uint32Array;
  /** Empty for a subsegment that was sent alone: it is that of the segment above. */
  readonly service: Uint32Array;
  /** One line about a call: method and path, or operation and resource. */
  readonly detail: Uint32Array;
  /** Of the document, for `GET /api/traces/<id>/documents/<place>`. */
  readonly place: Uint32Array;
  /** Of a segment, as it was sent: what it runs on. */
  readonly origin: Uint32Array;
  /** HTTP status; 0 for none. */
  readonly status: Uint16Array;
  /** Sums of `OUTLINE_FLAGS`. */
  readonly flags: Uint16Array;
}

export const OUTLINE_FLAGS = {
  segment: 1,
  inferred: 2,
  hasCause: 4,
  hasParent: 8,
  error: 16,
  throttle: 32,
  fault: 64,
  pending: 128,
  aws: 256,
  remote: 512,
  hasLinks: 1024,
  /** Stands inside another entity's document: its parent is certain. */
  embedded: 2048,
} as const;

/** More entities of one trace are counted and left out: a browser tab holds about 150 bytes of each. */
export const OUTLINE_ENTITIES_MAX = 2_000_000;

/** Different texts of one outline; a detail beyond is left out, a name is told as `OUTLINE_OTHER_NAME`. */
export const OUTLINE_STRINGS_MAX = 400_000;
export const OUTLINE_OTHER_NAME = '(one of too many names)';

/** A header is JSON of a few MB at most; more is a broken stream. */
export const OUTLINE_HEADER_BYTES_MAX: number = 64 * 1024 * 1024;

export function outlineColumnsBytes(count: number): number {
  return padded(OUTLINE_COLUMNS.reduce((sum, [, bytes]) => sum + bytes * count, 0));
}

export function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
