import { copyOfFirst, cutText, isJsonObject, readNumber, type Clean, type CleanFields } from './clean-json.ts';
import { SUBSEGMENT_FIELDS } from './entity-fields.ts';
import type { IndependentSubsegmentDocument, Json, JsonObject } from './segment-document.ts';
import { parseSegmentId } from './segment-id.ts';

/** Longest name X-Ray takes. */
export const NAME_CHARS_MAX = 200;

/** 2^53 µs, the year 2255: later times would not be exact, and would overflow a store's columns. */
export const TIME_SECONDS_MAX = 9_007_199_254;

/**
 * The properties that an entity cannot do without, as they must be afterwards, in the order of `ESSENTIAL_KEYS`;
 * undefined for those that must not be there.
 */
export type Essentials = readonly (Json | undefined)[];

/** An embedded subsegment has the first five; what it says of the others is not known to its fields. */
const ESSENTIAL_KEYS = [
  'id',
  'name',
  'start_time',
  'end_time',
  'in_progress',
  'trace_id',
  'parent_id',
  'type',
] as const satisfies readonly (keyof IndependentSubsegmentDocument)[];

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

/**
 * The same object when nothing had to change. Properties that nobody knows are left out. A copy is only begun at
 * the first change, which with the list of essentials in place of a Map halves the cost of a clean document.
 */
export function cleanEntity(
  source: JsonObject,
  essentials: Essentials,
  fields: CleanFields,
  latest: number,
): JsonObject {
  let cleaned: Record<string, Json> | undefined;
  let missingCount = 0;
  for (const value of essentials) if (value !== undefined) missingCount += 1;
  const keys = Object.keys(source);
  for (const [at, key] of keys.entries()) {
    const before = source[key];
    if (before === undefined) continue;
    let after: Json | undefined;
    const essential = essentialAt(key, essentials.length);
    if (essential >= 0) {
      after = essentials[essential];
      if (after !== undefined) missingCount -= 1;
    } else {
      after = key === 'subsegments' ? cleanSubsegments(before, latest) : fields.get(key)?.(before, latest);
    }
    if (after !== before) cleaned ??= copyOfFirst(source, keys, at);
    // Only known keys get here with a value, so none can be `__proto__`.
    if (after !== undefined && cleaned !== undefined) cleaned[key] = after;
  }
  if (missingCount === 0) return cleaned ?? source;
  cleaned ??= copyOfFirst(source, keys, keys.length);
  for (const [at, value] of essentials.entries()) {
    const key = ESSENTIAL_KEYS[at];
    if (value !== undefined && key !== undefined && cleaned[key] === undefined) cleaned[key] = value;
  }
  return cleaned;
}

function essentialAt(key: string, count: number): number {
  const at = ESSENTIAL_PLACES.get(key) ?? -1;
  return at < count ? at : -1;
}

const ESSENTIAL_PLACES: ReadonlyMap<string, number> = new Map(ESSENTIAL_KEYS.map((key, at) => [key, at]));

/** Subsegments that cannot be used are dropped alone: their own subsegments take their place. */
const cleanSubsegments: Clean = (value, latest) => {
  if (!Array.isArray(value)) return undefined;
  let cleaned: Json[] | undefined;
  for (const [at, before] of value.entries()) {
    const after = cleanSubsegment(before, latest);
    if (after !== before) cleaned ??= value.slice(0, at);
    if (cleaned === undefined) continue;
    if (after !== undefined) cleaned.push(after);
    else if (isJsonObject(before)) cleaned.push(...orphansOf(before, latest));
  }
  return cleaned ?? value;
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
  const essentials = [id.value, name, start, end, end === undefined ? true : undefined];
  return cleanEntity(source, essentials, SUBSEGMENT_FIELDS, latest);
}
