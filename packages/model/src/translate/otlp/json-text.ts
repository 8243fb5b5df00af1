import { readKey } from './attribute-key.ts';

// Documents are printed as text at once: building an object to print it afterwards costs twice as much.

/** A string as JSON. */
export function quote(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

// oxlint-disable-next-line no-control-regex -- those are what JSON escapes
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/**
 * The same text. V8 keeps what was joined in pieces until a character of it is asked for: what goes into many texts is so copied
 * piece by piece for each of them.
 */
export function flat(text: string): string {
  return text.charCodeAt(0) === -1 ? '' : text;
}

/** `"name":text,` or nothing for no text. Members are joined as they are and closed by `braces`. */
export function member(name: string, text: string | undefined): string {
  return text === undefined || text === '' ? '' : `"${name}":${text},`;
}

/** Likewise for a key that is not ours. */
export function keyed(key: string, text: string): string {
  return `${readKey(key).first}${text},`;
}

/** Members as an object; nothing for no members. */
export function braces(members: string): string {
  return members === '' ? '' : `{${members.slice(0, -1)}}`;
}

/** Items, each ended by a comma, as an array; nothing for no items. */
export function brackets(items: string): string {
  return items === '' ? '' : `[${items.slice(0, -1)}]`;
}
