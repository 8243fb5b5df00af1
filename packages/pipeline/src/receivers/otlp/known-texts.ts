import { KNOWN_TEXT_BYTES_MAX, KNOWN_TEXTS_MAX } from './limits.ts';

// Keys and most values come again with every span: finding a text that was made before costs a third of making it.
// Shared by all requests; a hash that was aimed at costs a miss, never a wrong answer.
const texts: (string | undefined)[] = Array.from({ length: KNOWN_TEXTS_MAX });
const PLACE_BITS: number = KNOWN_TEXTS_MAX - 1;

/** The UTF-8 text at these bytes; what is no UTF-8 becomes U+FFFD. */
export function readText(bytes: Buffer, start: number, end: number): string {
  const size = end - start;
  if (size === 0) return '';
  if (size > KNOWN_TEXT_BYTES_MAX) return bytes.toString('utf8', start, end);
  let hash = size;
  let seen = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    seen |= byte;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  if (seen > 0x7f) return bytes.toString('utf8', start, end);
  const place = (hash ^ (hash >>> 15)) & PLACE_BITS;
  const known = texts[place];
  if (known !== undefined && known.length === size && isSame(known, bytes, start)) return known;
  const text = bytes.toString('latin1', start, end);
  texts[place] = text;
  return text;
}

function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) !== bytes[start + at]) return false;
  }
  return true;
}
