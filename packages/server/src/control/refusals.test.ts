import { ApiError, type SamplingRule } from '@fluoroscope/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Control } from './control.ts';
import type { NewPolicy } from './resource-policies.ts';
import {
  lookAt,
  openControlRig,
  POLICY,
  policyOf,
  RULE,
  RULE_ARN,
  someTags,
  type ControlRig,
} from './testing/control-rig.ts';

const BAD = 'InvalidRequestException';
const REVISION = 'InvalidPolicyRevisionIdException';
const MISSING = 'ResourceNotFoundException';

const KEPT = { GroupName: 'kept' };

function by(FilterExpression: string): { readonly FilterExpression: string } {
  return { FilterExpression };
}

let rig: ControlRig;
beforeEach(async () => {
  rig = await openControlRig();
});
afterEach(() => rig[Symbol.asyncDispose]());

test.each<[string, (control: Control) => Promise<unknown>, string, RegExp]>([
  ['a group twice', (c) => c.groups.create({ GroupName: 'kept' }), BAD, /already/],
  ['the Default group', (c) => c.groups.create({ GroupName: 'Default' }), BAD, /already/],
  ['a name with a line break', (c) => c.groups.create({ GroupName: 'a\nb' }), BAD, /^GroupName/],
  [
    'an expression that is none',
    (c) => c.groups.create({ GroupName: 'a', FilterExpression: 'responsetime >' }),
    BAD,
    /^FilterExpression: column 15/,
  ],
  ['a group in itself', (c) => c.groups.update({ ...KEPT, ...by('fault OR !(group.name = "kept")') }), BAD, /back/],
  ['a group in a group in itself', (c) => c.groups.update({ ...KEPT, ...by('group.name = "outer"') }), BAD, /back/],
  ['a new group in itself', (c) => c.groups.create({ GroupName: 'a', ...by('group.name = "a"') }), BAD, /back/],
  ['a group that is none', (c) => c.groups.create({ GroupName: 'a', ...by('group.name = "b"') }), BAD, /no group "b"/],
  [
    'what another group cannot take',
    (c) => c.groups.update({ ...KEPT, ...by(Array(4_096).fill('ok').join(' ')) }),
    BAD,
    /^FilterExpression: the group "outer" names "kept"/,
  ],
  ['the end of a group that is named', (c) => c.groups.remove(KEPT), BAD, /group "outer" names it/],
  [
    'an expression for the Default group',
    (c) => c.groups.update({ GroupName: 'Default', FilterExpression: 'fault' }),
    BAD,
    /every trace/,
  ],
  [
    'notifications without insights',
    (c) => c.groups.update({ GroupName: 'kept', InsightsConfiguration: { NotificationsEnabled: true } }),
    BAD,
    /NotificationsEnabled/,
  ],
  ['no group', (c) => c.groups.update({}), BAD, /must be given/],
  ['the end of Default', (c) => c.groups.remove({ GroupName: 'Default' }), BAD, /deleted/],
  [
    'two groups',
    (c) => c.groups.remove({ GroupName: 'kept', GroupARN: 'arn:aws:xray:x:1:group/Default' }),
    BAD,
    /two groups/,
  ],
  ['a rule twice', (c) => c.samplingRules.create(RULE, []), BAD, /already/],
  ['a rule called Default', (c) => createRule(c, { RuleName: 'Default' }), BAD, /already/],
  ['a rule without a name', (c) => createRule(c, { RuleName: undefined }), BAD, /RuleName must/],
  ['a rule of version 2', (c) => createRule(c, { RuleName: 'x', Version: 2 }), BAD, /Version/],
  ['too large a reservoir', (c) => createRule(c, { RuleName: 'x', ReservoirSize: 1e7 }), BAD, /ReservoirSize/],
  ['an ARN of our making', (c) => createRule(c, { RuleName: 'x', RuleARN: 'arn' }), BAD, /RuleARN/],
  ['priority 0', (c) => c.samplingRules.update({ RuleName: 'checkout', Priority: 0 }), BAD, /Priority/],
  ['priority 10000', (c) => c.samplingRules.update({ RuleName: 'checkout', Priority: 10_000 }), BAD, /Priority/],
  ['rate 1.5', (c) => c.samplingRules.update({ RuleName: 'checkout', FixedRate: 1.5 }), BAD, /FixedRate/],
  ['rate -1 of Default', (c) => c.samplingRules.update({ RuleName: 'Default', FixedRate: -1 }), BAD, /FixedRate/],
  ['a host of Default', (c) => c.samplingRules.update({ RuleName: 'Default', Host: 'x' }), BAD, /\.Host: only/],
  [
    'a priority of Default',
    (c) => c.samplingRules.update({ RuleName: 'Default', Priority: 5 }),
    BAD,
    /\.Priority: only/,
  ],
  [
    'a boost of Default',
    (c) => c.samplingRules.update({ RuleName: 'Default', SamplingRateBoost: { MaxRate: 1, CooldownWindowMinutes: 1 } }),
    BAD,
    /SamplingRateBoost: only/,
  ],
  ['an unknown rule', (c) => c.samplingRules.update({ RuleName: 'gone' }), BAD, /no sampling rule "gone"/],
  ['no rule', (c) => c.samplingRules.remove({}), BAD, /must be given/],
  ['the Default rule', (c) => c.samplingRules.remove({ RuleName: 'Default' }), BAD, /cannot be deleted/],
  ['a reserved tag', (c) => c.tags.add(RULE_ARN, [{ Key: 'AWS:x', Value: '' }]), BAD, /reserved/],
  [
    'a tag twice',
    (c) =>
      c.tags.add(RULE_ARN, [
        { Key: 'a', Value: '' },
        { Key: 'a', Value: '' },
      ]),
    BAD,
    /twice/,
  ],
  ['51 tags', (c) => c.tags.add(RULE_ARN, someTags(51)), 'TooManyTagsException', /50/],
  ['tags of nothing', (c) => c.tags.add('arn:of:nothing', []), MISSING, /ResourceARN/],
  [
    'tags of a group of another account',
    (c) => c.tags.add('arn:aws:xray:eu-west-1:1:group/Default', []),
    MISSING,
    /ARN/,
  ],
  ['another revision', (c) => put(c, { PolicyName: 'p', PolicyRevisionId: 'x' }), REVISION, /another revision/],
  ['a new policy that exists', (c) => put(c, { PolicyName: 'p', PolicyRevisionId: '0' }), REVISION, /already/],
  [
    'a revision of no policy',
    (c) => put(c, { PolicyName: 'q', PolicyRevisionId: 'x' }),
    REVISION,
    /no resource policy/,
  ],
  ['deleting another revision', (c) => c.resourcePolicies.remove('p', 'x'), REVISION, /another revision/],
  ['deleting no policy', (c) => c.resourcePolicies.remove('q', undefined), BAD, /PolicyName/],
  [
    'no JSON',
    (c) => put(c, { PolicyName: 'q', PolicyDocument: '{' }),
    'MalformedPolicyDocumentException',
    /^PolicyDocument: expected JSON/,
  ],
  [
    'an effect that is none',
    (c) => put(c, { PolicyName: 'q', PolicyDocument: policyOf('Permit', '*') }),
    'MalformedPolicyDocumentException',
    /^PolicyDocument: Statement\[0\]\.Effect: /,
  ],
  [
    'no list of actions',
    (c) => put(c, { PolicyName: 'q', PolicyDocument: policyOf('Allow', []) }),
    'MalformedPolicyDocumentException',
    /^PolicyDocument: Statement\[0\]\.Action: /,
  ],
  [
    'no statement',
    (c) => put(c, { PolicyName: 'q', PolicyDocument: '{}' }),
    'MalformedPolicyDocumentException',
    /Statement/,
  ],
  [
    '5 kB and more',
    (c) => put(c, { PolicyName: 'q', PolicyDocument: ' '.repeat(5_121) }),
    'PolicySizeLimitExceededException',
    /5120/,
  ],
  [
    'a lockout',
    (c) => put(c, { PolicyName: 'q', PolicyDocument: policyOf('Deny', 'xray:Put*') }),
    'LockoutPreventionException',
    /Bypass/,
  ],
  ['an unknown indexing rule', (c) => c.transactionSearch.updateIndexingRule('x', 1), MISSING, /Name/],
  ['101 %', (c) => c.transactionSearch.updateIndexingRule('Default', 101), BAD, /100/],
  ['an unknown retrieval', (c) => c.traceRetrievals.cancel('x'), MISSING, /RetrievalToken/],
])('refused: %s', async (_name, attempt, code, message) => {
  const control = await rig.open();
  await control.groups.create(KEPT);
  await control.groups.create({ GroupName: 'outer', FilterExpression: 'fault AND group.name = "kept"' });
  await control.samplingRules.create(RULE, []);
  await control.resourcePolicies.put({ PolicyName: 'p', PolicyDocument: POLICY });
  const before = lookAt(control);
  const refused = await attempt(control).then(
    () => null,
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(ApiError);
  expect(refused).toMatchObject({ code, text: expect.stringMatching(message) });
  expect(lookAt(control)).toEqual(before);
});

function createRule({ samplingRules }: Control, members: Partial<SamplingRule>): Promise<unknown> {
  return samplingRules.create({ ...RULE, ...members }, []);
}

function put({ resourcePolicies }: Control, input: Partial<NewPolicy>): Promise<unknown> {
  return resourcePolicies.put({ PolicyName: 'q', PolicyDocument: POLICY, ...input });
}
