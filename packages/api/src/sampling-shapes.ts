// Sampling as it stands on the wire (XRAY-SPEC §4.2, §8): times are float seconds since 1970.

export interface SamplingRateBoost {
  readonly MaxRate: number;
  readonly CooldownWindowMinutes: number;
}

/** SDKs skip a rule without `Attributes`, or with a `ResourceARN` other than `*`. */
export interface SamplingRule {
  readonly RuleName?: string | undefined;
  readonly RuleARN?: string | undefined;
  readonly ResourceARN: string;
  readonly Priority: number;
  /** 0 to 1, of the requests beyond the reservoir. */
  readonly FixedRate: number;
  /** Requests a second, of all clients together. */
  readonly ReservoirSize: number;
  readonly ServiceName: string;
  readonly ServiceType: string;
  readonly Host: string;
  readonly HTTPMethod: string;
  readonly URLPath: string;
  readonly Version: number;
  readonly Attributes?: Readonly<Record<string, string>> | undefined;
  readonly SamplingRateBoost?: SamplingRateBoost | undefined;
}

/** What is left out stays as it is. */
export interface SamplingRuleUpdate {
  readonly RuleName?: string | undefined;
  readonly RuleARN?: string | undefined;
  readonly ResourceARN?: string | undefined;
  readonly Priority?: number | undefined;
  readonly FixedRate?: number | undefined;
  readonly ReservoirSize?: number | undefined;
  readonly Host?: string | undefined;
  readonly ServiceName?: string | undefined;
  readonly ServiceType?: string | undefined;
  readonly HTTPMethod?: string | undefined;
  readonly URLPath?: string | undefined;
  readonly Attributes?: Readonly<Record<string, string>> | undefined;
  readonly SamplingRateBoost?: SamplingRateBoost | undefined;
}

export interface SamplingRuleRecord {
  readonly SamplingRule?: SamplingRule;
  readonly CreatedAt?: number;
  readonly ModifiedAt?: number;
}

/** What one client saw of one rule since its last report. */
export interface SamplingStatisticsDocument {
  readonly RuleName: string;
  /** 24 hex digits, of one process. */
  readonly ClientID: string;
  readonly Timestamp: number;
  readonly RequestCount: number;
  /** X-Ray's SDKs leave borrowed requests out, OpenTelemetry's sampler counts them in. */
  readonly SampledCount: number;
  readonly BorrowCount?: number | undefined;
}

/** What clients with adaptive sampling saw of one rule and service. */
export interface SamplingBoostStatisticsDocument {
  readonly RuleName: string;
  readonly ServiceName: string;
  readonly Timestamp: number;
  readonly AnomalyCount: number;
  readonly TotalCount: number;
  readonly SampledAnomalyCount: number;
}

export interface SamplingBoost {
  readonly BoostRate: number;
  readonly BoostRateTTL: number;
}

export interface SamplingTargetDocument {
  readonly RuleName?: string;
  readonly FixedRate?: number;
  /** Requests a second for this client, until `ReservoirQuotaTTL`. */
  readonly ReservoirQuota?: number;
  readonly ReservoirQuotaTTL?: number;
  /** Seconds until the next report. */
  readonly Interval?: number;
  readonly SamplingBoost?: SamplingBoost;
}

export interface UnprocessedStatistics {
  readonly RuleName?: string;
  readonly ErrorCode?: string;
  readonly Message?: string;
}

/** What all clients together saw of one rule, in a window of some seconds that begins at `Timestamp`. */
export interface SamplingStatisticSummary {
  readonly RuleName?: string;
  readonly Timestamp?: number;
  readonly RequestCount?: number;
  readonly BorrowCount?: number;
  readonly SampledCount?: number;
}
