import {
  StoreError,
  type AnnotationCondition,
  type Comparison,
  type Condition,
  type NumberField,
  type TextField,
  type TextMatch,
  type TraceFlag,
} from '@fluoroscope/store';
import { CONDITION_DEPTH_MAX } from './limits.ts';
import type { Parameters } from './parameters.ts';

/**
 * An SQL expression over `traces` that is true or false, never null, exactly where `matchesCondition` is. What begins
 * with `has(` follows from the rest: it lets a Bloom index skip what cannot match.
 */
export function compileCondition(condition: Condition, parameters: Parameters, depth = 0): string {
  if (depth > CONDITION_DEPTH_MAX)
    throw new StoreError('failed', `a condition is nested deeper than ${CONDITION_DEPTH_MAX}`);
  switch (condition.op) {
    case 'all':
      return 'true';
    case 'and':
      return joinTerms(condition.terms, 'AND', 'true', parameters, depth);
    case 'or':
      return joinTerms(condition.terms, 'OR', 'false', parameters, depth);
    case 'not':
      return `(NOT ${compileCondition(condition.term, parameters, depth + 1)})`;
    case 'number':
      return twoValued(compareNumber(NUMBER_SQL[condition.field], condition.is, condition.value, parameters));
    case 'text':
      return compileText(condition.field, condition.is, condition.value, parameters);
    case 'set':
      return SET_SQL[condition.field];
    case 'flag':
      return FLAG_SQL[condition.flag];
    case 'service':
      return compileService(condition, parameters);
    case 'outcome':
      return compileOutcome(condition, parameters);
    case 'annotation':
      return compileAnnotation(condition, parameters);
    case 'annotation-set':
      return hasText('annotation_keys', condition.key, parameters);
  }
  throw new TypeError(`not a condition: ${JSON.stringify(condition satisfies never)}`);
}

const NUMBER_SQL: Readonly<Record<NumberField, string>> = {
  durationUs: '(end_us - start_us)',
  responseTimeUs: 'response_time_us',
  httpStatus: 'http_status',
};

const TEXT_SQL: Readonly<Record<Exclude<TextField, 'user'>, string>> = {
  httpUrl: 'http_url',
  httpMethod: 'http_method',
  userAgent: 'user_agent',
  clientIp: 'client_ip',
};

const SET_SQL: Readonly<Record<NumberField | TextField, string>> = {
  durationUs: 'true',
  responseTimeUs: 'isNotNull(response_time_us)',
  httpStatus: 'isNotNull(http_status)',
  httpUrl: 'isNotNull(http_url)',
  httpMethod: 'isNotNull(http_method)',
  userAgent: 'isNotNull(user_agent)',
  clientIp: 'isNotNull(client_ip)',
  user: 'notEmpty(user_names)',
};

const FLAG_SQL: Readonly<Record<TraceFlag, string>> = {
  ok: '(NOT (fault OR error OR throttle OR partial))',
  error: 'error',
  throttle: 'throttle',
  fault: 'fault',
  partial: 'partial',
  inferred: 'inferred',
};

