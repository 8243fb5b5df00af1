import { batchGetTraces, type BatchGetTracesInput, type BatchGetTracesOutput } from './batch-get-traces.ts';
import {
  cancelTraceRetrieval,
  type CancelTraceRetrievalInput,
  type CancelTraceRetrievalOutput,
} from './cancel-trace-retrieval.ts';
import { createGroup, type CreateGroupInput, type CreateGroupOutput } from './create-group.ts';
import {
  createSamplingRule,
  type CreateSamplingRuleInput,
  type CreateSamplingRuleOutput,
} from './create-sampling-rule.ts';
import { deleteGroup, type DeleteGroupInput, type DeleteGroupOutput } from './delete-group.ts';
import {
  deleteResourcePolicy,
  type DeleteResourcePolicyInput,
  type DeleteResourcePolicyOutput,
} from './delete-resource-policy.ts';
import {
  deleteSamplingRule,
  type DeleteSamplingRuleInput,
  type DeleteSamplingRuleOutput,
} from './delete-sampling-rule.ts';
import {
  getEncryptionConfig,
  type GetEncryptionConfigInput,
  type GetEncryptionConfigOutput,
} from './get-encryption-config.ts';
import { getGroup, type GetGroupInput, type GetGroupOutput } from './get-group.ts';
import { getGroups, type GetGroupsInput, type GetGroupsOutput } from './get-groups.ts';
import { getIndexingRules, type GetIndexingRulesInput, type GetIndexingRulesOutput } from './get-indexing-rules.ts';
import { getInsight, type GetInsightInput, type GetInsightOutput } from './get-insight.ts';
import { getInsightEvents, type GetInsightEventsInput, type GetInsightEventsOutput } from './get-insight-events.ts';
import {
  getInsightImpactGraph,
  type GetInsightImpactGraphInput,
  type GetInsightImpactGraphOutput,
} from './get-insight-impact-graph.ts';
import {
  getInsightSummaries,
  type GetInsightSummariesInput,
  type GetInsightSummariesOutput,
} from './get-insight-summaries.ts';
import {
  getRetrievedTracesGraph,
  type GetRetrievedTracesGraphInput,
  type GetRetrievedTracesGraphOutput,
} from './get-retrieved-traces-graph.ts';
import { getSamplingRules, type GetSamplingRulesInput, type GetSamplingRulesOutput } from './get-sampling-rules.ts';
import {
  getSamplingStatisticSummaries,
  type GetSamplingStatisticSummariesInput,
  type GetSamplingStatisticSummariesOutput,
} from './get-sampling-statistic-summaries.ts';
import {
  getSamplingTargets,
  type GetSamplingTargetsInput,
  type GetSamplingTargetsOutput,
} from './get-sampling-targets.ts';
import { getServiceGraph, type GetServiceGraphInput, type GetServiceGraphOutput } from './get-service-graph.ts';
import {
  getTimeSeriesServiceStatistics,
  type GetTimeSeriesServiceStatisticsInput,
  type GetTimeSeriesServiceStatisticsOutput,
} from './get-time-series-service-statistics.ts';
import { getTraceGraph, type GetTraceGraphInput, type GetTraceGraphOutput } from './get-trace-graph.ts';
import {
  getTraceSegmentDestination,
  type GetTraceSegmentDestinationInput,
  type GetTraceSegmentDestinationOutput,
} from './get-trace-segment-destination.ts';
import { getTraceSummaries, type GetTraceSummariesInput, type GetTraceSummariesOutput } from './get-trace-summaries.ts';
import {
  listResourcePolicies,
  type ListResourcePoliciesInput,
  type ListResourcePoliciesOutput,
} from './list-resource-policies.ts';
import {
  listRetrievedTraces,
  type ListRetrievedTracesInput,
  type ListRetrievedTracesOutput,
} from './list-retrieved-traces.ts';
import {
  listTagsForResource,
  type ListTagsForResourceInput,
  type ListTagsForResourceOutput,
} from './list-tags-for-resource.ts';
import {
  putEncryptionConfig,
  type PutEncryptionConfigInput,
  type PutEncryptionConfigOutput,
} from './put-encryption-config.ts';
import { putResourcePolicy, type PutResourcePolicyInput, type PutResourcePolicyOutput } from './put-resource-policy.ts';
import {
  putTelemetryRecords,
  type PutTelemetryRecordsInput,
  type PutTelemetryRecordsOutput,
} from './put-telemetry-records.ts';
import { putTraceSegments, type PutTraceSegmentsInput, type PutTraceSegmentsOutput } from './put-trace-segments.ts';
import {
  startTraceRetrieval,
  type StartTraceRetrievalInput,
  type StartTraceRetrievalOutput,
} from './start-trace-retrieval.ts';
import { tagResource, type TagResourceInput, type TagResourceOutput } from './tag-resource.ts';
import { untagResource, type UntagResourceInput, type UntagResourceOutput } from './untag-resource.ts';
import { updateGroup, type UpdateGroupInput, type UpdateGroupOutput } from './update-group.ts';
import {
  updateIndexingRule,
  type UpdateIndexingRuleInput,
  type UpdateIndexingRuleOutput,
} from './update-indexing-rule.ts';
import {
  updateSamplingRule,
  type UpdateSamplingRuleInput,
  type UpdateSamplingRuleOutput,
} from './update-sampling-rule.ts';
import {
  updateTraceSegmentDestination,
  type UpdateTraceSegmentDestinationInput,
  type UpdateTraceSegmentDestinationOutput,
} from './update-trace-segment-destination.ts';
import type { Operation } from './operation.ts';

