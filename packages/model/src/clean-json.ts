import type { Json, JsonObject } from './segment-document.ts';

/**
 * What a property becomes: the very same value when it is fine as it is, another when it can be mended,
 * undefined when it must go. `latest` is the newest acceptable time in seconds.
 */
export type Clean = (value: Json, latest: number) => Json | undefined;

export type CleanFields = ReadonlyMap<string, Clean>;

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string of at most `charsMax` UTF-16 units; other scalars are written out. */
export function textOf(charsMax: number): Clean {
  return (value) => {
    if (typeof value === 'string') return cutText(value, charsMax);
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  };
}

/** Likewise, but for an empty one, which some senders write for one that they do not have. */
export function filledTextOf(charsMax: number): Clean {
  const clean = textOf(charsMax);
  return (value, latest) => (value === '' ? undefined : clean(value, latest));
}

/** Never between the halves of a surrogate pair. */
export function cutText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const last = text.charCodeAt(charsMax - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? charsMax - 1 : charsMax);
}

export function cleanFlag(value: Json): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** A number, also as a numeric string; undefined for anything else and for what is no finite number. */
export function readNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !NUMERIC.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** The numbers of JSON, and a plus sign. */
const NUMERIC = /^\s*[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?\s*$/;

export function countOf(max: number): Clean {
  return (value) => readCount(value, max);
}

/** A whole number from 0 to `max`; fractions are cut off. */
export function readCount(value: Json | undefined, max: number): number | undefined {
  const number = readNumber(value);
  return number === undefined || number < 0 || number > max ? undefined : Math.trunc(number);
}

/** An object with none but the given properties. */
export function objectOf(fields: CleanFields): Clean {
  return (value, latest) => {
    if (!isJsonObject(value)) return undefined;
    let cleaned: Record<string, Json> | undefined;
    const keys = Object.keys(value);
    for (const [at, key] of keys.entries()) {
      const before = value[key];
      const after = before === undefined ? undefined : fields.get(key)?.(before, latest);
      if (after !== before) cleaned ??= copyOfFirst(value, keys, at);
      // Only keys of `fields` get here, so none can be `__proto__`.
      if (after !== undefined && cleaned !== undefined) cleaned[key] = after;
    }
    return cleaned ?? value;
  };
}

/** The properties of the first `count` keys, all of them clean: begins a copy where the first change is met. */
export function copyOfFirst(value: JsonObject, keys: readonly string[], count: number): Record<string, Json> {
  const copy: Record<string, Json> = {};
  for (let at = 0; at < count; at += 1) {
    const key = keys[at];
    const item = key === undefined ? undefined : value[key];
    if (key !== undefined && item !== undefined) copy[key] = item;
  }
  return copy;
}

/** An array of at most `itemsMax`; items that must go are left out. */
export function listOf(clean: Clean, itemsMax: number): Clean {
  return (value, latest) => {
    if (!Array.isArray(value)) return undefined;
    const cleaned: Json[] = [];
    let changed = value.length > itemsMax;
    for (const before of value) {
      if (cleaned.length === itemsMax) break;
      const after = clean(before, latest);
      if (after !== undefined) cleaned.push(after);
      changed ||= after !== before;
    }
    return changed ? cleaned : value;
  };
}

/** Any object, for properties that are the sender's own: kept as they are, keys included. */
export function cleanOpenObject(value: Json): Json | undefined {
  if (!isJsonObject(value)) return undefined;
  return hasOverflow(value) ? withoutOverflow(value) : value;
}

/** Whether some number was too large for a double and became infinite. */
function hasOverflow(value: Json): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return false;
  if (isJsonArray(value)) return value.some(hasOverflow);
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item !== undefined && hasOverflow(item)) return true;
  }
  return false;
}

/** Infinite numbers become null, which is how JSON writes them. */
function withoutOverflow(value: Json): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (isJsonArray(value)) return value.map(withoutOverflow);
  // fromEntries defines properties, so a key `__proto__` stays a key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutOverflow(item)]));
}

function isJsonArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
