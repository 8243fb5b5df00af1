import { cutText } from '../../clean-json.ts';
import { LONG_TEXT_CHARS_MAX } from '../../entity-fields.ts';
import type { StackFrame } from '../../segment-document.ts';

/** Frames of one exception: what a person reads. The others are counted. */
export const FRAMES_MAX = 100;

/** Of a stack trace's text; the rest is not looked at. */
const STACK_CHARS_MAX = 65_536;
const LINE_CHARS_MAX = 2_048;

/** One exception of a stack trace that tells of several. */
export interface StackPart {
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly frames: readonly StackFrame[];
  readonly truncatedCount: number;
}

type ReadFrame = (line: string) => StackFrame | undefined;

/**
 * The stack traces that SDKs write, by language:
 *
 *   java        TAB "at " label "(" path [ ":" line ] ")", parts begin with "Caused by: "
 *   python      "  File " DQUOTE path DQUOTE ", line " line ", in " label, the innermost last
 *   javascript  "    at " [ label " (" ] path ":" line ":" column [ ")" ]
 *   dotnet      "   at " label [ " in " path ":line " line ]
 *   php         "#" number " " path "(" line "): " label
 *   go          label LF TAB path ":" line [ " +0x" offset ]
 */
export function readStack(stack: string, language: string | undefined): readonly StackPart[] {
  const lines = stack
    .slice(0, STACK_CHARS_MAX)
    .split(/\r?\n/)
    .map((line) => line.slice(0, LINE_CHARS_MAX));
  switch (language ?? '') {
    case 'java':
    case 'kotlin':
    case 'scala':
      return readJava(lines);
    case 'python':
      return [partOf(lines, readPython, true)];
    case 'go':
      return [partOf(joinGoLines(lines), readGo)];
    case 'dotnet':
      return [partOf(lines, readDotnet)];
    case 'php':
      return [partOf(lines, readPhp)];
    default:
      return [partOf(lines, readJavascript)];
  }
}

function readJava(lines: readonly string[]): readonly StackPart[] {
  const parts: StackPart[] = [];
  let head: string | undefined;
  let current: string[] = [];
  const close = (): void => {
    const [, type, message] = /^Caused by: ([^:\s]+)(?:: (.*))?$/.exec(head ?? '') ?? [];
    parts.push({ ...partOf(current, readJavaFrame), type, message });
  };
  for (const line of lines) {
    if (line.startsWith('Caused by: ')) {
      close();
      head = line;
      current = [];
    } else current.push(line);
  }
  close();
  return parts;
}

function partOf(lines: readonly string[], read: ReadFrame, isInnermostLast = false): StackPart {
  const frames = lines.flatMap((line) => read(line) ?? []);
  if (isInnermostLast) frames.reverse();
  return {
    type: undefined,
    message: undefined,
    frames: frames.slice(0, FRAMES_MAX),
    truncatedCount: Math.max(0, frames.length - FRAMES_MAX),
  };
}

const readJavaFrame: ReadFrame = (line) => {
  const [, label, path, at] = /^\s+at ([^()]+)\(([^():]*)(?::(\d+))?\)/.exec(line) ?? [];
  return label === undefined ? undefined : frameOf(path, at, label);
};

const readPython: ReadFrame = (line) => {
  const [, path, at, label] = /^\s+File "([^"]+)", line (\d+)(?:, in (.*))?$/.exec(line) ?? [];
  return path === undefined ? undefined : frameOf(path, at, label);
};

const readJavascript: ReadFrame = (line) => {
  const [, text] = /^\s*at (.*)$/.exec(line) ?? [];
  if (text === undefined) return undefined;
  const open = text.endsWith(')') ? text.lastIndexOf(' (') : -1;
  const label = open === -1 ? undefined : text.slice(0, open);
  const place = open === -1 ? text : text.slice(open + 2, -1);
  const [, path, at] = /^(.*?):(\d+)(?::\d+)?$/.exec(place) ?? [undefined, place, undefined];
  return frameOf(path, at, label);
};

const readDotnet: ReadFrame = (line) => {
  const [, text] = /^\s+at (.*)$/.exec(line) ?? [];
  if (text === undefined) return undefined;
  const place = text.lastIndexOf(' in ');
  if (place === -1) return frameOf(undefined, undefined, text);
  const [, path, at] = /^(.*):line (\d+)$/.exec(text.slice(place + 4)) ?? [undefined, text.slice(place + 4), undefined];
  return frameOf(path, at, text.slice(0, place));
};

const readPhp: ReadFrame = (line) => {
  const [, path, at, label] = /^#\d+ ([^(]+)\((\d+)\): (.*)$/.exec(line) ?? [];
  return path === undefined ? undefined : frameOf(path, at, label);
};

/** A function's line and the one that says where it stands, with a line feed between them. */
function joinGoLines(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line, index) => (line.startsWith('\t') ? [`${lines[index - 1] ?? ''}\n${line}`] : []));
}

const readGo: ReadFrame = (pair) => {
  const [label = '', place = ''] = pair.split('\n', 2);
  const [, path, at] = /^\t(.*):(\d+)(?: \+0x[0-9a-f]+)?$/.exec(place) ?? [];
  return path === undefined ? undefined : frameOf(path, at, label.replace(/\([^()]*\)$/, ''));
};

function frameOf(path: string | undefined, line: string | undefined, label: string | undefined): StackFrame {
  return {
    ...(path !== undefined && path !== '' && { path: cutText(path, LONG_TEXT_CHARS_MAX) }),
    ...(line !== undefined && line.length <= 9 && { line: Number(line) }),
    ...(label !== undefined && label !== '' && { label: cutText(label, LONG_TEXT_CHARS_MAX) }),
  };
}