interface Exchange<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

export interface OperationExchanges {
  readonly 'batch-get-traces': Exchange<BatchGetTracesInput, BatchGetTracesOutput>;
  readonly 'cancel-trace-retrieval': Exchange<CancelTraceRetrievalInput, CancelTraceRetrievalOutput>;
  readonly 'create-group': Exchange<CreateGroupInput, CreateGroupOutput>;
  readonly 'create-sampling-rule': Exchange<CreateSamplingRuleInput, CreateSamplingRuleOutput>;
  readonly 'delete-group': Exchange<DeleteGroupInput, DeleteGroupOutput>;
  readonly 'delete-resource-policy': Exchange<DeleteResourcePolicyInput, DeleteResourcePolicyOutput>;
  readonly 'delete-sampling-rule': Exchange<DeleteSamplingRuleInput, DeleteSamplingRuleOutput>;
  readonly 'get-encryption-config': Exchange<GetEncryptionConfigInput, GetEncryptionConfigOutput>;
  readonly 'get-group': Exchange<GetGroupInput, GetGroupOutput>;
  readonly 'get-groups': Exchange<GetGroupsInput, GetGroupsOutput>;
  readonly 'get-indexing-rules': Exchange<GetIndexingRulesInput, GetIndexingRulesOutput>;
  readonly 'get-insight': Exchange<GetInsightInput, GetInsightOutput>;
  readonly 'get-insight-events': Exchange<GetInsightEventsInput, GetInsightEventsOutput>;
  readonly 'get-insight-impact-graph': Exchange<GetInsightImpactGraphInput, GetInsightImpactGraphOutput>;
  readonly 'get-insight-summaries': Exchange<GetInsightSummariesInput, GetInsightSummariesOutput>;
  readonly 'get-retrieved-traces-graph': Exchange<GetRetrievedTracesGraphInput, GetRetrievedTracesGraphOutput>;
  readonly 'get-sampling-rules': Exchange<GetSamplingRulesInput, GetSamplingRulesOutput>;
  readonly 'get-sampling-statistic-summaries': Exchange<
    GetSamplingStatisticSummariesInput,
    GetSamplingStatisticSummariesOutput
  >;
  readonly 'get-sampling-targets': Exchange<GetSamplingTargetsInput, GetSamplingTargetsOutput>;
  readonly 'get-service-graph': Exchange<GetServiceGraphInput, GetServiceGraphOutput>;
  readonly 'get-time-series-service-statistics': Exchange<
    GetTimeSeriesServiceStatisticsInput,
    GetTimeSeriesServiceStatisticsOutput
  >;
  readonly 'get-trace-graph': Exchange<GetTraceGraphInput, GetTraceGraphOutput>;
  readonly 'get-trace-segment-destination': Exchange<GetTraceSegmentDestinationInput, GetTraceSegmentDestinationOutput>;
  readonly 'get-trace-summaries': Exchange<GetTraceSummariesInput, GetTraceSummariesOutput>;
  readonly 'list-resource-policies': Exchange<ListResourcePoliciesInput, ListResourcePoliciesOutput>;
  readonly 'list-retrieved-traces': Exchange<ListRetrievedTracesInput, ListRetrievedTracesOutput>;
  readonly 'list-tags-for-resource': Exchange<ListTagsForResourceInput, ListTagsForResourceOutput>;
  readonly 'put-encryption-config': Exchange<PutEncryptionConfigInput, PutEncryptionConfigOutput>;
  readonly 'put-resource-policy': Exchange<PutResourcePolicyInput, PutResourcePolicyOutput>;
  readonly 'put-telemetry-records': Exchange<PutTelemetryRecordsInput, PutTelemetryRecordsOutput>;
  readonly 'put-trace-segments': Exchange<PutTraceSegmentsInput, PutTraceSegmentsOutput>;
  readonly 'start-trace-retrieval': Exchange<StartTraceRetrievalInput, StartTraceRetrievalOutput>;
  readonly 'tag-resource': Exchange<TagResourceInput, TagResourceOutput>;
  readonly 'untag-resource': Exchange<UntagResourceInput, UntagResourceOutput>;
  readonly 'update-group': Exchange<UpdateGroupInput, UpdateGroupOutput>;
  readonly 'update-indexing-rule': Exchange<UpdateIndexingRuleInput, UpdateIndexingRuleOutput>;
  readonly 'update-sampling-rule': Exchange<UpdateSamplingRuleInput, UpdateSamplingRuleOutput>;
  readonly 'update-trace-segment-destination': Exchange<
    UpdateTraceSegmentDestinationInput,
    UpdateTraceSegmentDestinationOutput
  >;
}

