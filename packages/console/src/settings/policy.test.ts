import { expect, test } from 'vitest';
import { EXAMPLE_POLICY, formatPolicy, placeRefusal, summarizePolicy } from './policy.ts';

const ONE = '{\n  "Statement": {\n    "Effect": "x"\n  }\n}';
const LIST = '{\n  "Statement": [\n    {\n      "Effect": "x" }\n  ]\n}';

test.each<[string, string, readonly [number, number, string] | null]>([
  [LIST, 'PolicyDocument: Statement[0].Effect: Invalid option', [4, 7, 'Statement[0].Effect: Invalid option']],
  [LIST, 'PolicyDocument: Statement[0].Action: expected', [3, 5, 'Statement[0].Action: expected']],
  [ONE, 'PolicyDocument: Statement[0].Effect: Invalid option', [3, 5, 'Statement[0].Effect: Invalid option']],
  ['{\n  "a": 1,\n}', 'PolicyDocument: expected JSON', [3, 1, 'expected JSON']],
  ['[]', 'PolicyDocument: a resource policy has at most 5120 bytes', null],
  [LIST, 'PolicyDocument: it would deny everybody', null],
  [LIST, 'PolicyName: too long', null],
])('%j: %s', (document, message, expected) => {
  const refusal = placeRefusal(document, message);
  expect(refusal && [refusal.place.line, refusal.place.column, refusal.sentence]).toEqual(expected);
});

test.each<[string, string | null]>([
  [EXAMPLE_POLICY, 'Deny * xray:DeleteGroup,xray:DeleteSamplingRule'],
  ['{"Statement":{"Effect":"Allow","Principal":{"AWS":["a","b"]},"Action":"xray:*"}}', 'Allow a,b xray:*'],
  ['{"Statement":[{"Effect":"Allow","Principal":"*","Action":"a","Condition":{}}]}', 'Allow * a if'],
  ['{"Statement":[7]}', 'undefined  undefined'],
  ['{}', null],
  ['no JSON', null],
])('%s says %s', (document, expected) => {
  const lines = summarizePolicy(document)?.map(({ effect, principals, actions, isConditional }) =>
    [effect, principals, actions, ...(isConditional ? ['if'] : [])].join(' '),
  );
  expect(lines?.join('\n') ?? null).toBe(expected);
});

test('a text is formatted when it is JSON', () => {
  expect(formatPolicy('{"a":[]}')).toBe('{\n  "a": []\n}\n');
  expect(formatPolicy('{"a"')).toBeNull();
});
