import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { timeUs } from '@fluoroscope/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { saveControlFile } from './control-file.ts';
import { createControlPlane } from './control-plane.ts';
import { FIRST_STATE, type ControlState, type KeptGroup } from './control-state.ts';
import { RETRIEVALS_KEPT_MAX } from './limits.ts';
import {
  lookAt,
  openControlRig,
  POLICY,
  policyOf,
  RULE,
  RULE_ARN,
  someTags,
  START,
  type ControlRig,
} from './testing/control-rig.ts';
import { createTraceRetrievals } from './trace-retrievals.ts';

const RANGE = { startUs: timeUs(0), endUs: timeUs(1) };

let rig: ControlRig;
beforeEach(async () => {
  rig = await openControlRig();
});
afterEach(() => rig[Symbol.asyncDispose]());

test('everything is there again after a restart', async () => {
  const control = await rig.open();
  const group = await control.groups.create({
    GroupName: 'slow',
    FilterExpression: 'responsetime > 2',
    InsightsConfiguration: { InsightsEnabled: true },
    Tags: [{ Key: 'team', Value: '' }],
  });
  await control.groups.update({ GroupName: 'Default', InsightsConfiguration: { InsightsEnabled: true } });
  await control.samplingRules.create(RULE, [{ Key: 'a', Value: 'b' }]);
  await control.samplingRules.update({ RuleName: 'Default', FixedRate: 0.5, ReservoirSize: 7 });
  await control.resourcePolicies.put({ PolicyName: 'p', PolicyDocument: POLICY });
  await control.transactionSearch.setDestination('CloudWatchLogs');
  await control.transactionSearch.updateIndexingRule('Default', 2.5);
  const token = await control.traceRetrievals.start(['1-5759e988-bd862e3fe1be46a994272793', 'none'], RANGE);

  const again = await rig.open();
  expect(lookAt(again)).toEqual(lookAt(control));
  expect(again.groups.get({ GroupARN: group.GroupARN })).toEqual(group);
  expect(again.tags.list(group.GroupARN ?? '')).toEqual([{ Key: 'team', Value: '' }]);
  expect(again.traceRetrievals.find(token)).toMatchObject({
    status: 'COMPLETE',
    traceIds: ['1-5759e988-bd862e3fe1be46a994272793'],
  });
  expect(await readdir(rig.dataDir)).toEqual(['control.json']);
  expect((await stat(join(rig.dataDir, 'control.json'))).mode & 0o777).toBe(0o600);
});

test('a new folder has the Default group, the Default rule and nothing else, and no file', async () => {
  const control = await rig.open();
  expect(control.groups.list()).toEqual([
    {
      GroupName: 'Default',
      GroupARN: 'arn:aws:xray:eu-west-1:123456789012:group/Default',
      InsightsConfiguration: { InsightsEnabled: false, NotificationsEnabled: false },
    },
  ]);
  expect(control.samplingRules.current()).toMatchObject({ records: [{ SamplingRule: { FixedRate: 0.05 } }] });
  expect(await readdir(rig.dataDir)).toEqual([]);
});

test('groups: every member, and what stays when it is left out', async () => {
  const { groups } = await rig.open();
  const made = await groups.create({ GroupName: 'slow', FilterExpression: ' responsetime > 2 ' });
  expect(made).toEqual({
    GroupName: 'slow',
    GroupARN: expect.stringMatching(/^arn:aws:xray:eu-west-1:123456789012:group\/slow\/[0-9A-F]{32}$/),
    FilterExpression: 'responsetime > 2',
    InsightsConfiguration: { InsightsEnabled: false, NotificationsEnabled: false },
  });
  const on = { InsightsEnabled: true, NotificationsEnabled: true };
  expect(await groups.update({ GroupARN: made.GroupARN, InsightsConfiguration: on })).toEqual({
    ...made,
    InsightsConfiguration: on,
  });
  expect(await groups.update({ GroupName: 'slow', FilterExpression: 'fault' })).toMatchObject({
    FilterExpression: 'fault',
    InsightsConfiguration: on,
  });
  expect(await groups.update({ GroupName: 'slow', InsightsConfiguration: { InsightsEnabled: false } })).toMatchObject({
    InsightsConfiguration: { InsightsEnabled: false, NotificationsEnabled: false },
  });
  expect(await groups.update({ GroupName: 'slow', FilterExpression: '' })).not.toHaveProperty('FilterExpression');
  await groups.remove({ GroupName: 'slow' });
  expect(() => groups.get({ GroupName: 'slow' })).toThrow(/there is no group "slow"/);
  expect(groups.find({})).toBeNull();
});

