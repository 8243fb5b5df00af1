import { FUNCTION_WORD, KEYWORD_BY_NAME } from './vocabulary.ts';

export type TokenKind = 'keyword' | 'function' | 'logic' | 'operator' | 'text' | 'number' | 'sign' | 'word' | 'unknown';

export interface Token {
  readonly kind: TokenKind;
  /** Offsets in UTF-16 units. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Of `text`: its closing quote is missing. */
  readonly open: boolean;
}

/** Spaces are between tokens. Everything else is in one, whatever it is: an expression is coloured while it is written. */
const TOKEN =
  /(?<text>"(?:\\.|[^"\\])*"?)|(?<operator>[<>!]=|[<>=])|(?<word>[\w.-]+)|(?<sign>[()[\]{},:!#])|(?<unknown>[^\s])/gu;
const LOGIC = /^(?:and|or|true|false)$/i;
const WORD_OPERATOR = /^(?:contains|beginswith|endswith)$/i;
const NUMBER = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:e-?\d+)?$/i;

export function tokensOf(expression: string): readonly Token[] {
  return Array.from(expression.matchAll(TOKEN), (found): Token => {
    const [text] = found;
    const kind = kindOf(text, found.groups ?? {});
    const open = kind === 'text' && !/^"(?:\\.|[^"\\])*"$/u.test(text);
    return { kind, from: found.index, to: found.index + text.length, text, open };
  });
}

function kindOf(text: string, groups: Readonly<Record<string, string | undefined>>): TokenKind {
  if (groups['text'] !== undefined) return 'text';
  if (groups['operator'] !== undefined) return 'operator';
  if (groups['sign'] !== undefined) return 'sign';
  if (groups['unknown'] !== undefined) return 'unknown';
  if (LOGIC.test(text)) return 'logic';
  if (WORD_OPERATOR.test(text)) return 'operator';
  if (NUMBER.test(text)) return 'number';
  if (KEYWORD_BY_NAME.has(text.toLowerCase())) return 'keyword';
  return FUNCTION_WORD.test(text) ? 'function' : 'word';
}
