import type * as sdk from '@aws-sdk/client-xray';
import type { InputOf, OperationName, OutputOf } from './operations/table.ts';
import type { WireAnnotationValue } from './shapes.ts';

/**
 * A type of AWS's client as it stands on the wire: dates are seconds, nothing is written as undefined. Its
 * annotation value is a union with a member for kinds of the future; on the wire it is three optional members.
 */
type Wire<T> = Equal<T, sdk.AnnotationValue> extends true ? WireAnnotationValue : WireOf<T>;

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
  'get-sampling-rules': [sdk.GetSamplingRulesCommandInput, sdk.GetSamplingRulesCommandOutput];
  'get-sampling-targets': [sdk.GetSamplingTargetsCommandInput, sdk.GetSamplingTargetsCommandOutput];
  'get-service-graph': [sdk.GetServiceGraphCommandInput, sdk.GetServiceGraphCommandOutput];
  'get-trace-graph': [sdk.GetTraceGraphCommandInput, sdk.GetTraceGraphCommandOutput];
  'get-trace-summaries': [sdk.GetTraceSummariesCommandInput, sdk.GetTraceSummariesCommandOutput];
  'put-telemetry-records': [sdk.PutTelemetryRecordsCommandInput, sdk.PutTelemetryRecordsCommandOutput];
  'put-trace-segments': [sdk.PutTraceSegmentsCommandInput, sdk.PutTraceSegmentsCommandOutput];
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
