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
 *   python      "  File " DQUOTE path DQUOTE ", line " line ", in " label, the innermost last; the outermost part is the last
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
  // As Java does, OpenTelemetry's SDK for PHP writes them, and X-Ray's receiver those of any language.
  if (lines.some((line) => line.startsWith('\tat '))) return readJava(lines);
  switch (language ?? '') {
    case 'java':
    case 'kotlin':
    case 'scala':
      return readJava(lines);
    case 'python':
      return readPythonChain(lines);
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

const CAUSED_BY = 'Caused by: ';

function readJava(lines: readonly string[]): readonly StackPart[] {
  const parts: StackPart[] = [];
  let head: string[] = [];
  let rest: string[] = [];
  const close = (): void => {
    parts.push({ ...partOf(rest, readJavaFrame), ...readHead(head) });
  };
  for (const line of lines) {
    if (line.startsWith(CAUSED_BY)) {
      close();
      head = [line.slice(CAUSED_BY.length)];
      rest = [];
    } else if (head.length > 0 && rest.length === 0 && !/^\s+(?:at|\.\.\.) /.test(line)) head.push(line);
    else rest.push(line);
  }
  close();
  return parts;
}

/** The exception that was there first is told of first. */
function readPythonChain(lines: readonly string[]): readonly StackPart[] {
  const parts: StackPart[] = [];
  let start = 0;
  for (let at = 0; at <= lines.length; at += 1) {
    if (at < lines.length && !PYTHON_CHAIN.test(lines[at] ?? '')) continue;
    const own = lines.slice(start, at);
    const below = own.slice(own.findLastIndex((line) => line.startsWith('  File ')) + 1);
    const head = below.slice(below.findIndex((line) => /^\S/.test(line)));
    parts.unshift({ ...partOf(own, readPython, true), ...readHead(head) });
    start = at + 1;
  }
  return parts;
}

const PYTHON_CHAIN =
  /^(?:During handling of the above exception, another exception occurred|The above exception was the direct cause of the following exception):$/;

/** `type [ ": " message ]`; messages may have several lines. */
function readHead(lines: readonly string[]): Pick<StackPart, 'type' | 'message'> {
  const [, type, message] = /^([^:\s]+)(?:: ([^]*))?$/.exec(lines.join('\n').trimEnd()) ?? [];
  return { type, message };
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

/** Without the module or class loader of `java.base/…` and `app//…`. Frames that stand deeper are of suppressed exceptions. */
const readJavaFrame: ReadFrame = (line) => {
  const [, label, path, at] =
    /^(?:\t| {1,8})at (?:[\w.@-]+\/(?:[\w.@-]*\/)?)?([^()]+)\(([^():]*)(?::(\d+))?\)/.exec(line) ?? [];
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
  const [, label, place] = /^(.*?\)) in (.+)$/.exec(text) ?? [];
  if (label === undefined || place === undefined) return frameOf(undefined, undefined, text);
  const [, path, at] = /^(.*):line (\d+)$/.exec(place) ?? [undefined, place, undefined];
  return frameOf(path, at, label);
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
