import type { SamplingRule, SamplingTargetDocument } from '@fluoroscope/api';
import { bad, ok, type Result } from '@fluoroscope/model/result';

export interface RulesPage {
  /** A rule that lacks something is left out. */
  readonly rules: readonly SamplingRule[];
  readonly nextToken: string | null;
}

/** Rules of another are for clients of another kind: X-Ray's SDKs leave them out. */
const RULE_VERSION = 1;
/** Of one answer. */
const RULES_MAX = 1_000;
const ATTRIBUTES_MAX = 50;

/** answer = {"SamplingRuleRecords": [ {"SamplingRule": {…}}, … ], "NextToken": …} */
export function decodeRules(text: string): Result<RulesPage, 'malformed'> {
  const answer = parseJson(text);
  const records = memberOf(answer, 'SamplingRuleRecords');
  if (!Array.isArray(records)) return bad('malformed');
  const rules = records.slice(0, RULES_MAX).flatMap((record: unknown) => {
    const rule = readRule(memberOf(record, 'SamplingRule'));
    return rule === null ? [] : [rule];
  });
  return ok({ rules, nextToken: textOf(answer, 'NextToken') });
}

export interface Targets {
  readonly targets: readonly SamplingTargetDocument[];
  /** Seconds since 1970: rules that are older must be fetched again. */
  readonly lastModified: number;
}

/** answer = {"SamplingTargetDocuments": [ {"RuleName": …, "FixedRate": …, "ReservoirQuota": …, …}, … ], "LastRuleModification": …} */
export function decodeTargets(text: string): Result<Targets, 'malformed'> {
  const answer = parseJson(text);
  const documents = memberOf(answer, 'SamplingTargetDocuments');
  if (!Array.isArray(documents)) return bad('malformed');
  const targets = documents.slice(0, RULES_MAX).flatMap((document: unknown): SamplingTargetDocument[] => {
    const RuleName = textOf(document, 'RuleName');
    return RuleName === null ? [] : [{ RuleName, ...numbersOf(document) }];
  });
  return ok({ targets, lastModified: numberOf(answer, 'LastRuleModification') ?? 0 });
}

function numbersOf(document: unknown): Omit<SamplingTargetDocument, 'RuleName'> {
  const found: Record<string, number> = {};
  for (const name of ['FixedRate', 'ReservoirQuota', 'ReservoirQuotaTTL', 'Interval']) {
    const value = numberOf(document, name);
    if (value !== null && value >= 0) found[name] = value;
  }
  return found;
}

function readRule(rule: unknown): SamplingRule | null {
  const text = (name: string): string => textOf(rule, name) ?? '';
  const RuleName = textOf(rule, 'RuleName');
  const FixedRate = numberOf(rule, 'FixedRate');
  const ReservoirSize = numberOf(rule, 'ReservoirSize');
  const Priority = numberOf(rule, 'Priority');
  if (RuleName === null || FixedRate === null || ReservoirSize === null || Priority === null) return null;
  if ((numberOf(rule, 'Version') ?? RULE_VERSION) !== RULE_VERSION) return null;
  const attributes = memberOf(rule, 'Attributes');
  return {
    RuleName,
    Priority,
    FixedRate,
    ReservoirSize,
    Version: RULE_VERSION,
    ResourceARN: text('ResourceARN') || '*',
    ServiceName: text('ServiceName'),
    ServiceType: text('ServiceType'),
    Host: text('Host'),
    HTTPMethod: text('HTTPMethod'),
    URLPath: text('URLPath'),
    Attributes: Object.fromEntries(
      Object.entries(typeof attributes === 'object' && attributes !== null ? attributes : {})
        .filter((pair): pair is [string, string] => typeof pair[1] === 'string')
        .slice(0, ATTRIBUTES_MAX),
    ),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function textOf(value: unknown, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === 'string' ? member : null;
}

function numberOf(value: unknown, name: string): number | null {
  const member = memberOf(value, name);
  return typeof member === 'number' && Number.isFinite(member) ? member : null;
}
