/**
 * X-Ray's shapes as they stand on the wire (XRAY-SPEC §4.2): times are float seconds since 1970, absent
 * members are left out. `operations.type-test.ts` proves them equal to `@aws-sdk/client-xray`'s.
 */
export interface ServiceId {
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly AccountId?: string;
  readonly Type?: string;
}

export interface Alias {
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly Type?: string;
}

export interface ErrorStatistics {
  readonly ThrottleCount?: number;
  readonly OtherCount?: number;
  readonly TotalCount?: number;
}

export interface FaultStatistics {
  readonly OtherCount?: number;
  readonly TotalCount?: number;
}

/** Of a service or of an edge. */
export interface SummaryStatistics {
  readonly OkCount?: number;
  readonly ErrorStatistics?: ErrorStatistics;
  readonly FaultStatistics?: FaultStatistics;
  readonly TotalCount?: number;
  /** Seconds. */
  readonly TotalResponseTime?: number;
}

export interface HistogramEntry {
  /** Seconds. */
  readonly Value?: number;
  readonly Count?: number;
}

/** `Histogram`: how the server holds it until it is printed as entries. */
export interface Edge<Histogram = readonly HistogramEntry[]> {
  readonly ReferenceId?: number;
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly SummaryStatistics?: SummaryStatistics;
  readonly ResponseTimeHistogram?: Histogram;
  readonly Aliases?: readonly Alias[];
  readonly EdgeType?: string;
  readonly ReceivedEventAgeHistogram?: Histogram;
}

export interface Service<Histogram = readonly HistogramEntry[]> {
  readonly ReferenceId?: number;
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly Root?: boolean;
  readonly AccountId?: string;
  readonly Type?: string;
  readonly State?: string;
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly Edges?: readonly Edge<Histogram>[];
  readonly SummaryStatistics?: SummaryStatistics;
  readonly DurationHistogram?: Histogram;
  readonly ResponseTimeHistogram?: Histogram;
}

export interface Http {
  readonly HttpURL?: string;
  readonly HttpStatus?: number;
  readonly HttpMethod?: string;
  readonly UserAgent?: string;
  readonly ClientIp?: string;
}

export interface WireAnnotationValue {
  readonly NumberValue?: number;
  readonly BooleanValue?: boolean;
  readonly StringValue?: string;
}

export interface ValueWithServiceIds {
  readonly AnnotationValue?: WireAnnotationValue;
  readonly ServiceIds?: readonly ServiceId[];
}

export interface TraceUserName {
  readonly UserName?: string;
  readonly ServiceIds?: readonly ServiceId[];
}

export interface TraceSummary {
  readonly Id?: string;
  readonly StartTime?: number;
  readonly Duration?: number;
  readonly ResponseTime?: number;
  readonly HasFault?: boolean;
  readonly HasError?: boolean;
  readonly HasThrottle?: boolean;
  readonly IsPartial?: boolean;
  readonly Http?: Http;
  readonly Annotations?: Readonly<Record<string, readonly ValueWithServiceIds[]>>;
  readonly Users?: readonly TraceUserName[];
  readonly ServiceIds?: readonly ServiceId[];
  readonly ResourceARNs?: readonly { readonly ARN?: string }[];
  readonly InstanceIds?: readonly { readonly Id?: string }[];
  readonly AvailabilityZones?: readonly { readonly Name?: string }[];
  readonly EntryPoint?: ServiceId;
  readonly FaultRootCauses?: readonly RootCause<ExceptionEntity>[];
  readonly ErrorRootCauses?: readonly RootCause<ExceptionEntity>[];
  readonly ResponseTimeRootCauses?: readonly RootCause<CoverageEntity>[];
  readonly Revision?: number;
  readonly MatchedEventTime?: number;
}

/** A chain of services from the entry point to the deepest responsible one (XRAY-SPEC §7.3). */
export interface RootCause<Entity> {
  readonly Services?: readonly RootCauseService<Entity>[];
  readonly ClientImpacting?: boolean;
}

export interface RootCauseService<Entity> {
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly Type?: string;
  readonly AccountId?: string;
  readonly EntityPath?: readonly Entity[];
  readonly Inferred?: boolean;
}

export interface ExceptionEntity {
  readonly Name?: string;
  readonly Exceptions?: readonly { readonly Name?: string; readonly Message?: string }[];
  readonly Remote?: boolean;
}

export interface CoverageEntity {
  readonly Name?: string;
  /** Its time as a share of the root's response time. */
  readonly Coverage?: number;
  readonly Remote?: boolean;
}

export interface WireSegment {
  readonly Id?: string;
  /** JSON text. */
  readonly Document?: string;
}

export interface Trace {
  readonly Id?: string;
  readonly Duration?: number;
  readonly LimitExceeded?: boolean;
  readonly Segments?: readonly WireSegment[];
}

export interface UnprocessedTraceSegment {
  readonly Id?: string;
  readonly ErrorCode?: string;
  readonly Message?: string;
}

/** Statistics of one period: of the edges or of the services that were asked for. */
export interface TimeSeriesServiceStatistics<Histogram = readonly HistogramEntry[]> {
  readonly Timestamp?: number;
  readonly EdgeSummaryStatistics?: SummaryStatistics;
  readonly ServiceSummaryStatistics?: SummaryStatistics;
  readonly ServiceForecastStatistics?: { readonly FaultCountHigh?: number; readonly FaultCountLow?: number };
  readonly ResponseTimeHistogram?: Histogram;
}
