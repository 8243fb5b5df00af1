import {
  ApiError,
  type SamplingRule,
  type SamplingRuleRecord,
  type SamplingRuleUpdate,
  type Tag,
} from '@fluoroscope/api';
import { DEFAULT_RULE_NAME, defaultRule, RESERVOIR_SIZE_COUNT_MAX, type SamplingRules } from '@fluoroscope/query';
import type { TimeUs } from '@fluoroscope/model';
import type { Arns } from './arns.ts';
import type { ControlPlane } from './control-plane.ts';
import type { ControlState, KeptRule } from './control-state.ts';
import type { ControlLimits } from './limits.ts';
import { refuseControlCharacters } from './resource-name.ts';
import { mergeTags } from './tags.ts';

export interface RuleTarget {
  readonly RuleName?: string | undefined;
  readonly RuleARN?: string | undefined;
}

/** Every call answers the rule as it is afterwards; `remove` as it was. */
export interface KeptSamplingRules {
  create(rule: SamplingRule, tags: readonly Tag[]): Promise<SamplingRuleRecord>;
  update(update: SamplingRuleUpdate): Promise<SamplingRuleRecord>;
  remove(target: RuleTarget): Promise<SamplingRuleRecord>;
  /** The Default rule too. */
  current(): SamplingRules;
}

export interface SamplingRulesOptions {
  readonly control: ControlPlane;
  readonly arns: Arns;
  readonly limits: ControlLimits;
  /** The Default rule's, until a client changes them. */
  readonly reservoirSize: number;
  readonly fixedRate: number;
  readonly region: string;
  readonly accountId: string;
  /** When this process began: the settings may have changed since clients fetched the rules. */
  readonly startUs: TimeUs;
  readonly nowSeconds: () => number;
}

export function createKeptSamplingRules(options: SamplingRulesOptions): KeptSamplingRules {
  const { control, arns, limits, nowSeconds } = options;
  const print = (rule: KeptRule): SamplingRuleRecord => printRule(rule, arns);

  /** In whole seconds, rounded up: a client that fetched the rules within this second fetches them again. */
  function modified(state: ControlState): ControlState {
    return { ...state, rulesModifiedAt: Math.ceil(nowSeconds()) };
  }

  return {
    create: (rule, tags) =>
      control.change((state) => {
        const now = Math.floor(nowSeconds());
        const created = readNewRule({ rule, tags, state, arns, limits, now });
        return { state: modified({ ...state, rules: [...state.rules, created] }), answer: print(created) };
      }),
    update: (update) =>
      control.change((state) => {
        const name = readTarget(update, arns, [...state.rules.map((rule) => rule.name), DEFAULT_RULE_NAME]);
        const now = Math.floor(nowSeconds());
        if (name === DEFAULT_RULE_NAME) {
          const updated = { ...state.defaultRule, ...readDefaultUpdate(update), modifiedAt: now };
          const next = modified({ ...state, defaultRule: updated });
          return { state: next, answer: printDefault(next, options) };
        }
        const rules = state.rules.map((rule) => (rule.name === name ? updateRule(rule, update, now) : rule));
        const updated = rules.find((rule) => rule.name === name);
        if (updated === undefined) throw new Error('a rule that was found is gone');
        return { state: modified({ ...state, rules }), answer: print(updated) };
      }),
    remove: (target) =>
      control.change((state) => {
        const name = readTarget(target, arns, [...state.rules.map((rule) => rule.name), DEFAULT_RULE_NAME]);
        const deleted = state.rules.find((rule) => rule.name === name);
        if (deleted === undefined)
          throw new ApiError('InvalidRequestException', 'the Default sampling rule cannot be deleted');
        const rules = state.rules.filter((rule) => rule !== deleted);
        return { state: modified({ ...state, rules }), answer: print(deleted) };
      }),
    current: () => ({
      records: [...control.state.rules.map(print), printDefault(control.state, options)],
      lastModified: Math.max(control.state.rulesModifiedAt, Math.floor(options.startUs / 1e6)),
    }),
  };
}

/** The name of the rule that is meant. */
function readTarget({ RuleName, RuleARN }: RuleTarget, arns: Arns, names: readonly string[]): string {
  if (RuleName === undefined && RuleARN === undefined)
    throw new ApiError('InvalidRequestException', 'RuleName or RuleARN must be given');
  const name = names.find(
    (one) => (RuleName === undefined || one === RuleName) && (RuleARN === undefined || arns.rule(one) === RuleARN),
  );
  if (name !== undefined) return name;
  const member = RuleName === undefined ? 'RuleARN' : 'RuleName';
  throw new ApiError('InvalidRequestException', `${member}: there is no sampling rule "${RuleName ?? RuleARN}"`);
}

interface NewRule {
  readonly rule: SamplingRule;
  readonly tags: readonly Tag[];
  readonly state: ControlState;
  readonly arns: Arns;
  readonly limits: ControlLimits;
  readonly now: number;
}

