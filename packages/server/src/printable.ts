/** What outsiders wrote, made safe for a terminal or a log: no control or bidi characters, bounded. */
export function printable(text: string, charsMax: number = PRINTABLE_CHARS_MAX): string {
  return text.slice(0, charsMax).replaceAll(UNPRINTABLE, '\uFFFD');
}

/** A log line is for reading; the rest of a long value is noise. */
const PRINTABLE_CHARS_MAX = 200;

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu;
