// Documents are printed as text at once: building an object to print it afterwards costs twice as much.

/** A string as JSON. */
export function quote(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

// oxlint-disable-next-line no-control-regex -- those are what JSON escapes
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** `"name":text,` or nothing for no text. Members are joined as they are and closed by `braces`. */
export function member(name: string, text: string | undefined): string {
  return text === undefined || text === '' ? '' : `"${name}":${text},`;
}

/** Likewise for a key that is not ours. */
export function keyed(key: string, text: string): string {
  const known = knownKeys.get(key);
  if (known !== undefined) return `${known}${text},`;
  const printed = `${quote(key)}:`;
  if (knownKeys.size < KNOWN_KEYS_MAX && key.length <= KNOWN_KEY_CHARS_MAX) knownKeys.set(key, printed);
  return `${printed}${text},`;
}

/** Keys that are remembered as they are printed: those met first, which are those of every span. */
const KNOWN_KEYS_MAX = 2_048;
const KNOWN_KEY_CHARS_MAX = 64;
const knownKeys = new Map<string, string>();

/** Members as an object; nothing for no members. */
export function braces(members: string): string {
  return members === '' ? '' : `{${members.slice(0, -1)}}`;
}

/** Items, each ended by a comma, as an array; nothing for no items. */
export function brackets(items: string): string {
  return items === '' ? '' : `[${items.slice(0, -1)}]`;
}