function readNewRule({ rule, tags, state, arns, limits, now }: NewRule): KeptRule {
  const { RuleName: name, RuleARN: arn } = rule;
  if (name === undefined) throw new ApiError('InvalidRequestException', 'SamplingRule.RuleName must be given');
  refuseControlCharacters('SamplingRule.RuleName', name);
  if (arn !== undefined && arn !== arns.rule(name))
    throw new ApiError('InvalidRequestException', 'SamplingRule.RuleARN is made by the server: leave it out');
  if (rule.Version !== 1) throw new ApiError('InvalidRequestException', 'SamplingRule.Version must be 1');
  if (name === DEFAULT_RULE_NAME || state.rules.some((one) => one.name === name))
    throw new ApiError('InvalidRequestException', `SamplingRule.RuleName: there is a rule "${name}" already`);
  if (state.rules.length >= limits.samplingRulesMax)
    throw new ApiError('RuleLimitExceededException', `there are ${limits.samplingRulesMax} sampling rules already`);
  return requireRule(
    {
      name,
      resourceArn: rule.ResourceARN,
      priority: rule.Priority,
      fixedRate: rule.FixedRate,
      reservoirSize: rule.ReservoirSize,
      serviceName: rule.ServiceName,
      serviceType: rule.ServiceType,
      host: rule.Host,
      httpMethod: rule.HTTPMethod,
      urlPath: rule.URLPath,
      attributes: rule.Attributes ?? {},
      boost: readBoost(rule.SamplingRateBoost),
      createdAt: now,
      modifiedAt: now,
      tags: mergeTags({ kept: {}, added: tags, resource: arns.rule(name), tagsMax: limits.tagsMax }),
    },
    'SamplingRule',
  );
}

function updateRule(rule: KeptRule, update: SamplingRuleUpdate, now: number): KeptRule {
  return requireRule(
    {
      ...rule,
      resourceArn: update.ResourceARN ?? rule.resourceArn,
      priority: update.Priority ?? rule.priority,
      fixedRate: update.FixedRate ?? rule.fixedRate,
      reservoirSize: update.ReservoirSize ?? rule.reservoirSize,
      serviceName: update.ServiceName ?? rule.serviceName,
      serviceType: update.ServiceType ?? rule.serviceType,
      host: update.Host ?? rule.host,
      httpMethod: update.HTTPMethod ?? rule.httpMethod,
      urlPath: update.URLPath ?? rule.urlPath,
      attributes: update.Attributes ?? rule.attributes,
      boost: readBoost(update.SamplingRateBoost) ?? rule.boost,
      modifiedAt: now,
    },
    'SamplingRuleUpdate',
  );
}

function readBoost(boost: SamplingRule['SamplingRateBoost']): KeptRule['boost'] {
  return boost === undefined ? null : { maxRate: boost.MaxRate, cooldownMinutes: boost.CooldownWindowMinutes };
}

/** What matches everything stays so: any other rule can do the rest. */
function readDefaultUpdate(update: SamplingRuleUpdate): Partial<ControlState['defaultRule']> {
  const {
    RuleName,
    RuleARN,
    FixedRate: fixedRate,
    ReservoirSize: reservoirSize,
    Priority,
    Attributes,
    ...others
  } = update;
  const changed = Object.entries(others).find(([, value]) => value !== undefined && value !== '*')?.[0];
  const isOther = Priority !== undefined && Priority !== DEFAULT_PRIORITY;
  const member =
    changed ?? (isOther ? 'Priority' : Object.keys(Attributes ?? {}).length > 0 ? 'Attributes' : undefined);
  if (member !== undefined) {
    throw new ApiError(
      'InvalidRequestException',
      `SamplingRuleUpdate.${member}: only FixedRate and ReservoirSize of the rule "${RuleName ?? RuleARN}" can be changed`,
    );
  }
  requireRates({ fixedRate: fixedRate ?? 0, reservoirSize: reservoirSize ?? 0 }, 'SamplingRuleUpdate');
  return { ...(fixedRate !== undefined && { fixedRate }), ...(reservoirSize !== undefined && { reservoirSize }) };
}

const DEFAULT_PRIORITY = 10_000;
const PRIORITY_MAX = 9_999;

function requireRule(rule: KeptRule, member: string): KeptRule {
  if (rule.priority < 1 || rule.priority > PRIORITY_MAX)
    throw new ApiError('InvalidRequestException', `${member}.Priority must be from 1 to ${PRIORITY_MAX}`);
  requireRates(rule, member);
  return rule;
}

function requireRates(
  { fixedRate, reservoirSize }: Pick<KeptRule, 'fixedRate' | 'reservoirSize'>,
  member: string,
): void {
  if (!(fixedRate >= 0 && fixedRate <= 1))
    throw new ApiError('InvalidRequestException', `${member}.FixedRate must be from 0 to 1`);
  if (reservoirSize < 0 || reservoirSize > RESERVOIR_SIZE_COUNT_MAX)
    throw new ApiError(
      'InvalidRequestException',
      `${member}.ReservoirSize must be from 0 to ${RESERVOIR_SIZE_COUNT_MAX}`,
    );
}

function printRule(rule: KeptRule, arns: Arns): SamplingRuleRecord {
  return {
    SamplingRule: {
      RuleName: rule.name,
      RuleARN: arns.rule(rule.name),
      ResourceARN: rule.resourceArn,
      Priority: rule.priority,
      FixedRate: rule.fixedRate,
      ReservoirSize: rule.reservoirSize,
      ServiceName: rule.serviceName,
      ServiceType: rule.serviceType,
      Host: rule.host,
      HTTPMethod: rule.httpMethod,
      URLPath: rule.urlPath,
      Version: 1,
      Attributes: rule.attributes,
      ...(rule.boost !== null && {
        SamplingRateBoost: { MaxRate: rule.boost.maxRate, CooldownWindowMinutes: rule.boost.cooldownMinutes },
      }),
    },
    CreatedAt: rule.createdAt,
    ModifiedAt: rule.modifiedAt,
  };
}

function printDefault({ defaultRule: kept }: ControlState, options: SamplingRulesOptions): SamplingRuleRecord {
  const { reservoirSize, fixedRate, startUs, region, accountId } = options;
  const record = defaultRule({
    reservoirSize: kept.reservoirSize ?? reservoirSize,
    fixedRate: kept.fixedRate ?? fixedRate,
    createdUs: startUs,
    region,
    accountId,
  });
  return kept.modifiedAt === 0 ? record : { ...record, ModifiedAt: kept.modifiedAt };
}
