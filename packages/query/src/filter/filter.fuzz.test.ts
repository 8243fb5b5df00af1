import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FilterNode, Operand, Selector, Span, Test } from './ast.ts';
import { filterToCondition } from './filter.ts';
import { KEYWORDS } from './keywords.ts';
import { FILTER_DEPTH_MAX, FILTER_LENGTH_CHARS_MAX, FILTER_TOKEN_COUNT_MAX } from './limits.ts';
import { parseFilter } from './parser.ts';
import { printFilter } from './print.ts';
import { printFilterProblem } from './problem.ts';

const RUNS = { seed: 20_261_121, numRuns: 20_000 };

// ASCII finds quotes and signs, a few characters their combinations, binary the rest.
const TEXT_UNITS = fc.constantFrom('"', '\\', 'a', ' ', '#', '[', ']', '=', '.', ':', '-');
const TEXTS = fc.oneof(
  fc.string({ unit: 'grapheme-ascii' }),
  fc.string({ unit: TEXT_UNITS }),
  fc.string({ unit: 'binary' }),
);

const SIGNS = [
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '!',
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '"',
  '\\',
  '#[',
  '#',
  '\n',
];
const VALUES = ['true', 'FALSE', '12', '-.5', '1e400', '"x"', '"\\""', 'x', 'a.b', '\u{1f600}', '\ud800'];
const SELECTORS = ['service', 'edge', 'id', 'name', 'type', 'account.id', 'rootcause.fault.entity', 'rootcause.json'];
const WORDS = ['and', 'OR', 'CONTAINS', 'beginswith', 'annotation', 'annotation.k', 'source.annotation[k]'];
const PIECES = [...SIGNS, ...VALUES, ...SELECTORS, ...WORDS, '#[{"AccountId":1}]', ...KEYWORDS.keys()];

test('any row of tokens is answered', () => {
  const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 24 });
  const gaps = fc.constantFrom('', ' ');
  fc.assert(
    fc.property(pieces, gaps, (row, gap) => answers(row.join(gap))),
    RUNS,
  );
});

test('any text is answered', () => {
  fc.assert(
    fc.property(TEXTS, (text) => answers(text)),
    RUNS,
  );
});

test('any tree prints to an expression that reads as the same tree', () => {
  fc.assert(
    fc.property(trees(), (tree) => {
      const again = parseFilter(printFilter(tree));
      expect(again.ok && withoutSpans(again.value)).toEqual(withoutSpans(tree));
    }),
    { ...RUNS, numRuns: 5_000 },
  );
});

const MANY = 100_000;
const AND_COUNT = Math.ceil(FILTER_TOKEN_COUNT_MAX / 2);

test.each([
  ['parentheses beyond the length', '('.repeat(MANY), 'too-long'],
  ['parentheses', '('.repeat(FILTER_LENGTH_CHARS_MAX), 'too-many-tokens'],
  ['tokens', Array.from({ length: AND_COUNT + 1 }, () => 'ok').join(' AND '), 'too-many-tokens'],
  ['nested parentheses', '('.repeat(FILTER_DEPTH_MAX + 1), 'too-deep'],
  ['nested braces', 'service{'.repeat(FILTER_DEPTH_MAX + 1), 'too-deep'],
  ['negations', '!'.repeat(FILTER_DEPTH_MAX + 1), 'too-deep'],
  ['nested JSON', `rootcause.json = #${'['.repeat(FILTER_DEPTH_MAX + 1)}`, 'too-deep'],
])('too many %s are refused', (_name, text, code) => {
  const node = parseFilter(text);
  expect(node).toMatchObject({ ok: false, problem: { code } });
  expect(node.ok || printFilterProblem(text, node.problem).length).toBeLessThan(400);
});

test('the deepest expression allowed is planned', () => {
  const text = `${'('.repeat(FILTER_DEPTH_MAX)}ok${')'.repeat(FILTER_DEPTH_MAX)}`;
  expect(filterToCondition(text)).toEqual({ ok: true, value: { op: 'flag', flag: 'ok' } });
});

