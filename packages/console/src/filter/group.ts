import { quoted } from '../summaries/filter-error.ts';
import { andFilter } from './builder.ts';
import { tokensOf } from './tokens.ts';

/** A filter that begins with a group, told apart: `group.name = "NAME" [AND rest]`. */
export interface GroupedFilter {
  /** Null: all traces. */
  readonly group: string | null;
  readonly rest: string;
}

export function splitGroup(filter: string): GroupedFilter {
  const none = { group: null, rest: filter };
  const tokens = tokensOf(filter);
  const [keyword, equals, name, and, next] = tokens;
  if (keyword?.text.toLowerCase() !== 'group.name' || equals?.text !== '=' || name?.kind !== 'text') return none;
  const group = unquoted(name.text);
  if (group === null || name.open) return none;
  if (and === undefined) return { group, rest: '' };
  if (and.text.toLowerCase() !== 'and' || next === undefined || hasOr(filter)) return none;
  return { group, rest: withoutBrackets(filter.slice(next.from)) };
}

export function withGroup(filter: string, group: string | null): string {
  const { rest } = splitGroup(filter);
  return group === null ? rest : andFilter(`group.name = ${quoted(group)}`, rest);
}

/** Then the group is not that of the whole. */
function hasOr(filter: string): boolean {
  let depth = 0;
  for (const { text, kind } of tokensOf(filter)) {
    if (kind === 'text') continue;
    if ('([{'.includes(text)) depth += 1;
    else if (')]}'.includes(text)) depth -= 1;
    else if (depth === 0 && text.toLowerCase() === 'or') return true;
  }
  return false;
}

/** Brackets that `withGroup` put around the whole. */
function withoutBrackets(filter: string): string {
  let depth = 0;
  const tokens = tokensOf(filter).filter(({ kind }) => kind === 'sign');
  if (!filter.startsWith('(') || !filter.endsWith(')')) return filter;
  for (const { text, to } of tokens) {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth === 0) return to === filter.length && hasOr(filter.slice(1, -1)) ? filter.slice(1, -1) : filter;
  }
  return filter;
}

function unquoted(text: string): string | null {
  return /^".*"$/su.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/gsu, '$1') : null;
}
