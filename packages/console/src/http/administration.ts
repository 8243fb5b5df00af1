import type {
  EncryptionAnswer,
  Group,
  IndexingRule,
  InsightsConfiguration,
  KeysAnswer,
  NewKey,
  NewKeyInput,
  ResourcePolicy,
  SamplingAnswer,
  SamplingRule,
  SamplingRuleRecord,
  SamplingRuleUpdate,
  SessionAnswer,
  Tag,
  TraceSegmentDestination,
  TrustAnswer,
} from '@fluoroscope/api';
import { get, post, send } from './request.ts';

export interface GroupInput {
  readonly GroupName: string;
  readonly FilterExpression: string;
  readonly InsightsConfiguration: InsightsConfiguration;
}

export async function readSession(signal: AbortSignal): Promise<SessionAnswer> {
  return get<SessionAnswer>('/api/session', signal);
}

export async function readGroups(signal: AbortSignal): Promise<readonly Group[]> {
  return (await post<{ readonly Groups?: readonly Group[] }>('/Groups', {}, signal)).Groups ?? [];
}

export async function createGroup(input: GroupInput, tags: readonly Tag[]): Promise<void> {
  await change('/CreateGroup', { ...input, Tags: tags });
}

export async function updateGroup(input: Partial<GroupInput>): Promise<void> {
  await change('/UpdateGroup', input);
}

export async function deleteGroup(GroupName: string): Promise<void> {
  await change('/DeleteGroup', { GroupName });
}

export async function readRules(signal: AbortSignal): Promise<readonly SamplingRuleRecord[]> {
  const answer = await post<{ readonly SamplingRuleRecords?: readonly SamplingRuleRecord[] }>(
    '/GetSamplingRules',
    {},
    signal,
  );
  return answer.SamplingRuleRecords ?? [];
}

export async function createRule(rule: SamplingRule, tags: readonly Tag[]): Promise<void> {
  await change('/CreateSamplingRule', { SamplingRule: rule, Tags: tags });
}

export async function updateRule(update: SamplingRuleUpdate): Promise<void> {
  await change('/UpdateSamplingRule', { SamplingRuleUpdate: update });
}

export async function deleteRule(RuleName: string): Promise<void> {
  await change('/DeleteSamplingRule', { RuleName });
}

export async function readSampling(signal: AbortSignal): Promise<SamplingAnswer> {
  return get<SamplingAnswer>('/api/sampling', signal);
}

export async function readTags(ResourceARN: string, signal: AbortSignal): Promise<readonly Tag[]> {
  return (await post<{ readonly Tags?: readonly Tag[] }>('/ListTagsForResource', { ResourceARN }, signal)).Tags ?? [];
}

/** Makes the tags of a resource those that are wanted. */
export async function putTags(
  ResourceARN: string,
  { added, removed }: { readonly added: readonly Tag[]; readonly removed: readonly string[] },
): Promise<void> {
  if (removed.length > 0) await change('/UntagResource', { ResourceARN, TagKeys: removed });
  if (added.length > 0) await change('/TagResource', { ResourceARN, Tags: added });
}

export async function readEncryption(signal: AbortSignal): Promise<EncryptionAnswer> {
  return get<EncryptionAnswer>('/api/encryption', signal);
}

export async function putEncryption(keyId: string | null): Promise<void> {
  await change('/PutEncryptionConfig', keyId === null ? { Type: 'NONE' } : { Type: 'KMS', KeyId: keyId });
}

export interface DestinationAnswer {
  readonly Destination?: TraceSegmentDestination;
  readonly Status?: string;
}

export async function readDestination(signal: AbortSignal): Promise<DestinationAnswer> {
  return post<DestinationAnswer>('/GetTraceSegmentDestination', {}, signal);
}

export async function putDestination(Destination: string): Promise<void> {
  await change('/UpdateTraceSegmentDestination', { Destination });
}

export async function readIndexingRules(signal: AbortSignal): Promise<readonly IndexingRule[]> {
  const answer = await post<{ readonly IndexingRules?: readonly IndexingRule[] }>('/GetIndexingRules', {}, signal);
  return answer.IndexingRules ?? [];
}

/** What is no number becomes null on the wire, and is the server's to refuse. */
export async function putIndexingRule(Name: string, DesiredSamplingPercentage: number): Promise<void> {
  await change('/UpdateIndexingRule', { Name, Rule: { Probabilistic: { DesiredSamplingPercentage } } });
}

export async function readPolicies(signal: AbortSignal): Promise<readonly ResourcePolicy[]> {
  const answer = await post<{ readonly ResourcePolicies?: readonly ResourcePolicy[] }>(
    '/ListResourcePolicies',
    {},
    signal,
  );
  return answer.ResourcePolicies ?? [];
}

export interface PolicyInput {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
  /** Only if it is still this one; `0`: only if there is none of this name. */
  readonly PolicyRevisionId: string;
  readonly BypassPolicyLockoutCheck: boolean;
}

export async function putPolicy(input: PolicyInput): Promise<void> {
  await change('/PutResourcePolicy', input);
}

export async function deletePolicy(PolicyName: string, PolicyRevisionId: string): Promise<void> {
  await change('/DeleteResourcePolicy', { PolicyName, PolicyRevisionId });
}

export async function readKeys(signal: AbortSignal): Promise<KeysAnswer> {
  return get<KeysAnswer>('/api/keys', signal);
}

export async function createKey(input: NewKeyInput): Promise<NewKey> {
  return send<NewKey>('/api/keys', { method: 'POST', body: JSON.stringify(input) });
}

export async function revokeKey(id: string): Promise<void> {
  await send<unknown>(`/api/keys/${id}`, { method: 'DELETE' });
}

export async function readTrust(signal: AbortSignal): Promise<TrustAnswer> {
  return get<TrustAnswer>('/api/trust', signal);
}

async function change(path: string, input: unknown): Promise<void> {
  await send<unknown>(path, { method: 'POST', body: JSON.stringify(input) });
}
