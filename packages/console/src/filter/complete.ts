import type { FilterWords } from '@fluoroscope/api';
import { quoted } from '../summaries/filter-error.ts';
import { type Token, tokensOf } from './tokens.ts';
import { FUNCTIONS, KEYWORD_BY_NAME, KEYWORDS, OPERATORS } from './vocabulary.ts';

export type Words = Pick<FilterWords, 'services' | 'annotations' | 'texts'>;

export interface Offer {
  readonly label: string;
  /** What is written in the place of `[from, cursor)`; the cursor goes to `|`, else behind it. */
  readonly insert: string;
  readonly detail: string;
}

export interface Offers {
  readonly from: number;
  /** Behind the cursor, what the offer takes with it: a closing quote. */
  readonly to: number;
  readonly offers: readonly Offer[];
}

/** What may stand at the cursor; null where nothing can be offered. */
export function offersAt(expression: string, cursor: number, words: Words | null): Offers | null {
  const tokens = tokensOf(expression);
  const at = tokens.find(
    ({ from, to, kind, open }) => from < cursor && (cursor < to || (cursor === to && isOpenEnded(kind, open))),
  );
  const before = tokens.filter(({ to }) => to <= (at?.from ?? cursor));
  if (at?.kind === 'text') return { from: at.from, to: at.open ? cursor : at.to, offers: textsAfter(before, words) };
  const from = at?.from ?? cursor;
  const written = expression.slice(from, cursor).toLowerCase();
  if (/^(?:(?:source|destination)\.)?annotation\./.test(written)) {
    const [prefix = ''] = /^.*annotation/.exec(written) ?? [];
    return { from, to: cursor, offers: keyOffers(prefix, words) };
  }
  return { from, to: cursor, offers: offersAfter(before, words) };
}

/** A word may go on at its end; a closed text or a sign does not. */
function isOpenEnded(kind: Token['kind'], open: boolean): boolean {
  return kind === 'text' ? open : kind !== 'sign' && kind !== 'operator';
}

function offersAfter(before: readonly Token[], words: Words | null): readonly Offer[] {
  const last = before.at(-1);
  const left = before.at(-2);
  if (last?.kind === 'operator') return valuesOf(operand(before.slice(0, -1)), words);
  const values = textsAfter(before, words);
  if (values.length > 0) return values;
  if (last?.text === '[' && left !== undefined && /annotation$/i.test(left.text)) return bracketOffers(words);
  const asked = operand(before);
  if (asked !== null && last !== undefined) return [...operatorsFor(asked, words), ...JOINTS];
  return endsTerm(last) ? JOINTS : termOffers(before);
}

const JOINTS: readonly Offer[] = [
  { label: 'AND', insert: 'AND ', detail: 'both' },
  { label: 'OR', insert: 'OR ', detail: 'either' },
];

function endsTerm(last: Token | undefined): boolean {
  if (last === undefined) return false;
  if (last.kind === 'text' || last.kind === 'number') return true;
  return /^(?:[)\]}]|true|false)$/i.test(last.text);
}

function termOffers(before: readonly Token[]): readonly Offer[] {
  const depth = before.reduce((sum, { text }) => sum + (text === '{' ? 1 : text === '}' ? -1 : 0), 0);
  const keywords = KEYWORDS.filter(({ inBraces = false }) => !inBraces || depth > 0);
  return [
    ...FUNCTIONS.map(({ label, insert, detail }) => ({ label, insert, detail })),
    ...keywords.map(({ name, type, detail }) => ({
      label: name,
      insert: type === 'boolean' ? name : `${name} `,
      detail,
    })),
  ];
}

type Operand =
  | { readonly kind: 'keyword'; readonly name: string }
  | { readonly kind: 'annotation'; readonly key: string };

/** What the tokens end with, if it can be compared. */
function operand(tokens: readonly Token[]): Operand | null {
  const last = tokens.at(-1);
  if (last?.kind === 'keyword') return { kind: 'keyword', name: last.text.toLowerCase() };
  const dotted = last === undefined ? null : /^(?:(?:source|destination)\.)?annotation\.(.+)$/i.exec(last.text);
  if (dotted !== null) return { kind: 'annotation', key: dotted[1] ?? '' };
  const [name, open, key] = tokens.slice(-4);
  if (last?.text === ']' && open?.text === '[' && key !== undefined && /annotation$/i.test(name?.text ?? '')) {
    return { kind: 'annotation', key: key.kind === 'text' ? key.text.slice(1, -1) : key.text };
  }
  return null;
}

function operatorsFor(asked: Operand, words: Words | null): readonly Offer[] {
  const type = typeOf(asked, words);
  return OPERATORS[type].map((sign) => ({ label: sign, insert: `${sign} `, detail: '' }));
}

function typeOf(asked: Operand, words: Words | null): 'boolean' | 'number' | 'text' {
  if (asked.kind === 'keyword') return KEYWORD_BY_NAME.get(asked.name)?.type ?? 'text';
  const [value] = words?.annotations.find(({ key }) => key === asked.key)?.values ?? [];
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'text';
}

function valuesOf(asked: Operand | null, words: Words | null): readonly Offer[] {
  if (asked === null) return [];
  if (asked.kind === 'annotation') {
    return (words?.annotations.find(({ key }) => key === asked.key)?.values ?? []).map(valueOffer);
  }
  const keyword = KEYWORD_BY_NAME.get(asked.name);
  if (keyword?.type === 'boolean') return [true, false].map(valueOffer);
  if (asked.name === 'name') return serviceOffers(words);
  if (keyword?.words === undefined || words === null) return [];
  return words.texts[keyword.words].map((text) => valueOffer(keyword.type === 'number' ? Number(text) : text));
}

/** Where a text in quotes is expected, or has been begun. */
function textsAfter(before: readonly Token[], words: Words | null): readonly Offer[] {
  const last = before.at(-1);
  if (last?.kind === 'operator') return valuesOf(operand(before.slice(0, -1)), words);
  if (last?.text === ':' && before.at(-2)?.text.toLowerCase() === 'name') return serviceOffers(words);
  const opener = before.findLastIndex(({ text }) => text === '(');
  const inside = opener < 0 ? [] : before.slice(opener + 1);
  const callee = before[opener - 1]?.text.toLowerCase();
  const expectsName = last?.text === '(' || (last?.text === ',' && callee === 'edge');
  const isOpen = !inside.some(({ text }) => text === ')');
  return expectsName && isOpen && (callee === 'service' || callee === 'edge') ? serviceOffers(words) : [];
}

function serviceOffers(words: Words | null): readonly Offer[] {
  return [...new Map((words?.services ?? []).map((service) => [service.name, service])).values()].map(
    ({ name, type }): Offer => ({ label: name, insert: quoted(name), detail: type ?? '' }),
  );
}

function valueOffer(value: string | number | boolean): Offer {
  const text = String(value);
  return { label: text, insert: typeof value === 'string' ? quoted(value) : text, detail: '' };
}

function keyOffers(prefix: string, words: Words | null): readonly Offer[] {
  return (words?.annotations ?? [])
    .filter(({ key }) => !/[[\]\s"]/.test(key))
    .map(({ key, values }) => ({
      label: `${prefix}.${key}`,
      insert: /^[A-Za-z_]\w*$/.test(key) ? `${prefix}.${key} ` : `${prefix}[${key}] `,
      detail: values.slice(0, 3).map(String).join(', ').slice(0, 60),
    }));
}

function bracketOffers(words: Words | null): readonly Offer[] {
  return (words?.annotations ?? []).map(({ key }) => ({ label: key, insert: `${key}] `, detail: '' }));
}
