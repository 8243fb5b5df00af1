// What is kept for all clients, as it stands on the wire (XRAY-SPEC §4.3, §9): times are float seconds since 1970.

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface InsightsConfiguration {
  readonly InsightsEnabled?: boolean | undefined;
  readonly NotificationsEnabled?: boolean | undefined;
}

/** Traces that match an expression. X-Ray names the same shape GroupSummary in lists. */
export interface Group {
  readonly GroupName?: string;
  readonly GroupARN?: string;
  readonly FilterExpression?: string;
  readonly InsightsConfiguration?: InsightsConfiguration;
}

export interface ResourcePolicy {
  readonly PolicyName?: string;
  /** JSON text. */
  readonly PolicyDocument?: string;
  /** Another one after each change. */
  readonly PolicyRevisionId?: string;
  readonly LastUpdatedTime?: number;
}

export type EncryptionType = 'NONE' | 'KMS';

export interface EncryptionConfig {
  readonly KeyId?: string;
  readonly Status?: 'UPDATING' | 'ACTIVE';
  readonly Type?: EncryptionType;
}

export type TraceSegmentDestination = 'XRay' | 'CloudWatchLogs';
export type TraceSegmentDestinationStatus = 'PENDING' | 'ACTIVE';

export interface IndexingRule {
  readonly Name?: string;
  readonly ModifiedAt?: number;
  readonly Rule?: IndexingRuleValue;
}

/** On the wire a member of one name; X-Ray may add other kinds beside it. */
export interface IndexingRuleValue {
  readonly Probabilistic?: {
    readonly DesiredSamplingPercentage: number;
    readonly ActualSamplingPercentage?: number;
  };
}

export interface IndexingRuleValueUpdate {
  readonly Probabilistic?: { readonly DesiredSamplingPercentage: number } | undefined;
}
