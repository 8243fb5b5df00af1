import type { Span } from './ast.ts';
import { FILTER_DEPTH_MAX, FILTER_LENGTH_CHARS_MAX, FILTER_TOKEN_COUNT_MAX } from './limits.ts';

/** Why an expression is not searched with, and where. `after` and `found` quote the expression; null: its end. */
export type FilterProblem = { readonly span: Span } & (
  | { readonly code: 'too-long' | 'too-many-tokens' | 'too-deep' }
  | { readonly code: 'open-string' | 'open-json' | 'bad-json' }
  | { readonly code: 'bad-character'; readonly found: string }
  | {
      readonly code: 'syntax' | 'wrong-operator' | 'wrong-value';
      readonly expected: string;
      readonly after: string | null;
      readonly found: string | null;
    }
  | { readonly code: 'unknown-keyword'; readonly found: string; readonly near: readonly string[] }
  | { readonly code: 'wrong-place'; readonly construct: string; readonly place: string }
  | { readonly code: 'missing-test'; readonly construct: string }
  | { readonly code: 'unknown-group' | 'circular-group' | 'large-groups'; readonly group: string }
  | { readonly code: 'broken-group'; readonly group: string; readonly why: string }
);

/** Characters of the expression that a message shows around the spot. */
const EXCERPT_CHARS_MAX = 100;
/** Characters of one quoted piece. */
const QUOTE_CHARS_MAX = 40;

/**
 * One message for people:
 *
 *   column 13: expected a number after ">=", found "abc"
 *   duration >= abc
 *               ^
 */
export function printFilterProblem(text: string, problem: FilterProblem): string {
  const before = text.slice(0, problem.span.start);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineNumber = before.split('\n').length;
  const column = Array.from(before.slice(lineStart)).length + 1;
  const place = lineNumber === 1 ? `column ${column}` : `line ${lineNumber}, column ${column}`;
  const message = `${place}: ${describe(problem)}`;
  if (problem.code === 'too-long') return message;

  const lineEnd = text.indexOf('\n', lineStart);
  const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd);
  return `${message}\n${excerpt(line, column)}`;
}

function describe(problem: FilterProblem): string {
  switch (problem.code) {
    case 'too-long':
      return `the expression is longer than ${FILTER_LENGTH_CHARS_MAX} characters`;
    case 'too-many-tokens':
      return `the expression has more than ${FILTER_TOKEN_COUNT_MAX} words and signs`;
    case 'too-deep':
      return `more than ${FILTER_DEPTH_MAX} levels of parentheses, braces and "!"`;
    case 'open-string':
      return 'this text has no closing quote';
    case 'open-json':
      return 'this "#[" has no closing bracket';
    case 'bad-json':
      return 'expected "#[", JSON objects and "]"';
    case 'bad-character':
      return `unexpected ${quote(problem.found)}; ${adviceFor(problem.found)}`;
    case 'syntax':
    case 'wrong-operator':
    case 'wrong-value': {
      const after = problem.after === null ? '' : ` after ${quote(problem.after)}`;
      return `expected ${problem.expected}${after}, found ${problem.found === null ? 'the end' : quote(problem.found)}`;
    }
    case 'unknown-keyword': {
      const near = problem.near.map(quote).join(' or ');
      return `unknown keyword ${quote(problem.found)}${near === '' ? '' : `; did you mean ${near}?`}`;
    }
    case 'wrong-place':
      return `${problem.construct} cannot be used ${problem.place}`;
    case 'missing-test':
      return `${problem.construct} needs = or != and a value`;
    case 'unknown-group':
      return `there is no group ${quote(problem.group)}`;
    case 'circular-group':
      return `the expression of the group ${quote(problem.group)} leads back to the group, or through too many others`;
    case 'large-groups':
      return `with the expression of the group ${quote(problem.group)} there are more than ${FILTER_TOKEN_COUNT_MAX} conditions`;
    case 'broken-group':
      return `the expression of the group ${quote(problem.group)} cannot be used: ${problem.why}`;
    default:
      return problem satisfies never;
  }
}

function adviceFor(character: string): string {
  if (character === '&') return 'write AND';
  if (character === '|') return 'write OR';
  return "‘’“”'`".includes(character) ? 'text stands in "double quotes"' : 'put text in "double quotes"';
}

function quote(text: string): string {
  return JSON.stringify(text.length > QUOTE_CHARS_MAX ? `${text.slice(0, QUOTE_CHARS_MAX)}…` : text);
}

/** The line, cut to a window around the column, and a caret below it. */
function excerpt(line: string, column: number): string {
  const characters = Array.from(line.replace(/\p{Cc}/gu, ' '));
  const from = Math.max(0, column - 1 - EXCERPT_CHARS_MAX / 2);
  const shown = characters.slice(from, from + EXCERPT_CHARS_MAX).join('');
  const cutLeft = from > 0 ? '…' : '';
  const cutRight = from + EXCERPT_CHARS_MAX < characters.length ? '…' : '';
  return `${cutLeft}${shown}${cutRight}\n${' '.repeat(cutLeft.length + column - 1 - from)}^`;
}
