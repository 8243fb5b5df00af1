import type { SamplingRule, SamplingRuleRecord } from './sampling-shapes.ts';
import { readCorpus } from '@fluoroscope/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findRule, inRuleOrder, matchesRule, matchesWildcard, type SampledRequest } from './match-rule.ts';

const SEED = 20_261_121;

test.each(readCorpus('sampling/wildcards-match'))('%s', (line) => {
  expect(matchesWildcard(...readPair(line))).toBe(true);
});

test.each(readCorpus('sampling/wildcards-miss'))('not %s', (line) => {
  expect(matchesWildcard(...readPair(line))).toBe(false);
});

test('wildcards mean what the expression of the same form means', () => {
  const texts = fc.stringMatching(/^[abAB*?]{0,8}$/);
  fc.assert(
    fc.property(texts, fc.stringMatching(/^[abAB]{0,12}$/), (pattern, text) => {
      const form = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
      expect(matchesWildcard(pattern, text)).toBe(form.test(text));
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

test('a pattern of many stars is read in its time', () => {
  expect(matchesWildcard(`${'*a'.repeat(60)}b`, 'a'.repeat(5_000))).toBe(false);
});

const REQUEST: SampledRequest = {
  serviceName: 'shop',
  serviceType: 'AWS::EC2::Instance',
  host: 'shop.example',
  method: 'GET',
  path: '/buy/7',
  resourceArn: 'arn:aws:ec2:x',
  attributes: { tier: 'gold', zone: 'b' },
};

test.each<[Partial<SamplingRule>, boolean]>([
  [{}, true],
  [{ ServiceName: 'SH*' }, true],
  [{ ServiceName: 'cart' }, false],
  [{ ServiceType: 'AWS::EC2::*' }, true],
  [{ ServiceType: 'AWS::ECS::*' }, false],
  [{ Host: '*.example' }, true],
  [{ Host: 'example' }, false],
  [{ HTTPMethod: 'get' }, true],
  [{ HTTPMethod: 'POST' }, false],
  [{ URLPath: '/buy/?' }, true],
  [{ URLPath: '/buy/' }, false],
  [{ ResourceARN: 'arn:aws:ec2:*' }, true],
  [{ ResourceARN: 'arn:aws:ecs:*' }, false],
  [{ Attributes: { tier: 'GO*', zone: '?' } }, true],
  [{ Attributes: { tier: 'gold', colour: '*' } }, false],
  [{ Attributes: { toString: '*' } }, false],
])('%j: %s', (members, matches) => {
  expect(matchesRule(rule({ ...members }), REQUEST)).toBe(matches);
});

test('what is not known of a request matches * only', () => {
  expect(matchesRule(rule({}), {})).toBe(true);
  expect(matchesRule(rule({ Host: '**' }), {})).toBe(false);
  expect(matchesRule(rule({ Attributes: { a: '*' } }), {})).toBe(false);
});

test('rules are tried by priority, then by name', () => {
  const records: readonly SamplingRuleRecord[] = [
    { SamplingRule: rule({ RuleName: 'Default', Priority: 10_000 }) },
    { SamplingRule: rule({ RuleName: 'b', Priority: 7 }) },
    { SamplingRule: rule({ RuleName: 'a', Priority: 7 }) },
    { SamplingRule: rule({ RuleName: 'z', Priority: 1, ServiceName: 'cart' }) },
  ];
  const ordered = inRuleOrder(records);
  expect(ordered.map(({ SamplingRule }) => SamplingRule?.RuleName)).toEqual(['z', 'a', 'b', 'Default']);
  expect(findRule(ordered, REQUEST)?.RuleName).toBe('a');
  expect(findRule(ordered, { serviceName: 'cart' })?.RuleName).toBe('z');
});

function readPair(line: string): [string, string] {
  const [pattern = '', text = ''] = line.split(' ').map((part) => (part === '""' ? '' : part));
  return [pattern, text];
}

function rule(members: Partial<SamplingRule>): SamplingRule {
  return {
    RuleName: 'rule',
    ResourceARN: '*',
    Priority: 1,
    FixedRate: 0.1,
    ReservoirSize: 1,
    ServiceName: '*',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    Version: 1,
    ...members,
  };
}
