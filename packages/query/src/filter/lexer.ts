import { bad, ok, type Result } from '@fluoroscope/model';
import type { Comparison } from '@fluoroscope/store';
import type { Span } from './ast.ts';
import { FILTER_DEPTH_MAX, FILTER_LENGTH_CHARS_MAX, FILTER_TOKEN_COUNT_MAX } from './limits.ts';
import type { FilterProblem } from './problem.ts';

export type Token =
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'word'; readonly text: string; readonly span: Span }
  | { readonly kind: 'number'; readonly text: string; readonly value: number; readonly span: Span }
  | { readonly kind: 'operator'; readonly is: Comparison; readonly span: Span }
  | { readonly kind: 'json'; readonly text: string; readonly span: Span }
  | { readonly kind: Punctuation; readonly span: Span }
  | { readonly kind: 'end'; readonly span: Span };

export type Punctuation = '(' | ')' | '{' | '}' | '[' | ']' | ',' | ':' | '!';

/**
 * token       = string | word | number | operator | json | punctuation     ; spaces between them are free
 * string      = '"' { character | '\"' | '\\' } '"'   ; before any other character a backslash stands for itself
 * word        = 1*( letter | digit | "_" | "." | "-" )
 * number      = [ "-" ] ( digits [ "." digits ] | "." digits ) [ "e" [ "-" ] digits ]      ; a word of that form
 * operator    = "=" | "!=" | "<" | "<=" | ">" | ">="
 * json        = "#[" … "]"                             ; up to the bracket that closes the first
 * punctuation = "(" | ")" | "{" | "}" | "[" | "]" | "," | ":" | "!"
 *
 * The last token is `end`.
 */
export function lexFilter(text: string): Result<readonly Token[], FilterProblem> {
  if (text.length > FILTER_LENGTH_CHARS_MAX) {
    return bad({ code: 'too-long', span: { start: FILTER_LENGTH_CHARS_MAX, end: text.length } });
  }
  const tokens: Token[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    if (tokens.length === FILTER_TOKEN_COUNT_MAX) {
      return bad({ code: 'too-many-tokens', span: { start: at, end: text.length } });
    }
    const token = lexToken(text, at);
    if (!token.ok) return token;
    tokens.push(token.value);
    at = skipSpace(text, token.value.span.end);
  }
  tokens.push({ kind: 'end', span: { start: text.length, end: text.length } });
  return ok(tokens);
}

const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const NO_BREAK_SPACE = 0xa0;
const QUOTE = 0x22;
const DASH = 0x2d;
const DOT = 0x2e;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const BACKSLASH = 0x5c;
const UNDERSCORE = 0x5f;
const LOWER_A = 0x61;
const LOWER_Z = 0x7a;

const NUMBER = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:e-?\d+)?$/i;

function lexToken(text: string, start: number): Result<Token, FilterProblem> {
  const code = text.charCodeAt(start);
  if (isWordCode(code)) return ok(lexWord(text, start));
  if (code === QUOTE) return lexString(text, start);

  const character = text.charAt(start);
  switch (character) {
    case '(':
    case ')':
    case '{':
    case '}':
    case '[':
    case ']':
    case ',':
    case ':':
      return ok({ kind: character, span: { start, end: start + 1 } });
    case '!':
    case '<':
    case '>':
    case '=':
      return ok(lexOperator(text, start, code));
    case '#':
      if (text.charAt(start + 1) === '[') return lexJson(text, start);
      break;
    default:
  }
  const found = String.fromCodePoint(text.codePointAt(start) ?? code);
  return bad({ code: 'bad-character', found, span: { start, end: start + found.length } });
}

function lexWord(text: string, start: number): Token {
  let end = start + 1;
  while (end < text.length && isWordCode(text.charCodeAt(end))) end += 1;
  const word = text.slice(start, end);
  const span = { start, end };
  const value = NUMBER.test(word) ? Number(word) : Number.NaN;
  return Number.isFinite(value) ? { kind: 'number', text: word, value, span } : { kind: 'word', text: word, span };
}

function lexOperator(text: string, start: number, code: number): Token {
  const two = code !== EQUALS && text.charCodeAt(start + 1) === EQUALS;
  const span = { start, end: start + (two ? 2 : 1) };
  if (code === LESS) return { kind: 'operator', is: two ? '<=' : '<', span };
  if (code === GREATER) return { kind: 'operator', is: two ? '>=' : '>', span };
  if (code === EQUALS) return { kind: 'operator', is: '=', span };
  return two ? { kind: 'operator', is: '!=', span } : { kind: '!', span };
}

function lexString(text: string, start: number): Result<Token, FilterProblem> {
  let value = '';
  let from = start + 1;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      return ok({ kind: 'string', value: value + text.slice(from, at), span: { start, end: at + 1 } });
    }
    if (code !== BACKSLASH) continue;
    const escaped = text.charCodeAt(at + 1);
    if (escaped !== QUOTE && escaped !== BACKSLASH) continue;
    value += text.slice(from, at);
    from = at + 1;
    at += 1;
  }
  return bad({ code: 'open-string', span: { start, end: text.length } });
}

function lexJson(text: string, start: number): Result<Token, FilterProblem> {
  let depth = 0;
  let inString = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > FILTER_DEPTH_MAX) return bad({ code: 'too-deep', span: { start: at, end: at + 1 } });
    if (depth === 0) {
      return ok({ kind: 'json', text: text.slice(start + 1, at + 1), span: { start, end: at + 1 } });
    }
  }
  return bad({ code: 'open-json', span: { start, end: text.length } });
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpaceCode(text.charCodeAt(at))) at += 1;
  return at;
}

/** Expressions are pasted from web pages, hence the no-break space. */
function isSpaceCode(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN) || code === NO_BREAK_SPACE;
}

function isWordCode(code: number): boolean {
  return (
    (code >= LOWER_A && code <= LOWER_Z) ||
    (code >= UPPER_A && code <= UPPER_Z) ||
    (code >= DIGIT_0 && code <= DIGIT_9) ||
    code === DOT ||
    code === UNDERSCORE ||
    code === DASH
  );
}
