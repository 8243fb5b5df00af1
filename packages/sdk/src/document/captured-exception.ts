import { newEntityId } from '../ids.ts';

/** Frames of one exception that are kept; Node itself records ten unless told otherwise. */
const FRAMES_MAX = 50;
/** An error, its cause, that one's cause, and so on. */
const CAUSES_MAX = 5;

export interface StackFrame {
  readonly path: string;
  readonly line: number | null;
  readonly label: string;
}

/** One entry of `cause.exceptions`. */
export class CapturedException {
  id: string = newEntityId();
  message: string;
  type: string;
  /** It came from a downstream service. */
  remote: boolean;
  stack: readonly StackFrame[];
  /** Frames left out. */
  truncated?: number;
  /** The exception, in the same list, that caused this one. */
  cause?: string;

  constructor(error: unknown, remote?: boolean) {
    const { message, name, stack } = readError(error);
    this.message = message;
    this.type = name;
    this.remote = remote === true;
    const lines = stack.split('\n').filter((line) => FRAME_START.test(line));
    this.stack = lines.slice(0, FRAMES_MAX).map(readFrame);
    if (lines.length > FRAMES_MAX) this.truncated = lines.length - FRAMES_MAX;
  }
}

/** The error and what caused it, outermost first. */
export function captureExceptions(error: unknown, remote?: boolean): readonly CapturedException[] {
  const captured: CapturedException[] = [];
  const seen = new Set<unknown>();
  let next = error;
  while (next !== undefined && next !== null && captured.length < CAUSES_MAX && !seen.has(next)) {
    seen.add(next);
    const exception = new CapturedException(next, remote);
    const above = captured.at(-1);
    if (above !== undefined) above.cause = exception.id;
    captured.push(exception);
    next = readProperty(next, 'cause');
  }
  return captured;
}

/**
 * frame = "at " [ label SP "(" ] path ":" line ":" column [ ")" ]
 * path  = may hold ":" (node:internal/…, file:///…, C:\…)
 */
function readFrame(text: string): StackFrame {
  const bare = text.trim().replace(/^at /, '');
  const open = bare.endsWith(')') ? bare.lastIndexOf(' (') : -1;
  const label = open > 0 ? bare.slice(0, open) : 'anonymous';
  const place = open > 0 ? bare.slice(open + 2, -1) : bare;
  const match = PLACE.exec(place);
  return { path: match?.[1] ?? place, line: match === null ? null : Number(match[2]), label };
}

function readError(error: unknown): { readonly message: string; readonly name: string; readonly stack: string } {
  if (typeof error !== 'object' || error === null) return { message: String(error), name: '', stack: '' };
  return { message: readText(error, 'message'), name: readText(error, 'name'), stack: readText(error, 'stack') };
}

function readText(from: object, key: string): string {
  const value = readProperty(from, key);
  return typeof value === 'string' ? value : '';
}

/** Errors of others may have getters that throw. */
function readProperty(from: unknown, key: string): unknown {
  try {
    return typeof from === 'object' && from !== null ? Reflect.get(from, key) : undefined;
  } catch {
    return undefined;
  }
}

const FRAME_START = /^\s*at /;
const PLACE = /^(.*?):(\d+)(?::\d+)?$/;
