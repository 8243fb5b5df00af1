import type { ServiceId } from './shapes.ts';

// Insights as they stand on the wire (XRAY-SPEC §4.3, §9): times are float seconds since 1970.

export type InsightState = 'ACTIVE' | 'CLOSED';

export interface RequestImpactStatistics {
  readonly FaultCount?: number;
  readonly OkCount?: number;
  readonly TotalCount?: number;
}

export interface AnomalousService {
  readonly ServiceId?: ServiceId;
}

export interface Insight {
  readonly InsightId?: string;
  readonly GroupARN?: string;
  readonly GroupName?: string;
  readonly RootCauseServiceId?: ServiceId;
  readonly Categories?: readonly 'FAULT'[];
  readonly State?: InsightState;
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly Summary?: string;
  readonly ClientRequestImpactStatistics?: RequestImpactStatistics;
  readonly RootCauseServiceRequestImpactStatistics?: RequestImpactStatistics;
  readonly TopAnomalousServices?: readonly AnomalousService[];
}

export interface InsightSummary extends Insight {
  readonly LastUpdateTime?: number;
}

export interface InsightEvent {
  readonly Summary?: string;
  readonly EventTime?: number;
  readonly ClientRequestImpactStatistics?: RequestImpactStatistics;
  readonly RootCauseServiceRequestImpactStatistics?: RequestImpactStatistics;
  readonly TopAnomalousServices?: readonly AnomalousService[];
}

export interface InsightImpactGraphService {
  readonly ReferenceId?: number;
  readonly Type?: string;
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly AccountId?: string;
  readonly Edges?: readonly { readonly ReferenceId?: number }[];
}
