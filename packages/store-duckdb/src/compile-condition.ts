import { BOOLEAN, DOUBLE, INTEGER, LIST, VARCHAR, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
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
import { printNumbers } from './readers/trace-numbers.ts';
import type { Source } from './source.ts';
import { bindList } from './values.ts';

export type ServiceCondition = Extract<Condition, { op: 'service' | 'outcome' }>;
export type AnnotationTerm = AnnotationCondition | Extract<Condition, { op: 'annotation-set' }>;

/** Numbers of a slice's annotations, both ends included. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** Values of one statement; each `add` gives the text that stands for the value. No value ever becomes SQL text. */
export interface Parameters {
  readonly values: DuckDBValue[];
  readonly types: DuckDBType[];
  add(value: DuckDBValue, type: DuckDBType): string;
}

export function createParameters(): Parameters {
  const values: DuckDBValue[] = [];
  const types: DuckDBType[] = [];
  return {
    values,
    types,
    add(value, type) {
      values.push(value);
      types.push(type);
      return `$${values.length}`;
    },
  };
}

export interface CompileOptions {
  readonly parameters: Parameters;
  /** Whose table of traces it is about: heads and slices keep some things differently. */
  readonly source: Pick<Source, 'kind' | 'prefix' | 'hasFindings'>;
  /** Numbers of the services that a condition means, looked up before. */
  readonly serviceIdsOf: (condition: ServiceCondition) => readonly number[];
  /** Of a slice: which of its annotations a term means, where that is known without asking the engine; else null. */
  readonly annotationIdsOf: AnnotationLookUp;
}

export type AnnotationLookUp = (term: AnnotationTerm) => readonly IdRange[] | null;

/** The `service` terms, whose numbers must be looked up before compiling. */
export function findServiceConditions(condition: Condition, depth = 0): readonly ServiceCondition[] {
  checkDepth(depth);
  if (condition.op === 'service' || condition.op === 'outcome') return [condition];
  if (condition.op === 'not') return findServiceConditions(condition.term, depth + 1);
  if (condition.op !== 'and' && condition.op !== 'or') return [];
  return condition.terms.flatMap((term) => findServiceConditions(term, depth + 1));
}

export function hasAnnotationTerm(condition: Condition, depth = 0): boolean {
  checkDepth(depth);
  if (condition.op === 'not') return hasAnnotationTerm(condition.term, depth + 1);
  if (condition.op === 'and' || condition.op === 'or') {
    return condition.terms.some((term) => hasAnnotationTerm(term, depth + 1));
  }
  return condition.op === 'annotation' || condition.op === 'annotation-set';
}

/** True when it is known, without asking the engine, that no row of the source can meet the condition. */
export function meetsNone(
  condition: Condition,
  options: Pick<CompileOptions, 'serviceIdsOf' | 'annotationIdsOf'>,
  depth = 0,
): boolean {
  checkDepth(depth);
  if (condition.op === 'and') return condition.terms.some((term) => meetsNone(term, options, depth + 1));
  if (condition.op === 'or') return condition.terms.every((term) => meetsNone(term, options, depth + 1));
  if (condition.op === 'service' || condition.op === 'outcome') return options.serviceIdsOf(condition).length === 0;
  if (condition.op !== 'annotation' && condition.op !== 'annotation-set') return false;
  return options.annotationIdsOf(condition)?.length === 0;
}

/** An SQL expression over a source's `traces` that is true or false, never null, exactly where `matchesCondition` is. */
export function compileCondition(condition: Condition, options: CompileOptions, depth = 0): string {
  checkDepth(depth);
  const { parameters } = options;
  switch (condition.op) {
    case 'all':
      return 'true';
    case 'and':
      return joinTerms(condition.terms, 'AND', 'true', options, depth);
    case 'or':
      return joinTerms(condition.terms, 'OR', 'false', options, depth);
    case 'not':
      return `(NOT ${compileCondition(condition.term, options, depth + 1)})`;
    case 'number':
      return twoValued(
        compareNumber(NUMBER_SQL[options.source.kind][condition.field], condition.is, condition.value, parameters),
      );
    case 'text':
      return compileText(condition.field, condition.is, condition.value, parameters);
    case 'set':
      return SET_SQL[condition.field];
    case 'flag':
      return FLAG_SQL[options.source.kind][condition.flag];
    case 'service':
      return compileService(options.serviceIdsOf(condition), parameters);
    case 'outcome':
      return compileOutcome(condition, options);
    case 'annotation':
      return compileAnnotation(condition, options);
    case 'annotation-set':
      return anyAnnotation(condition, () => 'true', options);
  }
  throw new TypeError(`not a condition: ${JSON.stringify(condition satisfies never)}`);
}

type Kind = Source['kind'];

const NUMBER_SQL: Readonly<Record<Kind, Readonly<Record<NumberField, string>>>> = {
  head: { durationUs: '(end_us - start_us)', responseTimeUs: 'response_time_us', httpStatus: 'http_status' },
  slice: { durationUs: 'duration_us', responseTimeUs: 'response_time_us', httpStatus: 'http_status' },
};

const TEXT_SQL: Readonly<Record<Exclude<TextField, 'user'>, string>> = {
  httpUrl: 'http_url',
  httpMethod: 'http_method',
  userAgent: 'user_agent',
  clientIp: 'client_ip',
};

const SET_SQL: Readonly<Record<NumberField | TextField, string>> = {
  durationUs: 'true',
  responseTimeUs: '(response_time_us IS NOT NULL)',
  httpStatus: '(http_status IS NOT NULL)',
  httpUrl: '(http_url IS NOT NULL)',
  httpMethod: '(http_method IS NOT NULL)',
  userAgent: '(user_agent IS NOT NULL)',
  clientIp: '(client_ip IS NOT NULL)',
  user: '(len(users) > 0)',
};

const FLAG_SQL: Readonly<Record<Kind, Readonly<Record<TraceFlag, string>>>> = {
  head: {
    ok: '(NOT (fault OR error OR throttle OR partial))',
    error: 'error',
    throttle: 'throttle',
    fault: 'fault',
    partial: 'partial',
    inferred: 'inferred',
  },
  slice: {
    ok: '(flags & 15 = 0)',
    error: '(flags & 2 <> 0)',
    throttle: '(flags & 4 <> 0)',
    fault: '(flags & 1 <> 0)',
    partial: '(flags & 8 <> 0)',
    inferred: '(flags & 16 <> 0)',
  },
};

const COMPARISON_SQL: Readonly<Record<Comparison, string>> = {
  '=': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

function joinTerms(
  terms: readonly Condition[],
  operator: 'AND' | 'OR',
  ofNone: string,
  options: CompileOptions,
  depth: number,
): string {
  if (terms.length === 0) return ofNone;
  return `(${terms.map((term) => compileCondition(term, options, depth + 1)).join(` ${operator} `)})`;
}

/** NaN equals nothing here; to the engine it is the largest number. */
function compareNumber(sql: string, is: Comparison, value: number, parameters: Parameters): string {
  if (Number.isNaN(value)) return is === '!=' ? `${sql} IS NOT NULL` : 'false';
  return `${sql} ${COMPARISON_SQL[is]} ${parameters.add(value, DOUBLE)}`;
}

function compileText(field: TextField, is: TextMatch, value: string, parameters: Parameters): string {
  if (field === 'user') return anyUser(compareText('item.name', is, value, parameters));
  return twoValued(compareText(TEXT_SQL[field], is, value, parameters));
}

function compareText(sql: string, is: TextMatch, value: string, parameters: Parameters): string {
  const operand = parameters.add(value, VARCHAR);
  switch (is) {
    case '=':
      return `${sql} = ${operand}`;
    case '!=':
      return `${sql} <> ${operand}`;
    case 'contains':
      return `contains(${sql}, ${operand})`;
    case 'begins-with':
      return `starts_with(${sql}, ${operand})`;
    case 'ends-with':
      return `suffix(${sql}, ${operand})`;
  }
  throw new TypeError(`not a match: ${String(is satisfies never)}`);
}

/** One `list_contains` a service runs several times faster than `list_has_any`, so few services get that. */
const SERVICES_ONE_BY_ONE_MAX = 8;

function compileService(ids: readonly number[], parameters: Parameters): string {
  if (ids.length === 0) return 'false';
  if (ids.length > SERVICES_ONE_BY_ONE_MAX) {
    return `list_has_any(services, ${parameters.add(bindList(ids), LIST(INTEGER))})`;
  }
  return `(${ids.map((id) => `list_contains(services, ${parameters.add(id, INTEGER)})`).join(' OR ')})`;
}

/** Outcomes stand in the places of their services; beyond the list, where they are not known, is null. */
function compileOutcome(
  condition: Extract<Condition, { op: 'outcome' }>,
  { parameters, source, serviceIdsOf }: CompileOptions,
): string {
  const ids = serviceIdsOf(condition);
  if (!source.hasFindings) return condition.ofUnknown ? compileService(ids, parameters) : 'false';
  if (ids.length === 0) return 'false';
  const bits = parameters.add(condition.outcomes, INTEGER);
  const came = (place: string): string => `coalesce((outcomes[${place}] & ${bits}) <> 0, ${condition.ofUnknown})`;
  if (ids.length > SERVICES_ONE_BY_ONE_MAX) {
    const list = parameters.add(bindList(ids), LIST(INTEGER));
    return `(len(list_filter(services, lambda id, place: list_contains(${list}, id) AND ${came('place')})) > 0)`;
  }
  const terms = ids.map((id) => {
    const service = parameters.add(id, INTEGER);
    return `(list_contains(services, ${service}) AND ${came(`list_position(services, ${service})`)})`;
  });
  return `(${terms.join(' OR ')})`;
}

function compileAnnotation(condition: AnnotationCondition, options: CompileOptions): string {
  return anyAnnotation(condition, (item) => compareAnnotation(item, condition, options.parameters), options);
}

/** Whether any annotation of this key matches; `compare` is given what stands for it, with text, number and flag. */
function anyAnnotation(term: AnnotationTerm, compare: (item: string) => string, options: CompileOptions): string {
  const { kind, prefix } = options.source;
  const ids = kind === 'slice' ? options.annotationIdsOf(term) : null;
  if (ids?.length === 0) return 'false';
  if (ids !== null) return withAnnotation(prefix, ids.map(printRange).join(' OR '));
  const keySql = options.parameters.add(term.key, VARCHAR);
  // Few distinct values match, and only those are compared; of a slice only their postings are read.
  const values = `SELECT annotation_id FROM ${prefix}.annotation_values AS item WHERE item."key" = ${keySql} AND ${compare('item')}`;
  const which = `annotation_id IN (${values})`;
  if (kind === 'slice') return withAnnotation(prefix, which);
  const items = `SELECT rowid AS row_no, unnest(annotation_ids) AS annotation_id FROM ${prefix}.traces`;
  return `(rowid IN (SELECT row_no FROM (${items}) WHERE ${which}))`;
}

function withAnnotation(prefix: string, which: string): string {
  return `(trace_no IN (SELECT trace_no FROM ${prefix}.annotation_traces WHERE ${which}))`;
}

/** Written out, our own numbers: only so does the engine skip the row groups without them. */
function printRange({ first, last }: IdRange): string {
  const [from, to] = [printNumbers([first]), printNumbers([last])];
  return first === last ? `annotation_id = ${from}` : `annotation_id BETWEEN ${from} AND ${to}`;
}

function compareAnnotation(item: string, condition: AnnotationCondition, parameters: Parameters): string {
  if (isNumber(condition)) return compareNumber(`${item}.number`, condition.is, condition.value, parameters);
  if (isText(condition)) return compareText(`${item}.text`, condition.is, condition.value, parameters);
  return `${item}.flag ${COMPARISON_SQL[condition.is]} ${parameters.add(condition.value, BOOLEAN)}`;
}

function isNumber(condition: AnnotationCondition): condition is Extract<AnnotationCondition, { value: number }> {
  return typeof condition.value === 'number';
}

function isText(condition: AnnotationCondition): condition is Extract<AnnotationCondition, { value: string }> {
  return typeof condition.value === 'string';
}

/** The list is never null, and the filter takes null for false: two-valued as it stands. */
function anyUser(itemSql: string): string {
  return `(len(list_filter(users, lambda item: ${itemSql})) > 0)`;
}

function twoValued(sql: string): string {
  return `coalesce(${sql}, false)`;
}

function checkDepth(depth: number): void {
  if (depth > CONDITION_DEPTH_MAX)
    throw new StoreError('failed', `a condition is nested deeper than ${CONDITION_DEPTH_MAX}`);
}
