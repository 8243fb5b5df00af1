import type { AnnotationValue } from '@fluoroscope/model';

export type LineKind = 'segment' | 'call' | 'local';

/** One line of a drawing, as it stands there. */
export interface DrawingLine {
  readonly indent: number;
  readonly kind: LineKind;
  readonly name: string;
  /** Milliseconds from the drawing's start. */
  readonly startMs: number;
  /** Null while it is open. */
  readonly endMs: number | null;
  readonly method: string | null;
  readonly url: string | null;
  readonly status: number | null;
  /** `fault`, `error`, `throttle`, `traced`, `alone`. */
  readonly flags: ReadonlySet<string>;
  /** `key=value`. */
  readonly settings: ReadonlyMap<string, string>;
  /** `key:value`. */
  readonly annotations: Readonly<Record<string, AnnotationValue>>;
}

const FLAGS: ReadonlySet<string> = new Set(['fault', 'error', 'throttle', 'traced', 'alone', 'sql']);
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
export const SETTINGS: ReadonlySet<string> = new Set([
  'account',
  'as',
  'bucket',
  'function',
  'id',
  'op',
  'parent',
  'queue',
  'sql',
  'table',
  'throws',
  'topic',
  'type',
  'user',
]);

/**
 * line   = *SP [ mark SP ] name SP times *( SP word )
 * mark   = "->" / "-"               ; a call, local work; without a mark a segment
 * name   = bare / DQUOTE text DQUOTE
 * times  = start ".." [ end ]       ; ms; without an end it is open
 * word   = method / "http" rest / 3DIGIT / flag / key "=" value / key ":" value
 * value  = bare / DQUOTE text DQUOTE
 */
export function readLine(line: string): DrawingLine {
  const words = splitWords(line);
  const [first] = words;
  const kind: LineKind = first === '->' ? 'call' : first === '-' ? 'local' : 'segment';
  if (kind !== 'segment') words.shift();
  const [name, times, ...rest] = words;
  const span = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)?$/.exec(times ?? '');
  if (name === undefined || span === null) throw new Error(`a drawing's line needs a name and times: ${line}`);
  const [, start, end] = span;
  return {
    indent: line.length - line.trimStart().length,
    kind,
    name,
    startMs: Number(start),
    endMs: end === undefined ? null : Number(end),
    ...readWords(rest, line),
  };
}

type Words = Pick<DrawingLine, 'method' | 'url' | 'status' | 'flags' | 'settings' | 'annotations'>;

function readWords(words: readonly string[], line: string): Words {
  let method: string | null = null;
  let url: string | null = null;
  let status: number | null = null;
  const flags = new Set<string>();
  const settings = new Map<string, string>();
  const annotations: Record<string, string | number | boolean> = {};
  for (const word of words) {
    const [, key = '', sign = '', value = ''] = /^([^=:]+)([=:])(.*)$/s.exec(word) ?? [];
    if (METHODS.has(word)) method = word;
    else if (/^https?:\/\//.test(word)) url = word;
    else if (/^\d{3}$/.test(word)) status = Number(word);
    else if (FLAGS.has(word)) flags.add(word);
    else if (sign === '=' && SETTINGS.has(key)) settings.set(key, value);
    else if (sign === ':') annotations[key] = readValue(value);
    else throw new Error(`a drawing does not know the word ${word}: ${line}`);
  }
  return { method, url, status, flags, settings, annotations };
}

/** Numbers and booleans are read as such, anything else is a string. */
function readValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** At spaces outside quotes; the quotes go. */
function splitWords(line: string): string[] {
  return (line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', ''));
}
