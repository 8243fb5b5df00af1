/** Where the members of a JSON text stand. Positions are of UTF-16 units, from 0. */
export interface JsonPlaces {
  /** By path: a member's at its key, an element's at its value; the whole is `''`. */
  readonly places: ReadonlyMap<string, number>;
  /** Where it stops being JSON; null: it is. */
  readonly breaksAt: number | null;
}

/** Keeps recursion far from the end of the stack. What nests deeper breaks there. */
const LEVELS_MAX = 100;

const SPACE = /[ \t\r\n]*/y;
// oxlint-disable-next-line no-control-regex -- JSON takes none in a string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * value  = object / array / STRING / SCALAR
 * object = "{" [ member *( "," member ) ] "}"    member = STRING ":" value
 * array  = "[" [ value *( "," value ) ] "]"
 *
 * A path is spelled as the server spells it: `Statement[0].Effect`.
 */
export function findJsonPlaces(text: string): JsonPlaces {
  const places = new Map<string, number>();
  let at = 0;

  function take(pattern: RegExp): string | null {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    at += found?.length ?? 0;
    return found;
  }
  function takeMark(mark: string): boolean {
    take(SPACE);
    if (text[at] !== mark) return false;
    at += 1;
    return true;
  }
  /** False: it breaks at `at`. */
  function readValue(path: string, level: number): boolean {
    take(SPACE);
    if (!places.has(path)) places.set(path, at);
    if (level > LEVELS_MAX) return false;
    if (takeMark('{')) return readList('}', (_index) => readMember(path, level));
    if (takeMark('[')) return readList(']', (index) => readValue(`${path}[${index}]`, level + 1));
    return (take(STRING) ?? take(SCALAR)) !== null;
  }
  function readMember(path: string, level: number): boolean {
    take(SPACE);
    const keyAt = at;
    const key = take(STRING);
    if (key === null) return false;
    const member = `${path}.${String(JSON.parse(key))}`;
    places.set(member, keyAt);
    return takeMark(':') && readValue(member, level + 1);
  }
  function readList(end: '}' | ']', readOne: (index: number) => boolean): boolean {
    if (takeMark(end)) return true;
    for (let index = 0; ; index += 1) {
      if (!readOne(index)) return false;
      if (takeMark(end)) return true;
      if (!takeMark(',')) return false;
    }
  }

  const isRead = readValue('', 0);
  take(SPACE);
  return { places, breaksAt: isRead && at === text.length ? null : at };
}

/** The nearest part of a path that is there: what is missing is missing from it. */
export function placeOfPath({ places }: JsonPlaces, path: string): number {
  const dotted = path === '' || path.startsWith('[') ? path : `.${path}`;
  for (let part = dotted; part !== ''; part = part.replace(/(?:\.[^.[\]]*|\[\d*\])$/, '')) {
    const place = places.get(part);
    if (place !== undefined) return place;
    if (!/[.[]/.test(part)) break;
  }
  return places.get('') ?? 0;
}

export interface TextPlace {
  /** From 1, both. */
  readonly line: number;
  readonly column: number;
  /** The whole of the line. */
  readonly text: string;
}

export function textPlace(text: string, at: number): TextPlace {
  const before = text.slice(0, at).split('\n');
  const line = before.length;
  return { line, column: (before.at(-1)?.length ?? 0) + 1, text: text.split('\n')[line - 1] ?? '' };
}
