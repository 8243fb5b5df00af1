import { cutText, isJsonObject, readNumber, type Clean, type CleanFields } from './clean-json.ts';
import { SUBSEGMENT_FIELDS } from './entity-fields.ts';
import type { Json, JsonObject } from './segment-document.ts';
import { parseSegmentId } from './segment-id.ts';

/** Longest name X-Ray takes. */
export const NAME_CHARS_MAX = 200;

/** 2^53 µs, the year 2255: later times would not be exact, and would overflow a store's columns. */
export const TIME_SECONDS_MAX = 9_007_199_254;

/** Properties whose cleaned values are known already; undefined for those that must not be there. */
export type Essentials = ReadonlyMap<string, Json | undefined>;

/**
 * name = 1*200( letter / digit / space / "_" / "." / ":" / "/" / "%" / "&" / "#" / "=" / "+" / "\" / "-" / "@" )
 *
 * Letters and digits are Unicode's, with the marks that belong to them. Tabs and line ends become spaces,
 * other characters go. Undefined when nothing readable is left.
 */
export function cleanName(name: string): string | undefined {
  if (ASCII_NAME.test(name)) return cutText(name, NAME_CHARS_MAX);
  const cleaned = cutText(name.replaceAll(/\s/g, ' ').replaceAll(NOT_IN_NAMES, ''), NAME_CHARS_MAX);
  return cleaned.trim() === '' ? undefined : cleaned;
}

/** With a character that is not a space: the fast path is for names that stay. */
const ASCII_NAME = /^[A-Za-z0-9_.:/%&#=+\\@-][A-Za-z0-9 _.:/%&#=+\\@-]*$/;
const NOT_IN_NAMES = /[^\p{L}\p{M}\p{N} _.:/%&#=+\\@-]/gu;

/** Seconds since 1970; undefined when not a number or not between 1970 and 2255. */
export function readSeconds(value: Json | undefined): number | undefined {
  const seconds = readNumber(value);
  return seconds === undefined || seconds < 0 || seconds > TIME_SECONDS_MAX ? undefined : seconds;
}

/**
 * When an entity ended: never before it started, and not in a far future that would stretch its trace.
 * Undefined when the document does not tell; beside `in_progress: true` an end before the start is a blank.
 */
export function readEnd(source: JsonObject, start: number, latest: number): number | undefined {
  const end = readNumber(source['end_time']);
  if (end === undefined || (end < start && source['in_progress'] === true)) return undefined;
  return Math.max(start, Math.min(end, latest));
}

/** The same object when nothing had to change. Properties that nobody knows are left out. */
export function cleanEntity(
  source: JsonObject,
  essentials: Essentials,
  fields: CleanFields,
  latest: number,
): JsonObject {
  const cleaned: Record<string, Json> = {};
  let changed = false;
  let seenCount = 0;
  for (const key of Object.keys(source)) {
    const before = source[key];
    if (before === undefined) continue;
    let after: Json | undefined;
    if (key === 'subsegments') {
      after = cleanSubsegments(before, latest);
    } else if (essentials.has(key)) {
      after = essentials.get(key);
      seenCount += 1;
    } else {
      after = fields.get(key)?.(before, latest);
    }
    // Only known keys get here with a value, so none can be `__proto__`.
    if (after !== undefined) cleaned[key] = after;
    if (after !== before) changed = true;
  }
  if (seenCount < essentials.size) changed = addMissing(cleaned, essentials) || changed;
  return changed ? cleaned : source;
}

function addMissing(cleaned: Record<string, Json>, essentials: Essentials): boolean {
  let added = false;
  for (const [key, value] of essentials) {
    if (value === undefined || cleaned[key] !== undefined) continue;
    cleaned[key] = value;
    added = true;
  }
  return added;
}

/** Subsegments that cannot be used are dropped alone: their own subsegments take their place. */
const cleanSubsegments: Clean = (value, latest) => {
  if (!Array.isArray(value)) return undefined;
  const cleaned: Json[] = [];
  let changed = false;
  for (const before of value) {
    const after = cleanSubsegment(before, latest);
    if (after === before) {
      cleaned.push(before);
      continue;
    }
    changed = true;
    if (after !== undefined) cleaned.push(after);
    else if (isJsonObject(before)) cleaned.push(...orphansOf(before, latest));
  }
  return changed ? cleaned : value;
};

function orphansOf(dropped: JsonObject, latest: number): readonly Json[] {
  const orphans = cleanSubsegments(dropped['subsegments'] ?? null, latest);
  return Array.isArray(orphans) ? orphans : [];
}

function cleanSubsegment(source: Json, latest: number): JsonObject | undefined {
  if (!isJsonObject(source)) return undefined;
  const { id: rawId, name: rawName } = source;
  const id = typeof rawId === 'string' ? parseSegmentId(rawId) : undefined;
  const name = typeof rawName === 'string' ? cleanName(rawName) : undefined;
  const start = readSeconds(source['start_time']);
  if (id?.ok !== true || name === undefined || start === undefined) return undefined;

  const end = readEnd(source, start, latest);
  const essentials = new Map<string, Json | undefined>([
    ['id', id.value],
    ['name', name],
    ['start_time', start],
    ['end_time', end],
    ['in_progress', end === undefined ? true : undefined],
  ]);
  return cleanEntity(source, essentials, SUBSEGMENT_FIELDS, latest);
}
