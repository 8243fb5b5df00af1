import { expect, test } from 'vitest';
import { judgePolicies, readPolicyDocument, type PolicyDocument } from '../control/policy-document.ts';

const KEY = 'FLUOAAAAAAAAAAAAAAAA';
const ACCOUNT = '123456789012';
const GROUP = 'arn:aws:xray:eu-west-1:123456789012:group/slow/X1';

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: object;
}

test.each<[string, Statement[], string]>([
  ['nothing', [{ Principal: { AWS: 'FLUOBBBBBBBBBBBBBBBB' } }], 'silent'],
  ['everybody', [{}], 'allow'],
  ['everybody of AWS', [{ Principal: { AWS: '*' } }], 'allow'],
  ['the key', [{ Principal: { AWS: [KEY, 'x'] } }], 'allow'],
  ['the account', [{ Principal: { AWS: ACCOUNT } }], 'allow'],
  ['its root', [{ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }], 'allow'],
  ['another account', [{ Principal: { AWS: '210987654321' } }], 'silent'],
  ['a service', [{ Principal: { Service: 'sns.amazonaws.com' } }], 'silent'],
  ['the action in another case', [{ Action: 'XRAY:updateGroup' }], 'allow'],
  ['actions like it', [{ Action: ['xray:Get*', 'xray:Update?roup'] }], 'allow'],
  ['other actions', [{ Action: ['xray:Get*', 'xray:UpdateGroups', 'sns:*'] }], 'silent'],
  ['the resource', [{ Resource: GROUP }], 'allow'],
  ['resources like it', [{ Resource: 'arn:aws:xray:*:group/slow/*' }], 'allow'],
  ['other resources', [{ Resource: 'arn:aws:xray:*:group/fast/*' }], 'silent'],
  ['no resource', [{ Resource: undefined }], 'allow'],
  ['a condition', [{ Condition: { StringEquals: {} } }], 'silent'],
  ['a deny, wherever it stands', [{}, { Effect: 'Deny', Action: 'xray:Update*' }, {}], 'deny'],
  ['a deny of somebody else', [{}, { Effect: 'Deny', Principal: { AWS: 'x' } }], 'allow'],
  ['a deny with a condition', [{}, { Effect: 'Deny', Condition: { StringEquals: {} } }], 'deny'],
])('%s: %j is %s', (_name, statements, verdict) => {
  const question = { keyId: KEY, accountId: ACCOUNT, action: 'xray:UpdateGroup', resource: GROUP };
  expect(judgePolicies([documentOf(statements)], question)).toBe(verdict);
});

test('a sender without a key is part of everybody, and of no account', () => {
  const question = { keyId: null, accountId: ACCOUNT, action: 'xray:PutTraceSegments', resource: null };
  expect(judgePolicies([documentOf([{ Principal: { AWS: ACCOUNT } }])], question)).toBe('silent');
  expect(judgePolicies([documentOf([{ Effect: 'Deny' }])], question)).toBe('deny');
});

test.each(['NotPrincipal', 'NotAction', 'NotResource'])('%s is refused, not passed over', (member) => {
  const Statement = { Effect: 'Allow', Principal: '*', Action: '*', [member]: '*' };
  expect(readPolicyDocument(JSON.stringify({ Statement })).ok).toBe(false);
});

test('a pattern cannot run away', () => {
  const question = { keyId: KEY, accountId: ACCOUNT, action: `xray:${'a'.repeat(2_000)}`, resource: null };
  expect(judgePolicies([documentOf([{ Action: `${'*a'.repeat(2_000)}b` }])], question)).toBe('silent');
});

function documentOf(statements: readonly Statement[]): PolicyDocument {
  const Statement = statements.map((one) => ({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', ...one }));
  const document = readPolicyDocument(JSON.stringify({ Statement }));
  if (!document.ok) throw new Error(document.problem);
  return document.value;
}
