import { isRecord } from '../objects.ts';

export interface BaseRuleConfig {
  http_method: string;
  url_path: string;
  /** Requests a second that are sampled before the rate applies; of this process alone. */
  fixed_target: number;
  /** 0 to 1. */
  rate: number;
  description?: string;
}

export interface RuleConfigV1 extends BaseRuleConfig {
  service_name: string;
}

export interface RuleConfigV2 extends BaseRuleConfig {
  host: string;
}

export type RuleConfig = RuleConfigV1 | RuleConfigV2;

export interface DefaultRuleConfig {
  fixed_target: number;
  rate: number;
}

export interface RulesConfig {
  version: number;
  default: DefaultRuleConfig;
  rules?: RuleConfig[];
}

export interface LocalRule {
  readonly host: string;
  readonly httpMethod: string;
  readonly urlPath: string;
  readonly fixedTarget: number;
  readonly rate: number;
}

export const DEFAULT_RULES: RulesConfig = { version: 2, default: { fixed_target: 1, rate: 0.05 } };

/** More rules than anyone writes by hand; each is held against each request. */
const RULES_MAX = 1_000;

/**
 * file = { version: 1 / 2, rules?: [ rule ], default: { fixed_target, rate } }
 * rule = { description?, host (2) / service_name (1), http_method, url_path, fixed_target, rate }
 *
 * The last rule that comes out is the default: it matches everything.
 * @throws Error that names the rule and the field
 */
export function readLocalRules(config: unknown): readonly LocalRule[] {
  if (!isRecord(config) || !config['version']) fail('Missing "version" attribute.');
  const { version, rules, default: fallback } = config;
  if (version !== 1 && version !== 2) fail(`Unknown version "${JSON.stringify(version)?.replaceAll('"', '')}".`);
  if (!isRecord(fallback)) {
    fail('Expecting "default" object to be defined with attributes "fixed_target" and "rate".');
  }
  for (const key of Object.keys(fallback)) {
    if (key !== 'fixed_target' && key !== 'rate') fail(`Invalid attribute for default: ${key}.`);
  }
  const given: readonly unknown[] = Array.isArray(rules) ? rules : [];
  if (given.length > RULES_MAX) fail(`More than ${RULES_MAX} rules.`);
  return [
    ...given.map((rule, at) => readRule(rule, at, version === 1 ? 'service_name' : 'host')),
    { host: '*', httpMethod: '*', urlPath: '*', ...readShare(fallback, 'default') },
  ];
}

function readRule(rule: unknown, at: number, hostKey: string): LocalRule {
  const where = `rules[${at}]`;
  if (!isRecord(rule)) fail(`${where} is no object.`);
  const known = [hostKey, 'http_method', 'url_path', 'fixed_target', 'rate'];
  for (const key of Object.keys(rule)) {
    if (!known.includes(key) && key !== 'description') fail(`${where} has invalid attribute: ${key}.`);
  }
  const missing = known.filter((key) => rule[key] === undefined);
  if (missing.length > 0) fail(`${where} is missing required attributes: ${missing.join(',')}.`);
  const text = (key: string): string => {
    const value = rule[key];
    return typeof value === 'string' && value !== ''
      ? value
      : fail(`${where} attribute "${key}" has invalid value: ${String(value)}.`);
  };
  return { host: text(hostKey), httpMethod: text('http_method'), urlPath: text('url_path'), ...readShare(rule, where) };
}

function readShare(from: Readonly<Record<string, unknown>>, where: string): Pick<LocalRule, 'fixedTarget' | 'rate'> {
  const { fixed_target: fixedTarget, rate } = from;
  if (typeof fixedTarget !== 'number' || !Number.isInteger(fixedTarget) || fixedTarget < 0) {
    fail(`${where} attribute "fixed_target" must be a non-negative integer.`);
  }
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
    fail(`${where} attribute "rate" must be a number between 0 and 1 inclusive.`);
  }
  return { fixedTarget, rate };
}

function fail(problem: string): never {
  throw new Error(`Error in sampling file. ${problem}`);
}
