import type * as sdk from '@aws-sdk/client-xray';
import type { InputOf, OperationName, OutputOf } from './operations/table.ts';
import type { IndexingRuleValue, IndexingRuleValueUpdate } from './control-shapes.ts';
import type { WireAnnotationValue } from './shapes.ts';

/**
 * A type of AWS's client as it stands on the wire: dates are seconds, nothing is written as undefined. Some of its
 * types are unions with a member for kinds of the future; on the wire they have an optional member for each kind.
 */
type Wire<T> =
  Equal<T, sdk.AnnotationValue> extends true
    ? WireAnnotationValue
    : Equal<T, sdk.IndexingRuleValue> extends true
      ? WireOf<IndexingRuleValue>
      : Equal<T, sdk.IndexingRuleValueUpdate> extends true
        ? WireOf<IndexingRuleValueUpdate>
        : WireOf<T>;

type WireOf<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [Key in keyof T as Key extends '$metadata' ? never : Key]: Wire<Exclude<T[Key], undefined>> }
      : T;

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the way to compare types exactly
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

interface Commands {
  'batch-get-traces': [sdk.BatchGetTracesCommandInput, sdk.BatchGetTracesCommandOutput];
  'cancel-trace-retrieval': [sdk.CancelTraceRetrievalCommandInput, sdk.CancelTraceRetrievalCommandOutput];
  'create-group': [sdk.CreateGroupCommandInput, sdk.CreateGroupCommandOutput];
  'create-sampling-rule': [sdk.CreateSamplingRuleCommandInput, sdk.CreateSamplingRuleCommandOutput];
  'delete-group': [sdk.DeleteGroupCommandInput, sdk.DeleteGroupCommandOutput];
  'delete-resource-policy': [sdk.DeleteResourcePolicyCommandInput, sdk.DeleteResourcePolicyCommandOutput];
  'delete-sampling-rule': [sdk.DeleteSamplingRuleCommandInput, sdk.DeleteSamplingRuleCommandOutput];
  'get-encryption-config': [sdk.GetEncryptionConfigCommandInput, sdk.GetEncryptionConfigCommandOutput];
  'get-group': [sdk.GetGroupCommandInput, sdk.GetGroupCommandOutput];
  'get-groups': [sdk.GetGroupsCommandInput, sdk.GetGroupsCommandOutput];
  'get-indexing-rules': [sdk.GetIndexingRulesCommandInput, sdk.GetIndexingRulesCommandOutput];
  'get-insight': [sdk.GetInsightCommandInput, sdk.GetInsightCommandOutput];
  'get-insight-events': [sdk.GetInsightEventsCommandInput, sdk.GetInsightEventsCommandOutput];
  'get-insight-impact-graph': [sdk.GetInsightImpactGraphCommandInput, sdk.GetInsightImpactGraphCommandOutput];
  'get-insight-summaries': [sdk.GetInsightSummariesCommandInput, sdk.GetInsightSummariesCommandOutput];
  'get-retrieved-traces-graph': [sdk.GetRetrievedTracesGraphCommandInput, sdk.GetRetrievedTracesGraphCommandOutput];
  'get-sampling-rules': [sdk.GetSamplingRulesCommandInput, sdk.GetSamplingRulesCommandOutput];
  'get-sampling-statistic-summaries': [
    sdk.GetSamplingStatisticSummariesCommandInput,
    sdk.GetSamplingStatisticSummariesCommandOutput,
  ];
  'get-sampling-targets': [sdk.GetSamplingTargetsCommandInput, sdk.GetSamplingTargetsCommandOutput];
  'get-service-graph': [sdk.GetServiceGraphCommandInput, sdk.GetServiceGraphCommandOutput];
  'get-time-series-service-statistics': [
    sdk.GetTimeSeriesServiceStatisticsCommandInput,
    sdk.GetTimeSeriesServiceStatisticsCommandOutput,
  ];
  'get-trace-graph': [sdk.GetTraceGraphCommandInput, sdk.GetTraceGraphCommandOutput];
  'get-trace-segment-destination': [
    sdk.GetTraceSegmentDestinationCommandInput,
    sdk.GetTraceSegmentDestinationCommandOutput,
  ];
  'get-trace-summaries': [sdk.GetTraceSummariesCommandInput, sdk.GetTraceSummariesCommandOutput];
  'list-resource-policies': [sdk.ListResourcePoliciesCommandInput, sdk.ListResourcePoliciesCommandOutput];
  'list-retrieved-traces': [sdk.ListRetrievedTracesCommandInput, sdk.ListRetrievedTracesCommandOutput];
  'list-tags-for-resource': [sdk.ListTagsForResourceCommandInput, sdk.ListTagsForResourceCommandOutput];
  'put-encryption-config': [sdk.PutEncryptionConfigCommandInput, sdk.PutEncryptionConfigCommandOutput];
  'put-resource-policy': [sdk.PutResourcePolicyCommandInput, sdk.PutResourcePolicyCommandOutput];
  'put-telemetry-records': [sdk.PutTelemetryRecordsCommandInput, sdk.PutTelemetryRecordsCommandOutput];
  'put-trace-segments': [sdk.PutTraceSegmentsCommandInput, sdk.PutTraceSegmentsCommandOutput];
  'start-trace-retrieval': [sdk.StartTraceRetrievalCommandInput, sdk.StartTraceRetrievalCommandOutput];
  'tag-resource': [sdk.TagResourceCommandInput, sdk.TagResourceCommandOutput];
  'untag-resource': [sdk.UntagResourceCommandInput, sdk.UntagResourceCommandOutput];
  'update-group': [sdk.UpdateGroupCommandInput, sdk.UpdateGroupCommandOutput];
  'update-indexing-rule': [sdk.UpdateIndexingRuleCommandInput, sdk.UpdateIndexingRuleCommandOutput];
  'update-sampling-rule': [sdk.UpdateSamplingRuleCommandInput, sdk.UpdateSamplingRuleCommandOutput];
  'update-trace-segment-destination': [
    sdk.UpdateTraceSegmentDestinationCommandInput,
    sdk.UpdateTraceSegmentDestinationCommandOutput,
  ];
}

type InputsEqual = { [Name in OperationName]: Equal<Wire<InputOf<Name>>, Wire<Commands[Name][0]>> };
type OutputsEqual = { [Name in OperationName]: Equal<Wire<OutputOf<Name>>, Wire<Commands[Name][1]>> };
type AllTrue = { [Name in OperationName]: true };

export const inputsAreEqual: Equal<InputsEqual, AllTrue> = true;
export const outputsAreEqual: Equal<OutputsEqual, AllTrue> = true;

// The proof can fail: a member more, a member optional, another type.
// @ts-expect-error -- not the same members
export const memberMore: Equal<Wire<{ A: string; B: string }>, Wire<{ A: string }>> = true;
// @ts-expect-error -- required is not optional
export const optional: Equal<Wire<{ A?: string | undefined }>, Wire<{ A: string }>> = true;
// @ts-expect-error -- a date is a number on the wire, not a text
export const date: Equal<Wire<{ A: Date }>, Wire<{ A: string }>> = true;