export type OperationName = keyof OperationExchanges;
export type InputOf<Name extends OperationName> = OperationExchanges[Name]['input'];
export type OutputOf<Name extends OperationName> = OperationExchanges[Name]['output'];

/** Every operation that is built. */
export const OPERATIONS: { readonly [Name in OperationName]: Operation<Name, InputOf<Name>> } = {
  'batch-get-traces': batchGetTraces,
  'cancel-trace-retrieval': cancelTraceRetrieval,
  'create-group': createGroup,
  'create-sampling-rule': createSamplingRule,
  'delete-group': deleteGroup,
  'delete-resource-policy': deleteResourcePolicy,
  'delete-sampling-rule': deleteSamplingRule,
  'get-encryption-config': getEncryptionConfig,
  'get-group': getGroup,
  'get-groups': getGroups,
  'get-indexing-rules': getIndexingRules,
  'get-insight': getInsight,
  'get-insight-events': getInsightEvents,
  'get-insight-impact-graph': getInsightImpactGraph,
  'get-insight-summaries': getInsightSummaries,
  'get-retrieved-traces-graph': getRetrievedTracesGraph,
  'get-sampling-rules': getSamplingRules,
  'get-sampling-statistic-summaries': getSamplingStatisticSummaries,
  'get-sampling-targets': getSamplingTargets,
  'get-service-graph': getServiceGraph,
  'get-time-series-service-statistics': getTimeSeriesServiceStatistics,
  'get-trace-graph': getTraceGraph,
  'get-trace-segment-destination': getTraceSegmentDestination,
  'get-trace-summaries': getTraceSummaries,
  'list-resource-policies': listResourcePolicies,
  'list-retrieved-traces': listRetrievedTraces,
  'list-tags-for-resource': listTagsForResource,
  'put-encryption-config': putEncryptionConfig,
  'put-resource-policy': putResourcePolicy,
  'put-telemetry-records': putTelemetryRecords,
  'put-trace-segments': putTraceSegments,
  'start-trace-retrieval': startTraceRetrieval,
  'tag-resource': tagResource,
  'untag-resource': untagResource,
  'update-group': updateGroup,
  'update-indexing-rule': updateIndexingRule,
  'update-sampling-rule': updateSamplingRule,
  'update-trace-segment-destination': updateTraceSegmentDestination,
};

export const OPERATION_NAMES: readonly OperationName[] = [
  'batch-get-traces',
  'cancel-trace-retrieval',
  'create-group',
  'create-sampling-rule',
  'delete-group',
  'delete-resource-policy',
  'delete-sampling-rule',
  'get-encryption-config',
  'get-group',
  'get-groups',
  'get-indexing-rules',
  'get-insight',
  'get-insight-events',
  'get-insight-impact-graph',
  'get-insight-summaries',
  'get-retrieved-traces-graph',
  'get-sampling-rules',
  'get-sampling-statistic-summaries',
  'get-sampling-targets',
  'get-service-graph',
  'get-time-series-service-statistics',
  'get-trace-graph',
  'get-trace-segment-destination',
  'get-trace-summaries',
  'list-resource-policies',
  'list-retrieved-traces',
  'list-tags-for-resource',
  'put-encryption-config',
  'put-resource-policy',
  'put-telemetry-records',
  'put-trace-segments',
  'start-trace-retrieval',
  'tag-resource',
  'untag-resource',
  'update-group',
  'update-indexing-rule',
  'update-sampling-rule',
  'update-trace-segment-destination',
];
