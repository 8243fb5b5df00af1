import { bad, ok, type Result } from '@fluoroscope/model';
import type { Comparison, Condition, NumberField } from '@fluoroscope/store';
import type { AnnotationNode, FilterNode, KeywordNode, ServiceNode } from './ast.ts';
import { checkFilter } from './check.ts';
import { KEYWORDS } from './keywords.ts';
import type { FilterProblem } from './problem.ts';
import { readAnnotationTest, readBooleanTest, readNumberTest, readTextTest, type NumberTest } from './typed-test.ts';

/** Checks an expression and makes of it what a store evaluates (ADR-006). */
export function planFilter(node: FilterNode): Result<Condition, FilterProblem> {
  const problem = checkFilter(node);
  return problem === undefined ? plan(node) : bad(problem);
}

function plan(node: FilterNode): Result<Condition, FilterProblem> {
  switch (node.kind) {
    case 'and':
    case 'or':
      return planTerms(node.kind, node.terms);
    case 'not': {
      const term = plan(node.term);
      return term.ok ? ok(not(term.value)) : term;
    }
    case 'keyword':
      return planKeyword(node);
    case 'annotation':
      return planAnnotation(node);
    case 'service':
      return planService(node);
    case 'edge':
      return notSupported(node, 'edge');
    case 'entity':
      return notSupported(node, 'id(…)');
    case 'root-cause':
      return notSupported(node, `rootcause.${node.cause}.${node.list}`);
    case 'root-cause-json':
      return notSupported(node, 'rootcause.json');
    default:
      return node satisfies never;
  }
}

function planTerms(op: 'and' | 'or', nodes: readonly FilterNode[]): Result<Condition, FilterProblem> {
  const terms: Condition[] = [];
  for (const node of nodes) {
    const term = plan(node);
    if (!term.ok) return term;
    terms.push(term.value);
  }
  return ok({ op, terms });
}

function planKeyword(node: KeywordNode): Result<Condition, FilterProblem> {
  const { name, test } = node;
  const keyword = KEYWORDS.get(name);
  switch (keyword?.type) {
    case 'boolean': {
      const wanted = readBooleanTest(name, test);
      if (!wanted.ok) return wanted;
      if (keyword.flag === null) return notSupported(node, name);
      const flag: Condition = { op: 'flag', flag: keyword.flag };
      return ok(wanted.value ? flag : not(flag));
    }
    case 'number': {
      const number = readNumberTest(name, test);
      if (!number.ok) return number;
      if (keyword.field === null) return notSupported(node, name);
      return ok(planNumber(keyword.field, number.value, keyword.unit === 'seconds' ? 1e6 : 1));
    }
    case 'text': {
      const text = readTextTest(name, test);
      if (!text.ok) return text;
      const { field } = keyword;
      if (field === null) return notSupported(node, name);
      if (text.value === null) return ok({ op: 'set', field });
      return ok({ op: 'text', field, is: text.value.is, value: text.value.value });
    }
    case 'group':
    case undefined:
      return notSupported(node, name);
    default:
      return keyword satisfies never;
  }
}

/**
 * Rows hold whole numbers (µs, status), so the operand becomes one: `duration > 0.0000015` asks for more than
 * 1 µs, `>= 0.0000015` for 2 µs or more. Nothing equals a fraction.
 */
function planNumber(field: NumberField, test: NumberTest | null, unit: number): Condition {
  if (test === null) return { op: 'set', field };
  const { is } = test;
  const scaled = scale(test.value, unit);
  if (!Number.isInteger(scaled) && is === '=') return not({ op: 'all' });
  if (!Number.isInteger(scaled) && is === '!=') return { op: 'set', field };
  return { op: 'number', field, is, value: wholeBound(is, scaled) };
}

function wholeBound(is: Comparison, value: number): number {
  return is === '<' || is === '>=' ? Math.ceil(value) : Math.floor(value);
}

/** In binary 1.005 × 1e6 is 1004999.9999999999: what is whole but for such noise is meant to be whole. */
function scale(value: number, unit: number): number {
  const scaled = Math.min(Math.max(value * unit, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  const whole = Math.round(scaled);
  return Math.abs(scaled - whole) <= Math.abs(scaled) * Number.EPSILON ? whole : scaled;
}

/** Without a test: the boolean's value, or that there is any other value (XRAY-SPEC §5.3). */
function planAnnotation(node: AnnotationNode): Result<Condition, FilterProblem> {
  const { key } = node;
  const read = readAnnotationTest(node.test);
  if (!read.ok) return read;
  const test = read.value;
  switch (test?.type) {
    case undefined: {
      const isTrue: Condition = { op: 'annotation', key, is: '=', value: true };
      const isFalse: Condition = { op: 'annotation', key, is: '=', value: false };
      return ok({ op: 'or', terms: [isTrue, { op: 'and', terms: [{ op: 'annotation-set', key }, not(isFalse)] }] });
    }
    case 'number':
      return ok({ op: 'annotation', key, is: test.is, value: test.value });
    case 'text':
      return ok({ op: 'annotation', key, is: test.is, value: test.value });
    case 'boolean':
      return ok({ op: 'annotation', key, is: test.is, value: test.value });
    default:
      return test satisfies never;
  }
}

function planService(node: ServiceNode): Result<Condition, FilterProblem> {
  if (node.body !== null) return notSupported(node, 'service{…}');
  const { name, type, accountId } = node.service ?? { name: null, type: null, accountId: null };
  return ok({ op: 'service', name, type, accountId });
}

function not(term: Condition): Condition {
  return { op: 'not', term };
}

function notSupported(node: FilterNode, construct: string): Result<never, FilterProblem> {
  return bad({ code: 'not-supported', construct, span: node.span });
}
