import type { SamplingRule, SamplingRuleUpdate } from '@fluoroscope/api';
import { type PairRow, readPairs, writePairs } from './pairs.ts';

/** A rule as it is written in a form. */
export interface RuleDraft {
  readonly name: string;
  readonly priority: string;
  readonly reservoir: string;
  /** Per cent. */
  readonly rate: string;
  readonly serviceName: string;
  readonly serviceType: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly resourceArn: string;
  readonly attributes: readonly PairRow[];
  /** Per cent and minutes; both empty: no boost. */
  readonly boostRate: string;
  readonly boostCooldown: string;
}

export const EMPTY_RULE: RuleDraft = {
  name: '',
  priority: '100',
  reservoir: '1',
  rate: '5',
  serviceName: '*',
  serviceType: '*',
  host: '*',
  method: '*',
  path: '*',
  resourceArn: '*',
  attributes: [],
  boostRate: '',
  boostCooldown: '',
};

export function draftOf(rule: SamplingRule): RuleDraft {
  const { SamplingRateBoost: boost } = rule;
  return {
    name: rule.RuleName ?? '',
    priority: String(rule.Priority),
    reservoir: String(rule.ReservoirSize),
    rate: percent(rule.FixedRate),
    serviceName: rule.ServiceName,
    serviceType: rule.ServiceType,
    host: rule.Host,
    method: rule.HTTPMethod,
    path: rule.URLPath,
    resourceArn: rule.ResourceARN,
    attributes: writePairs(Object.entries(rule.Attributes ?? {})),
    boostRate: boost === undefined ? '' : percent(boost.MaxRate),
    boostCooldown: boost === undefined ? '' : String(boost.CooldownWindowMinutes),
  };
}

/** What cannot be read as a number becomes null on the wire, and is the server's to refuse. */
export function ruleOf(draft: RuleDraft): SamplingRule {
  const hasBoost = draft.boostRate.trim() !== '' || draft.boostCooldown.trim() !== '';
  return {
    RuleName: draft.name.trim(),
    Priority: numberIn(draft.priority),
    ReservoirSize: numberIn(draft.reservoir),
    FixedRate: shareIn(draft.rate),
    ServiceName: draft.serviceName.trim(),
    ServiceType: draft.serviceType.trim(),
    Host: draft.host.trim(),
    HTTPMethod: draft.method.trim(),
    URLPath: draft.path.trim(),
    ResourceARN: draft.resourceArn.trim(),
    Version: 1,
    Attributes: Object.fromEntries(readPairs(draft.attributes)),
    ...(hasBoost && {
      SamplingRateBoost: { MaxRate: shareIn(draft.boostRate), CooldownWindowMinutes: numberIn(draft.boostCooldown) },
    }),
  };
}

/** Of the Default rule no more can be changed. */
export function updateOf(draft: RuleDraft, isDefault: boolean): SamplingRuleUpdate {
  const { Version: _always, ...rule } = ruleOf(draft);
  const { RuleName, FixedRate, ReservoirSize } = rule;
  return isDefault ? { RuleName, FixedRate, ReservoirSize } : rule;
}

function percent(share: number): string {
  return String(Number((share * 100).toFixed(6)));
}

function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** In whole millionths, so that 5.1 % is 0.051. */
function shareIn(text: string): number {
  return Number((numberIn(text) / 100).toFixed(8));
}
