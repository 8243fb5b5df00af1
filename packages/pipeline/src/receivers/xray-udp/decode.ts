// Hot path: runs once per datagram. The two headers that SDKs send are compared as text; any other is parsed.
import { bad, ok, type Result } from '@fluoroscope/model/result';

export type DatagramProblemCode = 'missing-header' | 'bad-header' | 'empty-body' | 'truncated';

export interface DatagramProblem {
  readonly code: DatagramProblemCode;
  /** What was expected. */
  readonly message: string;
}

/** A header is some 30 bytes; a longer first line is no header, and is not parsed to find out. */
export const HEADER_BYTES_MAX = 1_024;

/**
 * datagram = header LF body            ; the first line feed: bodies may hold more
 * header   = JSON object: "format" is "json" in any case, "version" is 1, other keys mean nothing
 * body     = document text in UTF-8    ; not looked into, but for a beginning without an end
 *
 * Bytes that are no UTF-8 become U+FFFD.
 */
export function decodeDatagram(bytes: Uint8Array): Result<string, DatagramProblem> {
  const datagram = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerEnd = datagram.indexOf(LINE_FEED);
  if (headerEnd === -1) return refuse('missing-header', 'a header, a line feed and a document');
  if (headerEnd > HEADER_BYTES_MAX || !isHeader(datagram.toString('utf8', 0, headerEnd))) {
    return refuse('bad-header', '{"format":"json","version":1} before the first line feed');
  }

  const body = datagram.toString('utf8', headerEnd + 1);
  const first = body.charCodeAt(skipBlank(body, 0, 1));
  if (Number.isNaN(first)) return refuse('empty-body', 'a document behind the header');
  const last = body.charCodeAt(skipBlank(body, body.length - 1, -1));
  const isCut = (first === OPEN_BRACE && last !== CLOSE_BRACE) || (first === OPEN_BRACKET && last !== CLOSE_BRACKET);
  return isCut ? refuse('truncated', 'a document that ends as it begins') : ok(body);
}

const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const USUAL_HEADERS: ReadonlySet<string> = new Set([
  '{"format":"json","version":1}',
  '{"format": "json", "version": 1}',
]);

function isHeader(text: string): boolean {
  if (USUAL_HEADERS.has(text)) return true;
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header !== 'object' || header === null || !('format' in header) || !('version' in header)) return false;
    const { format, version } = header;
    return typeof format === 'string' && format.toLowerCase() === 'json' && version === 1;
  } catch {
    return false;
  }
}

/** The index of the first character from `at` on that is none of JSON's blanks. */
function skipBlank(text: string, start: number, step: 1 | -1): number {
  let at = start;
  for (let unit = text.charCodeAt(at); isBlank(unit); unit = text.charCodeAt(at)) at += step;
  return at;
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

function refuse(code: DatagramProblemCode, expected: string): Result<never, DatagramProblem> {
  return bad({ code, message: `datagram: expected ${expected}` });
}