const COMPARISON_SQL: Readonly<Record<Comparison, string>> = {
  '=': '=',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

function joinTerms(
  terms: readonly Condition[],
  operator: 'AND' | 'OR',
  ofNone: string,
  parameters: Parameters,
  depth: number,
): string {
  if (terms.length === 0) return ofNone;
  return `(${terms.map((term) => compileCondition(term, parameters, depth + 1)).join(` ${operator} `)})`;
}

/** NaN equals nothing, here and there; as a parameter it cannot be written. */
function compareNumber(sql: string, is: Comparison, value: number, parameters: Parameters): string {
  if (Number.isNaN(value)) return is === '!=' ? `isNotNull(${sql})` : 'false';
  return `${sql} ${COMPARISON_SQL[is]} ${parameters.add(value, 'Float64')}`;
}

function compileText(field: TextField, is: TextMatch, value: string, parameters: Parameters): string {
  if (field !== 'user') return twoValued(compareText(TEXT_SQL[field], is, value, parameters));
  const operand = parameters.add(value, 'String');
  if (is === '=') return `has(user_names, ${operand})`;
  return `arrayExists(item -> ${compareText('item', is, value, parameters)}, user_names)`;
}

/** Texts are compared byte by byte, which for UTF-8 is character by character. */
function compareText(sql: string, is: TextMatch, value: string, parameters: Parameters): string {
  const operand = parameters.add(value, 'String');
  switch (is) {
    case '=':
      return `${sql} = ${operand}`;
    case '!=':
      return `${sql} != ${operand}`;
    case 'contains':
      return `position(${sql}, ${operand}) > 0`;
    case 'begins-with':
      return `startsWith(${sql}, ${operand})`;
    case 'ends-with':
      return `endsWith(${sql}, ${operand})`;
  }
  throw new TypeError(`not a match: ${String(is satisfies never)}`);
}

function compileService(
  { name, type, accountId }: Extract<Condition, { op: 'service' }>,
  parameters: Parameters,
): string {
  const parts = [
    ['name', 'service_names', name],
    ['type', 'service_types', type],
    ['account', 'service_accounts', accountId],
  ] as const;
  const asked = parts.flatMap(([item, column, value]) =>
    value === null ? [] : [{ item, column, operand: parameters.add(value, 'String') }],
  );
  if (asked.length === 0) return 'notEmpty(service_names)';
  const mayHave = name === null ? '' : `${hasText('service_names', name, parameters)} AND `;
  const items = asked.map(({ item }) => item).join(', ');
  const test = asked.map(({ item, operand }) => twoValued(`${item} = ${operand}`)).join(' AND ');
  return `(${mayHave}arrayExists((${items}) -> ${test}, ${asked.map(({ column }) => column).join(', ')}))`;
}

/** Outcomes stand in the places of their services; the list is empty where they are not known. */
function compileOutcome(
  { name, type, accountId, outcomes, ofUnknown }: Extract<Condition, { op: 'outcome' }>,
  parameters: Parameters,
): string {
  const bits = parameters.add(outcomes, 'UInt32');
  const mayHave = name === null ? '' : `${hasText('service_names', name, parameters)} AND `;
  const tests = [
    ['name', name],
    ['type', type],
    ['account', accountId],
  ].flatMap(([item, value]) =>
    value == null ? [] : [`${twoValued(`${item} = ${parameters.add(value, 'String')}`)} AND `],
  );
  const came = `if(place > length(outcomes), ${ofUnknown}, bitAnd(outcomes[place], ${bits}) != 0)`;
  const columns = 'service_names, service_types, service_accounts, arrayEnumerate(service_names)';
  return `(${mayHave}arrayExists((name, type, account, place) -> ${tests.join('')}${came}, ${columns}))`;
}

function compileAnnotation(condition: AnnotationCondition, parameters: Parameters): string {
  const key = parameters.add(condition.key, 'String');
  const [kind, column, test, mayHave] = compareAnnotation(condition, parameters);
  const exists = `arrayExists((key, kind, item) -> key = ${key} AND kind = '${kind}' AND ${test}, annotation_keys, annotation_kinds, ${column})`;
  return `(${hasText('annotation_keys', condition.key, parameters)} AND ${mayHave}${exists})`;
}

/** Kind, column of values, what a value must be, and what an index can tell beforehand. */
function compareAnnotation(
  condition: AnnotationCondition,
  parameters: Parameters,
): readonly [kind: string, column: string, test: string, mayHave: string] {
  if (isNumber(condition)) {
    const { is, value } = condition;
    // A zero has two forms, which an index takes for different values.
    const isIndexed = is === '=' && Number.isFinite(value) && value !== 0;
    const mayHave = isIndexed ? `has(annotation_numbers, ${parameters.add(value, 'Float64')}) AND ` : '';
    return ['number', 'annotation_numbers', compareNumber('item', is, value, parameters), mayHave];
  }
  if (isText(condition)) {
    const { is, value } = condition;
    const mayHave = is === '=' ? `has(annotation_texts, ${parameters.add(value, 'String')}) AND ` : '';
    return ['text', 'annotation_texts', compareText('item', is, value, parameters), mayHave];
  }
  const operand = parameters.add(condition.value ? 1 : 0, 'Float64');
  return ['flag', 'annotation_numbers', `item ${COMPARISON_SQL[condition.is]} ${operand}`, ''];
}

function isNumber(condition: AnnotationCondition): condition is Extract<AnnotationCondition, { value: number }> {
  return typeof condition.value === 'number';
}

function isText(condition: AnnotationCondition): condition is Extract<AnnotationCondition, { value: string }> {
  return typeof condition.value === 'string';
}

/** In an array of LowCardinality, the engine's `has` never finds the empty text. */
function hasText(column: string, text: string, parameters: Parameters): string {
  if (text === '') return `arrayExists(item -> item = '', ${column})`;
  return `has(${column}, ${parameters.add(text, 'String')})`;
}

function twoValued(sql: string): string {
  return `ifNull(${sql}, false)`;
}
