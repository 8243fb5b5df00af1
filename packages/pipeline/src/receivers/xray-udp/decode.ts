// Hot path: runs once per datagram. The headers that SDKs send are compared as text; any other is parsed.
import { bad, ok, type Result } from '@fluoroscope/model/result';

export type DatagramProblemCode = 'missing-header' | 'bad-header' | 'empty-body' | 'truncated' | 'too-many';

export interface DatagramProblem {
  readonly code: DatagramProblemCode;
  /** What was expected. */
  readonly message: string;
}

/** A header is some 30 bytes; a longer first line is no header, and is not parsed to find out. */
export const HEADER_BYTES_MAX = 1_024;

/** Documents of one datagram that are looked at; a segment of the SDKs has 150 bytes and more. What comes behind them is refused together. */
export const DATAGRAM_DOCUMENTS_MAX = 1_000;

export type DecodedDocument = Result<string, DatagramProblem>;

/**
 * datagram = header LF body            ; the first line feed: a body may hold more
 * header   = JSON object: "format" is "json" or "jsonl", "version" is 1, names and format in any case, other keys mean nothing
 * body     = document                  ; of "json": text in UTF-8, not looked into, but for a beginning without an end
 *          / *( document LF )          ; of "jsonl", the last LF may be missing; blank lines mean nothing
 *
 * Each document is taken or refused on its own. Bytes that are no UTF-8 become U+FFFD.
 */
export function decodeDatagram(bytes: Uint8Array): readonly Result<string, DatagramProblem>[] {
  const datagram = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerEnd = datagram.indexOf(LINE_FEED);
  if (headerEnd === -1) return [refuse('missing-header', 'a header, a line feed and a document')];
  const format = headerEnd > HEADER_BYTES_MAX ? undefined : readFormat(datagram.toString('utf8', 0, headerEnd));
  if (format === undefined) {
    return [refuse('bad-header', '{"format":"json","version":1} before the first line feed')];
  }
  const body = datagram.toString('utf8', headerEnd + 1);
  return format === 'json' ? [decodeDocument(body)] : decodeLines(body);
}

function decodeLines(body: string): readonly DecodedDocument[] {
  const decoded: DecodedDocument[] = [];
  for (let at = 0; at < body.length;) {
    const lineFeed = body.indexOf('\n', at);
    const end = lineFeed === -1 ? body.length : lineFeed;
    if (skipBlank(body, at, 1) < end) {
      if (decoded.length === DATAGRAM_DOCUMENTS_MAX) {
        decoded.push(refuse('too-many', `at most ${DATAGRAM_DOCUMENTS_MAX} documents`));
        break;
      }
      decoded.push(decodeDocument(body.slice(at, end)));
    }
    at = end + 1;
  }
  return decoded.length > 0 ? decoded : [refuse('empty-body', 'a document behind the header')];
}

function decodeDocument(text: string): DecodedDocument {
  const first = text.charCodeAt(skipBlank(text, 0, 1));
  if (Number.isNaN(first)) return refuse('empty-body', 'a document behind the header');
  const last = text.charCodeAt(skipBlank(text, text.length - 1, -1));
  const isCut = (first === OPEN_BRACE && last !== CLOSE_BRACE) || (first === OPEN_BRACKET && last !== CLOSE_BRACKET);
  return isCut ? refuse('truncated', 'a document that ends as it begins') : ok(text);
}

const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

type Format = 'json' | 'jsonl';

const USUAL_HEADERS: ReadonlyMap<string, Format> = new Map([
  ['{"format":"json","version":1}', 'json'],
  ['{"format": "json", "version": 1}', 'json'],
  ['{"format":"jsonl","version":1}', 'jsonl'],
]);

function readFormat(text: string): Format | undefined {
  const usual = USUAL_HEADERS.get(text);
  if (usual !== undefined) return usual;
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header !== 'object' || header === null) return undefined;
    const keys = new Map(Object.entries(header).map(([key, value]: [string, unknown]) => [key.toLowerCase(), value]));
    const word = keys.get('format');
    const format = typeof word === 'string' ? word.toLowerCase() : undefined;
    return keys.get('version') === 1 && (format === 'json' || format === 'jsonl') ? format : undefined;
  } catch {
    return undefined;
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
