import { batchGetTraces, type BatchGetTracesInput, type BatchGetTracesOutput } from './batch-get-traces.ts';
import { getSamplingRules, type GetSamplingRulesInput, type GetSamplingRulesOutput } from './get-sampling-rules.ts';
import {
  getSamplingTargets,
  type GetSamplingTargetsInput,
  type GetSamplingTargetsOutput,
} from './get-sampling-targets.ts';
import { getServiceGraph, type GetServiceGraphInput, type GetServiceGraphOutput } from './get-service-graph.ts';
import { getTraceGraph, type GetTraceGraphInput, type GetTraceGraphOutput } from './get-trace-graph.ts';
import { getTraceSummaries, type GetTraceSummariesInput, type GetTraceSummariesOutput } from './get-trace-summaries.ts';
import type { Operation } from './operation.ts';
import {
  putTelemetryRecords,
  type PutTelemetryRecordsInput,
  type PutTelemetryRecordsOutput,
} from './put-telemetry-records.ts';
import { putTraceSegments, type PutTraceSegmentsInput, type PutTraceSegmentsOutput } from './put-trace-segments.ts';

interface Exchange<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

export interface OperationExchanges {
  readonly 'batch-get-traces': Exchange<BatchGetTracesInput, BatchGetTracesOutput>;
  readonly 'get-sampling-rules': Exchange<GetSamplingRulesInput, GetSamplingRulesOutput>;
  readonly 'get-sampling-targets': Exchange<GetSamplingTargetsInput, GetSamplingTargetsOutput>;
  readonly 'get-service-graph': Exchange<GetServiceGraphInput, GetServiceGraphOutput>;
  readonly 'get-trace-graph': Exchange<GetTraceGraphInput, GetTraceGraphOutput>;
  readonly 'get-trace-summaries': Exchange<GetTraceSummariesInput, GetTraceSummariesOutput>;
  readonly 'put-telemetry-records': Exchange<PutTelemetryRecordsInput, PutTelemetryRecordsOutput>;
  readonly 'put-trace-segments': Exchange<PutTraceSegmentsInput, PutTraceSegmentsOutput>;
}

export type OperationName = keyof OperationExchanges;
export type InputOf<Name extends OperationName> = OperationExchanges[Name]['input'];
export type OutputOf<Name extends OperationName> = OperationExchanges[Name]['output'];

/** Every operation that is built. */
export const OPERATIONS: { readonly [Name in OperationName]: Operation<Name, InputOf<Name>> } = {
  'batch-get-traces': batchGetTraces,
  'get-sampling-rules': getSamplingRules,
  'get-sampling-targets': getSamplingTargets,
  'get-service-graph': getServiceGraph,
  'get-trace-graph': getTraceGraph,
  'get-trace-summaries': getTraceSummaries,
  'put-telemetry-records': putTelemetryRecords,
  'put-trace-segments': putTraceSegments,
};

export const OPERATION_NAMES: readonly OperationName[] = [
  'batch-get-traces',
  'get-sampling-rules',
  'get-sampling-targets',
  'get-service-graph',
  'get-trace-graph',
  'get-trace-summaries',
  'put-telemetry-records',
  'put-trace-segments',
];
