import { annotationFilter } from '../trace/annotation-filter.ts';
import { quoted } from '../summaries/filter-error.ts';
import { tokensOf } from './tokens.ts';
import { KEYWORD_BY_NAME, type ValueType } from './vocabulary.ts';

/** One line of the builder: `field` is a keyword, `service`, or `annotation.KEY`. */
export interface Condition {
  readonly field: string;
  readonly operator: string;
  readonly value: string;
}

const ANNOTATION = 'annotation.';

export function typeOfField(field: string, annotationType: (key: string) => ValueType): ValueType {
  if (field === 'service') return 'text';
  if (field.startsWith(ANNOTATION)) return annotationType(field.slice(ANNOTATION.length));
  return KEYWORD_BY_NAME.get(field)?.type ?? 'text';
}

/** Empty: the condition is not complete, or cannot be said. */
export function printCondition({ field, operator, value }: Condition, type: ValueType): string {
  if (type !== 'boolean' && value.trim() === '') return '';
  if (field === 'service') return `${operator === '!=' ? '!' : ''}service(${quoted(value)})`;
  const operand = printOperand(value, type);
  if (operand === null) return '';
  if (!field.startsWith(ANNOTATION)) {
    if (type !== 'boolean') return `${field} ${operator} ${operand}`;
    return (operator === '=') === (value !== 'false') ? field : `!${field}`;
  }
  const left = annotationFilter(field.slice(ANNOTATION.length), 0)?.replace(/ = 0$/, '');
  return left === undefined ? '' : `${left} ${operator} ${operand}`;
}

function printOperand(value: string, type: ValueType): string | null {
  if (type === 'text') return quoted(value);
  if (type === 'boolean') return value === 'false' ? 'false' : 'true';
  const number = Number(value);
  return Number.isFinite(number) ? String(number).replace('e+', 'e') : null;
}

/** Both must hold. Where the expression has an OR outside of brackets, it gets brackets. */
export function andFilter(filter: string, term: string): string {
  if (filter.trim() === '') return term;
  if (term.trim() === '') return filter;
  return `${inBrackets(filter)} AND ${inBrackets(term)}`;
}

function inBrackets(filter: string): string {
  let depth = 0;
  for (const { text, kind } of tokensOf(filter)) {
    if (kind === 'text') continue;
    if ('([{'.includes(text)) depth += 1;
    else if (')]}'.includes(text)) depth -= 1;
    else if (depth === 0 && text.toLowerCase() === 'or') return `(${filter.trim()})`;
  }
  return filter.trim();
}
