import { bad, ok, type Result } from '@fluoroscope/model';

/** A request as its sender signed it. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they stand in the request line. */
  readonly url: string;
  /** Name, value, name, value, … as they came. */
  readonly rawHeaders: readonly string[];
}

/**
 *   canonical = method LF path LF query LF 1*( name ":" value LF ) LF names LF body-hash
 *
 * Path: dot segments and double slashes taken away, then every segment encoded once more. Query: names and values
 * decoded, encoded, sorted. Values: outer blanks taken away, inner ones made one; of a header that came several
 * times, joined by commas. As AWS has it for every service but S3.
 */
export function canonicalRequest(
  { method, url, rawHeaders }: SignedRequest,
  signedHeaders: readonly string[],
  bodyHash: string,
): Result<string, 'bad-query' | 'missing-header'> {
  const queryAt = url.indexOf('?');
  const query = canonicalQuery(queryAt === -1 ? '' : url.slice(queryAt + 1));
  if (query === null) return bad('bad-query');
  const lines: string[] = [];
  for (const name of signedHeaders) {
    const values = headerValues(rawHeaders, name);
    if (values.length === 0) return bad('missing-header');
    lines.push(`${name}:${values.map(foldBlanks).join(',')}\n`);
  }
  const path = canonicalPath(queryAt === -1 ? url : url.slice(0, queryAt));
  return ok([method, path, query, lines.join(''), signedHeaders.join(';'), bodyHash].join('\n'));
}

/** Every value of a header; the name in lower case. */
export function headerValues(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === name) values.push(rawHeaders[at + 1] ?? '');
  }
  return values;
}

function foldBlanks(value: string): string {
  return value.replace(/^ +| +$/g, '').replaceAll(/ {2,}/g, ' ');
}

function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(encode(segment));
  }
  const isFolder = path.endsWith('/') && segments.length > 0;
  return `/${segments.join('/')}${isFolder ? '/' : ''}`;
}

function canonicalQuery(query: string): string | null {
  const pairs: (readonly [string, string])[] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = recode(equals === -1 ? part : part.slice(0, equals));
    const value = recode(equals === -1 ? '' : part.slice(equals + 1));
    if (name === null || value === null) return null;
    pairs.push([name, value]);
  }
  return pairs
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function recode(text: string): string | null {
  try {
    return encode(decodeURIComponent(text));
  } catch {
    return null;
  }
}

/** All but letters, digits, `-`, `.`, `_` and `~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
