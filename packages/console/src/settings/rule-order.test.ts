import { inRuleOrder, type SamplingRuleRecord } from '@fluoroscope/api';
import { expect, test } from 'vitest';
import { moveRule } from './rule-order.ts';

test.each([
  ['up: two numbers are exchanged', 'a1 b2 c3', 1, 0, 'b1 a2'],
  ['down over two', 'a1 b5 c9', 0, 2, 'b1 c5 a9'],
  ['equal numbers are made anew where names would not agree', 'a1 b1', 1, 0, 'b10 a20'],
  ['and stay where they do', 'a1 b1 c2', 2, 0, 'c10 a20 b30'],
  ['nowhere', 'a1 b2', 0, 0, ''],
  ['beyond the end', 'a1 b2', 1, 2, ''],
])('%s', (_name, drawn, from, to, expected) => {
  const records = rulesOf(drawn);
  const changes = moveRule(records, from, to);
  expect(changes.map(({ name, priority }) => `${name}${priority}`).join(' ')).toBe(expected);
  const after = records.map(({ SamplingRule }) => {
    const change = changes.find(({ name }) => name === SamplingRule?.RuleName);
    return rule(SamplingRule?.RuleName ?? '', change?.priority ?? SamplingRule?.Priority ?? 0);
  });
  const names = records.map(({ SamplingRule }) => SamplingRule?.RuleName);
  const wanted = expected === '' ? names : names.toSpliced(from, 1).toSpliced(to, 0, names[from]);
  expect(inRuleOrder(after).map(({ SamplingRule }) => SamplingRule?.RuleName)).toEqual(wanted);
});

function rulesOf(drawn: string): readonly SamplingRuleRecord[] {
  return drawn.split(' ').map((one) => rule(one.slice(0, 1), Number(one.slice(1))));
}

function rule(RuleName: string, Priority: number): SamplingRuleRecord {
  const any = { ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*', ResourceARN: '*' };
  return { SamplingRule: { RuleName, Priority, FixedRate: 0, ReservoirSize: 0, Version: 1, ...any } };
}
