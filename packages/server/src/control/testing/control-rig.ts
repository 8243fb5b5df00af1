import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SamplingRule } from '@fluoroscope/api';
import { timeUsFromSeconds } from '@fluoroscope/model';
import { openControl, type Control } from '../control.ts';
import { parseSettings } from '../../settings/load-settings.ts';
import type { ControlLimits } from '../limits.ts';

/** Tests only: a data folder, and a clock that is set by hand. */
export interface ControlRig extends AsyncDisposable {
  readonly dataDir: string;
  /** Seconds since 1970. */
  now: number;
  /** Each time anew, as after a restart. */
  readonly open: (limits?: Partial<ControlLimits>) => Promise<Control>;
}

export const START = 1_727_000_000;

export async function openControlRig(): Promise<ControlRig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fluoroscope-control-'));
  const account = { region: 'eu-west-1', accountId: '123456789012' };
  const standard = parseSettings([], {});
  if (!standard.ok) throw new Error('the defaults do not parse');
  const settings = { ...standard.value, dataDir, ...account };
  const rig = {
    dataDir,
    now: START,
    open: (limits: Partial<ControlLimits> = {}) =>
      openControl({ settings: { ...settings, ...limits }, nowUs: () => timeUsFromSeconds(rig.now) }),
    [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }),
  };
  return rig;
}

export const RULE: SamplingRule = {
  RuleName: 'checkout',
  ResourceARN: '*',
  Priority: 10,
  FixedRate: 0.25,
  ReservoirSize: 5,
  ServiceName: 'shop',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: 'POST',
  URLPath: '/buy/*',
  Version: 1,
  Attributes: { tier: 'gold', constructor: 'y' },
  SamplingRateBoost: { MaxRate: 0.5, CooldownWindowMinutes: 10 },
};

export const RULE_ARN = 'arn:aws:xray:eu-west-1:123456789012:sampling-rule/checkout';

export const POLICY: string = policyOf('Allow', 'xray:PutTraceSegments', { Service: 'sns.amazonaws.com' });

export function policyOf(
  Effect: string,
  Action: string | readonly string[],
  Principal: unknown = '*',
  Condition?: object,
): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect, Principal, Action, Resource: '*', Condition }],
  });
}

export function someTags(count: number): { readonly Key: string; readonly Value: string }[] {
  return Array.from({ length: count }, (_, at) => ({ Key: `key-${at}`, Value: 'x' }));
}

/** Everything that can be seen without a token. */
export function lookAt({ groups, samplingRules, resourcePolicies, transactionSearch, tags }: Control): object {
  const { records, lastModified } = samplingRules.current();
  const arns = [
    ...groups.list().map(({ GroupARN = '' }) => GroupARN),
    ...records.map(({ SamplingRule }) => SamplingRule?.RuleARN ?? ''),
  ];
  return {
    groups: groups.list(),
    records,
    lastModified,
    policies: resourcePolicies.list(),
    destination: transactionSearch.destination(),
    indexing: transactionSearch.indexingRules(),
    tags: arns.map((arn) => tags.list(arn)),
  };
}
