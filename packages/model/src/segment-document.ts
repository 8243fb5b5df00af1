import type { SegmentId } from './segment-id.ts';
import type { TraceId } from './trace-id.ts';

/** Any JSON value; what users put into metadata and SDKs into `aws`. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export type AnnotationValue = string | number | boolean;

export interface HttpRequest {
  readonly method?: string;
  readonly url?: string;
  readonly user_agent?: string;
  readonly client_ip?: string;
  readonly x_forwarded_for?: boolean;
  readonly traced?: boolean;
}

export interface HttpResponse {
  readonly status?: number;
  readonly content_length?: number;
}

export interface HttpBlock {
  readonly request?: HttpRequest;
  readonly response?: HttpResponse;
}

export interface StackFrame {
  readonly path?: string;
  /** SDKs also send null (XRAY-SPEC §2.6); it is dropped on the way in. */
  readonly line?: number;
  readonly label?: string;
}

export interface Exception {
  readonly id?: string;
  readonly message?: string;
  readonly type?: string;
  readonly remote?: boolean;
  readonly truncated?: number;
  readonly skipped?: number;
  readonly cause?: string;
  readonly stack?: readonly StackFrame[];
}

/** `id` names an exception, or (Node SDK) the subsegment that holds it. */
export interface CauseBlock {
  readonly id?: string;
  readonly working_directory?: string;
  readonly paths?: readonly string[];
  readonly exceptions?: readonly Exception[];
}

export interface Link {
  readonly trace_id: TraceId;
  readonly id?: SegmentId;
  readonly attributes?: JsonObject;
}

/** What segments and subsegments share (XRAY-SPEC §2.1). Times are float seconds since 1970. */
export interface EntityDocument {
  readonly id: SegmentId;
  readonly name: string;
  readonly start_time: number;
  /** Present exactly when `in_progress` is absent. */
  readonly end_time?: number;
  readonly in_progress?: true;
  readonly http?: HttpBlock;
  readonly aws?: JsonObject;
  readonly error?: boolean;
  readonly throttle?: boolean;
  readonly fault?: boolean;
  readonly cause?: string | CauseBlock;
  readonly annotations?: { readonly [key: string]: AnnotationValue };
  readonly metadata?: JsonObject;
  readonly links?: readonly Link[];
  readonly subsegments?: readonly SubsegmentDocument[];
}

/** A subsegment as embedded in its parent. */
export interface SubsegmentDocument extends EntityDocument {
  /** `aws`: a call through an AWS SDK; `remote`: any other call; absent: local work. */
  readonly namespace?: string;
  readonly sql?: JsonObject;
  readonly traced?: boolean;
  readonly precursor_ids?: readonly SegmentId[];
}

/** A segment, sent on its own. */
export interface SegmentDocument extends EntityDocument {
  readonly trace_id: TraceId;
  readonly type?: undefined;
  readonly parent_id?: SegmentId;
  readonly origin?: string;
  readonly user?: string;
  readonly resource_arn?: string;
  readonly service?: JsonObject;
  /** True on segments that Fluoroscope made up for the far end of a call (XRAY-SPEC §6.3). */
  readonly inferred?: true;
  readonly sql?: JsonObject;
}

/** A subsegment sent on its own (XRAY-SPEC §2.7). */
export interface IndependentSubsegmentDocument extends SubsegmentDocument {
  readonly trace_id: TraceId;
  readonly type: 'subsegment';
  readonly parent_id: SegmentId;
}

/** One accepted, cleaned document. */
export type TraceDocument = SegmentDocument | IndependentSubsegmentDocument;
