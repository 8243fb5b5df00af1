export { parseInput, type Operation } from './operations/operation.ts';
export type { TimeRangeType } from './operations/get-trace-summaries.ts';
export type { TelemetryRecord } from './operations/put-telemetry-records.ts';
export * from './operations/table.ts';