function answers(text: string): void {
  const condition = filterToCondition(text);
  if (!condition.ok) {
    expect(printFilterProblem(text, condition.problem)).toMatch(/column \d+: /);
    return;
  }
  const node = parseFilter(text);
  if (!node.ok) return;
  expect(filterToCondition(printFilter(node.value))).toEqual(condition);
}

const SPAN: Span = { start: 0, end: 0 };

function trees(): fc.Arbitrary<FilterNode> {
  const selector: fc.Arbitrary<Selector> = fc
    .record({
      name: fc.option(TEXTS),
      type: fc.option(TEXTS),
      accountId: fc.option(TEXTS),
      span: fc.constant(SPAN),
    })
    .filter(({ name, type, accountId }) => name !== null || type !== null || accountId !== null);
  const { node } = fc.letrec<{ node: FilterNode; inner: FilterNode; body: FilterNode | null }>((tie) => ({
    node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaves(selector), tie('inner')),
    body: fc.option(tie('node')),
    inner: fc.oneof(
      fc.record({
        kind: fc.constantFrom('and', 'or'),
        terms: fc.array(tie('node'), { minLength: 2, maxLength: 4 }),
        span: fc.constant(SPAN),
      }),
      fc.record({ kind: fc.constant('not'), term: tie('node'), span: fc.constant(SPAN) }),
      fc.record({
        kind: fc.constant('service'),
        service: fc.option(selector),
        body: tie('body'),
        span: fc.constant(SPAN),
      }),
      fc.record({
        kind: fc.constant('edge'),
        source: selector,
        destination: fc.option(selector),
        body: tie('body'),
        span: fc.constant(SPAN),
      }),
      fc.record({
        kind: fc.constant('root-cause'),
        cause: fc.constantFrom('fault', 'error', 'responsetime'),
        list: fc.constantFrom('service', 'entity', 'exception'),
        body: tie('body'),
        span: fc.constant(SPAN),
      }),
    ),
  }));
  return node;
}

function leaves(selector: fc.Arbitrary<Selector>): fc.Arbitrary<FilterNode> {
  const operand: fc.Arbitrary<Operand> = fc.oneof(
    TEXTS.map((text) => ({ kind: 'text' as const, text, span: SPAN })),
    fc
      .constantFrom('0', '-1.50', '.5', '1e-7', '007')
      .map((text) => ({ kind: 'number' as const, text, value: Number(text), span: SPAN })),
    fc
      .constantFrom('true', 'False')
      .map((text) => ({ kind: 'boolean' as const, text, value: text === 'true', span: SPAN })),
  );
  const isAny = fc.constantFrom<Test['is'][]>(
    ...(['=', '!=', '<', '<=', '>', '>=', 'contains', 'begins-with', 'ends-with'] as const),
  );
  const anyTest = fc.option(fc.record({ is: isAny, isSpan: fc.constant(SPAN), operand }));
  return fc.oneof(
    fc.record({
      kind: fc.constant('keyword'),
      name: fc.constantFrom(...KEYWORDS.keys(), 'unknown-word'),
      test: anyTest,
      span: fc.constant(SPAN),
    }),
    fc.record({
      kind: fc.constant('annotation'),
      of: fc.constantFrom('own', 'source', 'destination'),
      key: fc.oneof(fc.constantFrom('tier', 'order.id', '1.5', '-', 'a:b'), TEXTS).filter((key) => key !== ''),
      test: anyTest,
      span: fc.constant(SPAN),
    }),
    fc.record({ kind: fc.constant('entity'), entity: selector, span: fc.constant(SPAN) }),
    fc.constantFrom('[{}]', '[{"Name":"a]"},\n{"b":[1e999]}]').map((text) => ({
      kind: 'root-cause-json' as const,
      text,
      patterns: JSON.parse(text),
      span: SPAN,
    })),
  );
}

function withoutSpans(node: unknown): unknown {
  return JSON.parse(JSON.stringify(node, (key, value) => (/span/i.test(key) ? undefined : value)));
}
