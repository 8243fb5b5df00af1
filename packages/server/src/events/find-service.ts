import { cleanName } from '@fluoroscope/model';

/** Whose a document is: a segment's name. Null: a subsegment sent on its own, whose name is that of a call. */
export type ServiceName = string | null;

/** How far into a document its members are read one by one. */
const HEAD_CHARS_MAX = 4_096;

/** A longer one is not looked through for what would make it a subsegment. */
const SEARCH_CHARS_MAX = 1_048_576;

/**
 * Whose a document is that is not parsed: for those that are refused or dropped, so it must cost far less than parsing.
 * Undefined where that cannot be told for certain.
 *
 *   document = "{" member *( "," member ) "}"     member = string ":" ( string / scalar / object / array )
 */
// Hot path: runs for each datagram that there is no room for. find-service.bench.ts
export function findService(text: string): ServiceName | undefined {
  if (text.length > SEARCH_CHARS_MAX) return undefined;
  const maybePart = text.includes(SUBSEGMENT);
  const { name, type, isWhole } = readHead(text, maybePart);
  if (type === SUBSEGMENT) return null;
  if (name?.startsWith('"') !== true) return undefined;
  if (maybePart && !isWhole && type === undefined) return undefined;
  return cleanName(unquote(name));
}

interface Head {
  /** As JSON. */
  readonly name: string | undefined;
  readonly type: string | undefined;
  /** The document ended within it. */
  readonly isWhole: boolean;
}

const SUBSEGMENT = '"subsegment"';
const OPENING = /\s*\{/y;
const MEMBER = /\s*("[^"\\]*(?:\\.[^"\\]*)*")\s*:\s*/y;
const SCALAR = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,{}[\]"]+/y;
const AFTER = /\s*([,}])/y;
const MARK = /[{}[\]]|"[^"\\]*(?:\\.[^"\\]*)*"/g;

/** Up to the name, or with the type. */
function readHead(text: string, wantsType: boolean): Head {
  const head = text.slice(0, HEAD_CHARS_MAX);
  let at = 0;
  let name: string | undefined;
  let type: string | undefined;

  function take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at;
    const found = pattern.exec(head);
    if (found !== null) at = pattern.lastIndex;
    return found;
  }

  let next = take(OPENING)?.[0];
  while (next !== undefined && next !== '}') {
    if (!wantsType && name !== undefined) break;
    const key = take(MEMBER)?.[1];
    const value = head[at] === '{' || head[at] === '[' ? skipNested(take) : take(SCALAR)?.[0];
    if (key === undefined || value === undefined) break;
    if (key === '"name"') name = value;
    if (key === '"type"') type = value;
    next = take(AFTER)?.[1];
  }
  return { name, type, isWhole: next === '}' };
}

/** Undefined: it does not end within the head. */
function skipNested(take: (pattern: RegExp) => RegExpExecArray | null): string | undefined {
  let depth = 0;
  do {
    const mark = take(MARK)?.[0];
    if (mark === undefined) return undefined;
    if (mark === '{' || mark === '[') depth += 1;
    if (mark === '}' || mark === ']') depth -= 1;
  } while (depth > 0);
  return NESTED;
}

const NESTED = '{}';

function unquote(json: string): string {
  try {
    return String(JSON.parse(json));
  } catch {
    return '';
  }
}
