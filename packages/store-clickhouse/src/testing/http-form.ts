/**
 * body = *("--" boundary CRLF *(header CRLF) CRLF value CRLF) "--" boundary "--" CRLF
 * The value of each part by its name; empty for a body of another type.
 */
export function readMultipart(contentType: string | undefined, body: Buffer): ReadonlyMap<string, string> {
  const [, boundary] = /^multipart\/form-data; *boundary="?([^";]+)"?/.exec(contentType ?? '') ?? [];
  const values = new Map<string, string>();
  if (boundary === undefined) return values;
  for (const part of body.toString().split(`--${boundary}`).slice(1, -1)) {
    const headEnd = part.indexOf('\r\n\r\n');
    const [, name] = /name="([^"]*)"/.exec(part.slice(0, headEnd)) ?? [];
    if (name !== undefined) values.set(name, part.slice(headEnd + 4, -2));
  }
  return values;
}

/** A text as it stands in a statement. */
export function quoteValue(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
}
