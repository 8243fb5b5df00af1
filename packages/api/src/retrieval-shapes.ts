import type { Service } from './shapes.ts';

// Traces asked for by id in two steps (XRAY-SPEC §4.3, Transaction Search family).

export type RetrievalStatus = 'SCHEDULED' | 'RUNNING' | 'COMPLETE' | 'FAILED' | 'CANCELLED' | 'TIMEOUT';
export type TraceFormat = 'XRAY' | 'OTEL';

export interface RetrievedTrace {
  readonly Id?: string;
  /** Seconds. */
  readonly Duration?: number;
  readonly Spans?: readonly RetrievedSpan[];
}

export interface RetrievedSpan {
  readonly Id?: string;
  /** JSON text. */
  readonly Document?: string;
}

export interface RetrievedService {
  readonly Service?: Service;
  readonly Links?: readonly GraphLink[];
}

export interface GraphLink {
  readonly ReferenceType?: string;
  readonly SourceTraceId?: string;
  readonly DestinationTraceIds?: readonly string[];
}
