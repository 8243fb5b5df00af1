import { bad, ok, type Result } from '@fluoroscope/model';
import type { Comparison, TextMatch } from '@fluoroscope/store';
import type { KeywordNode, Test } from './ast.ts';
import { printOperator } from './print.ts';
import type { FilterProblem } from './problem.ts';

// A test as its keyword's type reads it. Null stands for "no test": `fault`, `http.url`, `annotation.tier`.

export interface NumberTest {
  readonly type: 'number';
  readonly is: Comparison;
  readonly value: number;
}

export interface TextTest {
  readonly type: 'text';
  readonly is: TextMatch;
  readonly value: string;
}

export interface BooleanTest {
  readonly type: 'boolean';
  readonly is: '=' | '!=';
  readonly value: boolean;
}

/** Answers whether the keyword must be true. */
export function readBooleanTest(name: string, test: Test | null): Result<boolean, FilterProblem> {
  if (test === null) return ok(true);
  if (test.is !== '=' && test.is !== '!=') return wrongOperator(name, test, '= or !=');
  if (test.operand.kind !== 'boolean') return wrongValue(test, 'true or false');
  return ok(test.operand.value === (test.is === '='));
}

export function readNumberTest(name: string, test: Test | null): Result<NumberTest | null, FilterProblem> {
  if (test === null) return ok(null);
  if (isWordOperator(test.is)) return wrongOperator(name, test, '=, !=, <, <=, > or >=');
  if (test.operand.kind !== 'number') return wrongValue(test, 'a number');
  return ok({ type: 'number', is: test.is, value: test.operand.value });
}

/** Numbers and true/false without quotes are taken as the text that they are. */
export function readTextTest(name: string, test: Test | null): Result<TextTest | null, FilterProblem> {
  if (test === null) return ok(null);
  if (!isTextMatch(test.is)) return wrongOperator(name, test, '=, !=, CONTAINS, BEGINSWITH or ENDSWITH');
  return ok({ type: 'text', is: test.is, value: test.operand.text });
}

export function readGroupTest({ name, test, span }: KeywordNode): Result<TextTest, FilterProblem> {
  if (test === null) return bad({ code: 'missing-test', construct: name, span });
  if (test.is !== '=' && test.is !== '!=') return wrongOperator(name, test, '= or !=');
  return ok({ type: 'text', is: test.is, value: test.operand.text });
}

/** The operand's type decides (XRAY-SPEC §5.3), but for CONTAINS and its like, which are about text. */
export function readAnnotationTest(
  test: Test | null,
): Result<NumberTest | TextTest | BooleanTest | null, FilterProblem> {
  if (test === null) return ok(null);
  const { is, operand } = test;
  if (isWordOperator(is)) return ok({ type: 'text', is, value: operand.text });
  if (operand.kind === 'number') return ok({ type: 'number', is, value: operand.value });
  if (is !== '=' && is !== '!=') return wrongValue(test, 'a number');
  if (operand.kind === 'boolean') return ok({ type: 'boolean', is, value: operand.value });
  return ok({ type: 'text', is, value: operand.text });
}

function isWordOperator(is: Test['is']): is is Exclude<TextMatch, '=' | '!='> {
  return is === 'contains' || is === 'begins-with' || is === 'ends-with';
}

function isTextMatch(is: Test['is']): is is TextMatch {
  return is === '=' || is === '!=' || isWordOperator(is);
}

function wrongOperator(name: string, test: Test, expected: string): Result<never, FilterProblem> {
  return bad({ code: 'wrong-operator', expected, after: name, found: printOperator(test.is), span: test.isSpan });
}

function wrongValue(test: Test, expected: string): Result<never, FilterProblem> {
  const { text, span } = test.operand;
  return bad({ code: 'wrong-value', expected, after: printOperator(test.is), found: text, span });
}
