import { isRecord } from '../objects.ts';

/** More rules than an account can have, by far. */
const RULES_MAX = 1_000;

/** A central rule, as far as this SDK uses it. */
export interface CentralRule {
  readonly name: string;
  readonly priority: number;
  readonly fixedRate: number;
  readonly reservoirSize: number;
  readonly host: string;
  readonly httpMethod: string;
  readonly urlPath: string;
  readonly serviceName: string;
  readonly serviceType: string;
}

export interface SamplingTarget {
  readonly ruleName: string;
  readonly fixedRate: number | undefined;
  /** Requests a second. */
  readonly quota: number | undefined;
  /** Epoch seconds. */
  readonly quotaUntil: number | undefined;
  /** Seconds until the next report. */
  readonly interval: number | undefined;
}

export interface SamplingTargets {
  readonly targets: readonly SamplingTarget[];
  /** Epoch seconds. */
  readonly lastRuleModification: number | undefined;
}

/**
 * What GetSamplingRules answers, in the order in which rules are tried. Rules for other kinds of clients (a version that is not 1, an
 * ARN, attributes) and broken ones are left out. Undefined for what is no answer.
 */
export function readSamplingRules(body: unknown): readonly CentralRule[] | undefined {
  const records = isRecord(body) ? body['SamplingRuleRecords'] : undefined;
  if (!Array.isArray(records)) return undefined;
  return records
    .slice(0, RULES_MAX)
    .map((record: unknown) => readRule(isRecord(record) ? record['SamplingRule'] : undefined))
    .filter((rule) => rule !== undefined)
    .toSorted((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** What GetSamplingTargets answers. Undefined for what is no answer. */
export function readSamplingTargets(body: unknown): SamplingTargets | undefined {
  if (!isRecord(body)) return undefined;
  const documents: readonly unknown[] = Array.isArray(body['SamplingTargetDocuments'])
    ? body['SamplingTargetDocuments']
    : [];
  const targets = documents.slice(0, RULES_MAX).flatMap((document): readonly SamplingTarget[] => {
    if (!isRecord(document) || typeof document['RuleName'] !== 'string') return [];
    return [
      {
        ruleName: document['RuleName'],
        fixedRate: numberWithin(document['FixedRate'], 1),
        quota: numberWithin(document['ReservoirQuota'], Number.MAX_SAFE_INTEGER),
        quotaUntil: numberWithin(document['ReservoirQuotaTTL'], Number.MAX_SAFE_INTEGER),
        interval: numberWithin(document['Interval'], Number.MAX_SAFE_INTEGER),
      },
    ];
  });
  return { targets, lastRuleModification: numberWithin(body['LastRuleModification'], Number.MAX_SAFE_INTEGER) };
}

function readRule(rule: unknown): CentralRule | undefined {
  if (!isRecord(rule) || rule['Version'] !== 1 || rule['ResourceARN'] !== '*') return undefined;
  const attributes = rule['Attributes'];
  if (isRecord(attributes) && Object.keys(attributes).length > 0) return undefined;
  const name = rule['RuleName'];
  const priority = numberWithin(rule['Priority'], Number.MAX_SAFE_INTEGER);
  const fixedRate = numberWithin(rule['FixedRate'], 1);
  if (typeof name !== 'string' || name === '' || priority === undefined || fixedRate === undefined) return undefined;
  const pattern = (key: string): string => (typeof rule[key] === 'string' ? rule[key] : '*');
  return {
    name,
    priority,
    fixedRate,
    reservoirSize: numberWithin(rule['ReservoirSize'], Number.MAX_SAFE_INTEGER) ?? 0,
    host: pattern('Host'),
    httpMethod: pattern('HTTPMethod'),
    urlPath: pattern('URLPath'),
    serviceName: pattern('ServiceName'),
    serviceType: pattern('ServiceType'),
  };
}

function numberWithin(value: unknown, max: number): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= max ? value : undefined;
}
