import type { Result } from '@fluoroscope/model';
import { ALL_OUTCOMES, type Comparison, type Condition, type NumberField } from '@fluoroscope/store';
import type { AnnotationNode, KeywordNode, Selector } from './ast.ts';
import { KEYWORDS } from './keywords.ts';
import type { FilterProblem } from './problem.ts';
import { readAnnotationTest, readBooleanTest, readNumberTest, readTextTest, type NumberTest } from './typed-test.ts';

// What a trace's row tells exactly. All nodes here have been checked.

/** Every trace, and none: compared by identity. */
export const ALL: Condition = { op: 'all' };
export const NONE: Condition = { op: 'not', term: ALL };

/** Null: a store cannot be asked for it. */
export function keywordCondition({ name, test }: KeywordNode): Condition | null {
  const keyword = KEYWORDS.get(name);
  switch (keyword?.type) {
    case 'boolean': {
      if (keyword.flag === null) return null;
      const flag: Condition = { op: 'flag', flag: keyword.flag };
      return checked(readBooleanTest(name, test)) ? flag : { op: 'not', term: flag };
    }
    case 'number':
      if (keyword.field === null) return null;
      return numberCondition(keyword.field, checked(readNumberTest(name, test)), unitOf(keyword.unit));
    case 'text': {
      const { field } = keyword;
      if (field === null) return null;
      const text = checked(readTextTest(name, test));
      return text === null ? { op: 'set', field } : { op: 'text', field, is: text.is, value: text.value };
    }
    case 'group':
    case undefined:
      return null;
    default:
      return keyword satisfies never;
  }
}

/** Without a test: the boolean's value, or that there is any other value (XRAY-SPEC §5.3). */
export function annotationCondition({ key, test: written }: AnnotationNode): Condition {
  const test = checked(readAnnotationTest(written));
  switch (test?.type) {
    case undefined: {
      const isTrue: Condition = { op: 'annotation', key, is: '=', value: true };
      const isFalse: Condition = { op: 'annotation', key, is: '=', value: false };
      const isOther: Condition = {
        op: 'and',
        terms: [
          { op: 'annotation-set', key },
          { op: 'not', term: isFalse },
        ],
      };
      return { op: 'or', terms: [isTrue, isOther] };
    }
    case 'number':
      return { op: 'annotation', key, is: test.is, value: test.value };
    case 'text':
      return { op: 'annotation', key, is: test.is, value: test.value };
    case 'boolean':
      return { op: 'annotation', key, is: test.is, value: test.value };
    default:
      return test satisfies never;
  }
}

export function serviceCondition(selector: Selector | null): Extract<Condition, { op: 'service' }> {
  const { name, type, accountId } = selector ?? { name: null, type: null, accountId: null };
  return { op: 'service', name, type, accountId };
}

/** That a segment of such a service has one of these combinations of flags. */
export function outcomeCondition(selector: Selector | null, outcomes: number, ofUnknown: boolean): Condition {
  if (outcomes === 0) return NONE;
  const service = serviceCondition(selector);
  return outcomes === ALL_OUTCOMES ? service : { ...service, op: 'outcome', outcomes, ofUnknown };
}

export function unitOf(unit: 'seconds' | 'plain'): number {
  return unit === 'seconds' ? 1e6 : 1;
}

function numberCondition(field: NumberField, test: NumberTest | null, unit: number): Condition {
  const whole = wholeTest(test, unit);
  if (whole === 'never') return { op: 'not', term: { op: 'all' } };
  return whole === 'set' ? { op: 'set', field } : { op: 'number', field, is: whole.is, value: whole.value };
}

/**
 * Rows hold whole numbers (µs, status), so the operand becomes one: `duration > 0.0000015` asks for more than
 * 1 µs, `>= 0.0000015` for 2 µs or more. Nothing equals a fraction.
 */
export function wholeTest(
  test: NumberTest | null,
  unit: number,
): 'set' | 'never' | { readonly is: Comparison; readonly value: number } {
  if (test === null) return 'set';
  const { is } = test;
  const scaled = scale(test.value, unit);
  if (!Number.isInteger(scaled) && is === '=') return 'never';
  if (!Number.isInteger(scaled) && is === '!=') return 'set';
  return { is, value: wholeBound(is, scaled) };
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

/** The value of a test that `checkFilter` has found right. */
export function checked<T>(result: Result<T, FilterProblem>): T {
  if (!result.ok) throw new TypeError(`planned without a check: ${result.problem.code}`);
  return result.value;
}
