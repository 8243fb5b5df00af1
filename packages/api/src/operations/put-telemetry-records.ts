import { z } from 'zod';
import { TELEMETRY_RECORDS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { listOf, optional, text, timestamp } from './schema.ts';

export interface PutTelemetryRecordsInput {
  readonly TelemetryRecords: readonly TelemetryRecord[];
  readonly EC2InstanceId?: string | undefined;
  readonly Hostname?: string | undefined;
  readonly ResourceARN?: string | undefined;
}

/** What a daemon counted since its last record (XRAY-SPEC §3.3). */
export interface TelemetryRecord {
  readonly Timestamp: number;
  readonly SegmentsReceivedCount?: number | undefined;
  readonly SegmentsSentCount?: number | undefined;
  readonly SegmentsSpilloverCount?: number | undefined;
  readonly SegmentsRejectedCount?: number | undefined;
  readonly BackendConnectionErrors?: BackendConnectionErrors | undefined;
}

export interface BackendConnectionErrors {
  readonly TimeoutCount?: number | undefined;
  readonly ConnectionRefusedCount?: number | undefined;
  readonly HTTPCode4XXCount?: number | undefined;
  readonly HTTPCode5XXCount?: number | undefined;
  readonly UnknownHostCount?: number | undefined;
  readonly OtherCount?: number | undefined;
}

/** No members. */
// oxlint-disable-next-line typescript/no-empty-object-type -- X-Ray's own shape
export interface PutTelemetryRecordsOutput {}

// The model lets a count be any integer, below zero too.
const integer = optional(z.int());

const connectionErrors: z.ZodType<BackendConnectionErrors> = z.object({
  TimeoutCount: integer,
  ConnectionRefusedCount: integer,
  HTTPCode4XXCount: integer,
  HTTPCode5XXCount: integer,
  UnknownHostCount: integer,
  OtherCount: integer,
});

const record: z.ZodType<TelemetryRecord> = z.object({
  Timestamp: timestamp,
  SegmentsReceivedCount: integer,
  SegmentsSentCount: integer,
  SegmentsSpilloverCount: integer,
  SegmentsRejectedCount: integer,
  BackendConnectionErrors: optional(connectionErrors),
});

export const putTelemetryRecords: Operation<'put-telemetry-records', PutTelemetryRecordsInput> = {
  name: 'put-telemetry-records',
  path: '/TelemetryRecords',
  input: z.object({
    TelemetryRecords: listOf(record, TELEMETRY_RECORDS_MAX),
    EC2InstanceId: optional(text(20)),
    Hostname: optional(text(255)),
    ResourceARN: optional(text(500)),
  }),
};