test('groups in groups: by name and ARN, changed from the inside, and deleted from the outside', async () => {
  const { groups } = await rig.open();
  const inner = await groups.create({ GroupName: 'inner', FilterExpression: 'fault' });
  const FilterExpression = `group.arn = "${inner.GroupARN}" AND group.name != "Default"`;
  expect(await groups.create({ GroupName: 'middle', FilterExpression })).toMatchObject({ FilterExpression });
  await groups.create({ GroupName: 'outer', FilterExpression: 'group.name = "middle"' });
  await groups.update({ GroupName: 'inner', FilterExpression: '' });
  await groups.update({ GroupName: 'outer', InsightsConfiguration: { InsightsEnabled: true } });
  const named = (name: string) => ({ text: expect.stringContaining(`group "${name}" names it`) });
  await expect(groups.remove({ GroupName: 'inner' })).rejects.toMatchObject(named('middle'));
  await groups.update({ GroupName: 'middle', FilterExpression: 'ok' });
  await groups.remove({ GroupName: 'inner' });
  await expect(groups.remove({ GroupName: 'middle' })).rejects.toMatchObject(named('outer'));
});

test("a group that was kept broken can be mended, and stands in nobody's way", async () => {
  const kept = (name: string, expression: string): KeptGroup => {
    return { name, id: name, expression, insights: false, notifications: false, tags: {} };
  };
  const broken = [kept('inner', 'fault )'), kept('outer', 'group.name = "inner"')];
  const state: ControlState = { ...FIRST_STATE, groups: [...FIRST_STATE.groups, ...broken] };
  await saveControlFile(join(rig.dataDir, 'control.json'), state);
  const { groups } = await rig.open();
  await groups.create({ GroupName: 'other', FilterExpression: 'error' });
  await groups.update({ GroupName: 'inner', FilterExpression: 'throttle' });
  expect(groups.get({ GroupName: 'inner' })).toMatchObject({ FilterExpression: 'throttle' });
});

test('there are as many groups, rules and policies as the limits say', async () => {
  const { groups, samplingRules, resourcePolicies, tags } = await rig.open({
    groupsMax: 2,
    samplingRulesMax: 2,
    resourcePoliciesMax: 1,
    resourcePolicySize: POLICY.length,
    tagsMax: 1,
  });
  for (const GroupName of ['a', 'b']) await groups.create({ GroupName });
  await expect(groups.create({ GroupName: 'c' })).rejects.toMatchObject({ code: 'InvalidRequestException' });
  for (const RuleName of ['a', 'b']) await samplingRules.create({ ...RULE, RuleName }, []);
  const more = samplingRules.create({ ...RULE, RuleName: 'c' }, []);
  await expect(more).rejects.toMatchObject({ code: 'RuleLimitExceededException' });
  await resourcePolicies.put({ PolicyName: 'p', PolicyDocument: POLICY });
  const another = resourcePolicies.put({ PolicyName: 'q', PolicyDocument: POLICY });
  await expect(another).rejects.toMatchObject({ code: 'PolicyCountLimitExceededException' });
  await resourcePolicies.put({ PolicyName: 'p', PolicyDocument: POLICY });
  const larger = resourcePolicies.put({ PolicyName: 'p', PolicyDocument: `${POLICY} ` });
  await expect(larger).rejects.toMatchObject({ code: 'PolicySizeLimitExceededException' });
  const ruleArn = RULE_ARN.replace('checkout', 'a');
  await tags.add(ruleArn, someTags(1));
  await expect(tags.add(ruleArn, someTags(2))).rejects.toMatchObject({ code: 'TooManyTagsException' });
});

test('sampling rules: every member, times, and what an update leaves alone', async () => {
  const { samplingRules } = await rig.open();
  const made = await samplingRules.create(RULE, []);
  expect(made).toEqual({ SamplingRule: { ...RULE, RuleARN: RULE_ARN }, CreatedAt: START, ModifiedAt: START });
  rig.now = START + 99.5;
  const updated = await samplingRules.update({ RuleARN: RULE_ARN, FixedRate: 1, URLPath: '*', Attributes: {} });
  expect(updated).toEqual({
    SamplingRule: { ...RULE, RuleARN: RULE_ARN, FixedRate: 1, URLPath: '*', Attributes: {} },
    CreatedAt: START,
    ModifiedAt: START + 99,
  });
  // Rounded up: who fetched the rules within that second fetches them again.
  expect(samplingRules.current().lastModified).toBe(START + 100);
  expect(await samplingRules.remove({ RuleName: 'checkout', RuleARN: RULE_ARN })).toEqual(updated);
  expect(samplingRules.current().records).toHaveLength(1);
});

