import type { EndpointCounts, IntakeCounts } from './counters.ts';
import { TELEMETRY_RECORDS_KEPT_MAX, TELEMETRY_RECORDS_PER_CALL_MAX } from './limits.ts';

/** Of X-Ray's API, below the endpoint. */
export const TELEMETRY_PATH = '/TelemetryRecords';

/** Who reports; empty for unknown. */
export interface Reporter {
  readonly instanceId: string;
  readonly hostname: string;
  readonly resourceArn: string;
}

export interface TelemetryRecord {
  readonly Timestamp: number;
  readonly SegmentsReceivedCount: number;
  readonly SegmentsSentCount: number;
  readonly SegmentsSpilloverCount: number;
  readonly SegmentsRejectedCount: number;
  readonly BackendConnectionErrors: {
    readonly TimeoutCount: number;
    readonly ConnectionRefusedCount: number;
    readonly HTTPCode4XXCount: number;
    readonly HTTPCode5XXCount: number;
    readonly UnknownHostCount: number;
    readonly OtherCount: number;
  };
}

/** Records not told to the endpoint yet; a thirty-first costs the oldest. */
export interface Telemetry {
  readonly add: (intake: IntakeCounts, calls: EndpointCounts, atMs: number) => void;
  /** Tells what there is. Records of a failed call stay. Never rejects. */
  readonly post: () => Promise<void>;
}

export function createTelemetry(options: {
  /** Whether the endpoint took it. */
  readonly put: (body: string) => Promise<boolean>;
  readonly reporter: () => Promise<Reporter>;
}): Telemetry {
  const { put, reporter } = options;
  const records: TelemetryRecord[] = [];
  return {
    add(intake, calls, atMs) {
      records.push(recordOf(intake, calls, atMs));
      if (records.length > TELEMETRY_RECORDS_KEPT_MAX) records.shift();
    },
    async post() {
      const { instanceId, hostname, resourceArn } = await reporter();
      while (records.length > 0) {
        const told = records.slice(0, TELEMETRY_RECORDS_PER_CALL_MAX);
        const body = JSON.stringify({
          TelemetryRecords: told,
          ...(instanceId !== '' && { EC2InstanceId: instanceId }),
          ...(hostname !== '' && { Hostname: hostname }),
          ...(resourceArn !== '' && { ResourceARN: resourceArn }),
        });
        if (!(await put(body).catch(() => false))) return;
        const kept = records.filter((record) => !told.includes(record));
        records.splice(0, records.length, ...kept);
      }
    },
  };
}

function recordOf(intake: IntakeCounts, calls: EndpointCounts, atMs: number): TelemetryRecord {
  return {
    Timestamp: Math.floor(atMs / 1_000),
    SegmentsReceivedCount: intake.received,
    SegmentsSentCount: Math.max(calls.sent, 0),
    SegmentsSpilloverCount: intake.spilled + calls.spilled,
    SegmentsRejectedCount: intake.rejected + calls.rejected,
    BackendConnectionErrors: {
      TimeoutCount: calls.timeouts,
      ConnectionRefusedCount: calls.refusedConnections,
      HTTPCode4XXCount: calls.status4xx,
      HTTPCode5XXCount: calls.status5xx,
      UnknownHostCount: calls.unknownHosts,
      OtherCount: calls.otherErrors,
    },
  };
}
