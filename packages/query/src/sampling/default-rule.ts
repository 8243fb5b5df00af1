import type { SamplingRuleRecord } from '@fluoroscope/api';
import { secondsFromUs, type TimeUs } from '@fluoroscope/model';

export interface DefaultRuleOptions {
  /** Traces a second, of all clients together. */
  readonly reservoirSize: number;
  /** 0 to 1, of the requests beyond the reservoir. */
  readonly fixedRate: number;
  /** When these values came to hold; clients fetch the rules again when it is newer than what they have. */
  readonly createdUs: TimeUs;
  /** Only shown, in the rule's ARN. */
  readonly region?: string;
  readonly accountId?: string;
}

export const DEFAULT_RULE_NAME = 'Default';

/** Behind all custom rules, which have 1 to 9999. */
const DEFAULT_RULE_PRIORITY = 10_000;

/** The rule that matches what no other does. Each member stands there because some SDK skips a rule without it. */
export function defaultRule(
  options: DefaultRuleOptions,
): SamplingRuleRecord & Required<Pick<SamplingRuleRecord, 'SamplingRule'>> {
  const { reservoirSize, fixedRate, createdUs, region = 'us-east-1', accountId = '000000000000' } = options;
  return {
    SamplingRule: {
      RuleName: DEFAULT_RULE_NAME,
      RuleARN: `arn:aws:xray:${region}:${accountId}:sampling-rule/${DEFAULT_RULE_NAME}`,
      ResourceARN: '*',
      Priority: DEFAULT_RULE_PRIORITY,
      FixedRate: fixedRate,
      ReservoirSize: reservoirSize,
      ServiceName: '*',
      ServiceType: '*',
      Host: '*',
      HTTPMethod: '*',
      URLPath: '*',
      Version: 1,
      Attributes: {},
    },
    CreatedAt: 0,
    ModifiedAt: Math.floor(secondsFromUs(createdUs)),
  };
}