test('the Default rule has the values of the settings until it is changed', async () => {
  const { samplingRules } = await rig.open();
  const changed = await samplingRules.update({ RuleName: 'Default', FixedRate: 0, ServiceName: '*', Priority: 10_000 });
  expect(changed.SamplingRule).toMatchObject({ RuleName: 'Default', FixedRate: 0, ReservoirSize: 1, Priority: 10_000 });
  expect(changed).toMatchObject({ CreatedAt: 0, ModifiedAt: START });
  rig.now = START + 50;
  await samplingRules.create(RULE, []);
  expect(samplingRules.current().records.at(-1)).toEqual(changed);
});

test('tags are kept by ARN, sorted, replaced by key, and go with their resource', async () => {
  const { tags, samplingRules } = await rig.open();
  await samplingRules.create(RULE, [{ Key: 'b', Value: '1' }]);
  await tags.add(RULE_ARN, [
    { Key: 'b', Value: '2' },
    { Key: 'B', Value: '3' },
    { Key: 'a', Value: '' },
  ]);
  expect(tags.list(RULE_ARN).map(({ Key, Value }) => Key + Value)).toEqual(['B3', 'a', 'b2']);
  await tags.remove(RULE_ARN, ['a', 'gone']);
  expect(tags.list(RULE_ARN)).toHaveLength(2);
  await tags.add(RULE_ARN.replace('checkout', 'Default'), someTags(50));
  expect(tags.list(RULE_ARN.replace('checkout', 'Default'))).toHaveLength(50);
  await samplingRules.remove({ RuleName: 'checkout' });
  await samplingRules.create(RULE, []);
  expect(tags.list(RULE_ARN)).toEqual([]);
});

test('resource policies: each change has a revision of its own', async () => {
  const { resourcePolicies } = await rig.open();
  const first = await resourcePolicies.put({ PolicyName: 'p', PolicyDocument: POLICY, PolicyRevisionId: '0' });
  const PolicyRevisionId = first.PolicyRevisionId ?? '';
  const second = await resourcePolicies.put({ PolicyName: 'p', PolicyDocument: ` ${POLICY}`, PolicyRevisionId });
  expect(second).toMatchObject({ PolicyName: 'p', PolicyDocument: ` ${POLICY}`, LastUpdatedTime: START });
  expect(second.PolicyRevisionId).not.toBe(PolicyRevisionId);
  await expect(resourcePolicies.remove('p', PolicyRevisionId)).rejects.toThrow(/another revision/);
  await resourcePolicies.remove('p', second.PolicyRevisionId);
  expect(resourcePolicies.list()).toEqual([]);
});

test.each([
  [policyOf('Allow', '*'), true],
  [policyOf('Deny', 'xray:PutTraceSegments'), true],
  [policyOf('Deny', 'xray:PutResourcePolicy', { AWS: '111122223333' }), true],
  [policyOf('Deny', '*', '*', { StringEquals: { 'aws:SourceAccount': '1' } }), false],
  [policyOf('Deny', ['xray:Get*', 'XRAY:putresourcepolicy'], { AWS: ['1', '*'] }), false],
  [policyOf('Deny', '*'), false],
])('%s locks nobody out: %s', async (PolicyDocument, isTaken) => {
  const { resourcePolicies } = await rig.open();
  const put = (BypassPolicyLockoutCheck: boolean) =>
    resourcePolicies.put({ PolicyName: 'p', PolicyDocument, BypassPolicyLockoutCheck });
  const taken = await put(false).then(
    () => true,
    () => false,
  );
  expect(taken).toBe(isTaken);
  expect(await put(true)).toHaveProperty('PolicyRevisionId');
});

test('a retrieval lasts an hour, cancelled it finds nothing, and the oldest makes room', async () => {
  let tokens = 0;
  const traceRetrievals = createTraceRetrievals({
    control: createControlPlane({ state: FIRST_STATE, save: () => Promise.resolve(), changed: () => {} }),
    newId: () => `token-${(tokens += 1)}`,
    nowSeconds: () => rig.now,
  });
  const ids = ['1-5759e988-bd862e3fe1be46a994272793', '5759e988bd862e3fe1be46a994272793', 'none'];
  const first = await traceRetrievals.start(ids, RANGE);
  expect(traceRetrievals.find(first).traceIds).toEqual([ids[0]]);
  await traceRetrievals.cancel(first);
  await traceRetrievals.cancel(first);
  expect(traceRetrievals.find(first)).toMatchObject({ status: 'CANCELLED', traceIds: [] });
  rig.now += 3_599;
  const second = await traceRetrievals.start([], RANGE);
  expect(traceRetrievals.find(first).status).toBe('CANCELLED');
  rig.now += 1;
  expect(() => traceRetrievals.find(first)).toThrow(/no such retrieval/);
  for (let at = 0; at < RETRIEVALS_KEPT_MAX; at += 1) await traceRetrievals.start([], RANGE);
  expect(() => traceRetrievals.find(second)).toThrow(/no such retrieval/);
});
