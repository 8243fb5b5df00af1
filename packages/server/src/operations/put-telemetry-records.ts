import type { TelemetryRecord } from '@fluoroscope/api/operations';
import type { Events } from '../events.ts';
import type { Handler } from './handler.ts';

/** Counted and not kept: what a daemon says of itself is a metric. */
export function createPutTelemetryRecords({
  events,
}: {
  readonly events: Pick<Events, 'telemetryReceived'>;
}): Handler<'put-telemetry-records'> {
  return async ({ TelemetryRecords }) => {
    events.telemetryReceived({
      records: TelemetryRecords.length,
      received: sum(TelemetryRecords, (record) => record.SegmentsReceivedCount),
      sent: sum(TelemetryRecords, (record) => record.SegmentsSentCount),
      spilled: sum(TelemetryRecords, (record) => record.SegmentsSpilloverCount),
      rejected: sum(TelemetryRecords, (record) => record.SegmentsRejectedCount),
    });
    return {};
  };
}

function sum(records: readonly TelemetryRecord[], countOf: (record: TelemetryRecord) => number | undefined): number {
  let total = 0;
  for (const record of records) total += Math.max(0, countOf(record) ?? 0);
  return total;
}
