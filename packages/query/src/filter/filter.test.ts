import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { filterToCondition, readFilter } from './filter.ts';
import { parseFilter } from './parser.ts';
import { printFilter } from './print.ts';
import { printFilterProblem } from './problem.ts';

test.each(readLines('filter/valid'))('%s can be searched with, and prints to the same', (text) => {
  expect(filterToCondition(text)).toMatchObject({ ok: true });
  expectSameAfterPrinting(text);
});

test.each(readLines('filter/verified').map(splitCase))('%s is looked at for %s', (expected, text) => {
  const plan = readFilter(text, null);
  const reasons = plan.ok ? plan.value.reasons : [];
  expect(reasons.map(({ construct, span, reads }) => `${span.start + 1} ${construct} ${reads}`)[0]).toBe(expected);
  expectSameAfterPrinting(text);
});

test.each(readLines('filter/valid'))('a store alone answers %s', (text) => {
  expect(readFilter(text, null)).toMatchObject({ ok: true, value: { reasons: [] } });
});

test.each(readLines('filter/does-not-parse').map(splitCase))('%s <= %s', (expected, text) => {
  const node = parseFilter(text);
  expect(node.ok ? 'parses' : firstLine(printFilterProblem(text, node.problem))).toBe(expected);
});

test.each(readLines('filter/does-not-check').map(splitCase))('%s <= %s', (expected, text) => {
  expect(parseFilter(text)).toMatchObject({ ok: true });
  expect(messageOf(text)).toBe(expected);
  expectSameAfterPrinting(text);
});

test.each(readLines('plans/filter').map((line) => line.split(' => ')))('%s is planned as %s', (text = '', plan) => {
  const condition = filterToCondition(text);
  expect(condition.ok && JSON.stringify(condition.value)).toBe(plan);
});

test.each([undefined, '', ' \n\t'])('%j asks for all traces', (text) => {
  expect(filterToCondition(text)).toEqual({ ok: true, value: { op: 'all' } });
});

function messageOf(text: string): string {
  const condition = filterToCondition(text);
  return condition.ok ? JSON.stringify(condition.value) : firstLine(printFilterProblem(text, condition.problem));
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf('\n'));
}

function expectSameAfterPrinting(text: string): void {
  const node = parseFilter(text);
  if (!node.ok) throw new Error(printFilterProblem(text, node.problem));
  const printed = printFilter(node.value);
  const again = parseFilter(printed);
  expect(again.ok && withoutSpans(again.value)).toEqual(withoutSpans(node.value));
  expect(again.ok && printFilter(again.value)).toBe(printed);
}

function withoutSpans(node: unknown): unknown {
  return JSON.parse(JSON.stringify(node, (key, value) => (/span/i.test(key) ? undefined : value)));
}

/** Lines of a corpus but for comments and empty ones. */
function readLines(name: string): string[] {
  const text = readFileSync(new URL(`../../../../testdata/${name}.txt`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** "what is expected <= expression" */
function splitCase(line: string): [expected: string, text: string] {
  const at = line.indexOf(' <= ');
  return [line.slice(0, at), line.slice(at + 4)];
}
