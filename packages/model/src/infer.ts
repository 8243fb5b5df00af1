import { cutText } from './clean-json.ts';
import { inferSegmentId } from './inferred-id.ts';
import { ModelError } from './model-error.ts';
import type { Json, JsonObject, SegmentDocument, SubsegmentDocument } from './segment-document.ts';
import type { ServiceKey } from './service-key.ts';
import { readMessaging } from './messaging.ts';
import type { TraceId } from './trace-id.ts';

/** The far end of a call, as far as the caller's subsegment tells. */
export interface InferredTarget {
  readonly node: ServiceKey;
  /** Of the inferred segment: DynamoDB's keeps the call's name while its node is named by the table. */
  readonly name: string;
  /** Also the node's type. */
  readonly origin: string;
  /** `aws.resource_names` of the inferred segment; empty when nothing is known. */
  readonly resourceNames: readonly string[];
}

/**
 * Names a call's far end (XRAY-SPEC §6.3):
 *
 *   aws, DynamoDB + table_name(s)    AWS::DynamoDB::Table   the first table
 *   aws, SQS      + queue_url        AWS::SQS::Queue        the whole URL
 *   aws, SNS      + topic_arn        AWS::SNS::Topic        the topic
 *   aws, S3       + bucket_name      AWS::S3::Bucket        the bucket
 *   aws, Lambda   + function_name    AWS::Lambda            the function
 *   aws, otherwise                   AWS::<name>            the call's name
 *   remote + sql                     Database::SQL          the call's name
 *   remote + messaging attributes    Messaging::<system>    the queue or topic
 *   remote                           remote                 the call's name
 *
 * Null for subsegments that are no calls.
 */
export function inferTarget(call: SubsegmentDocument): InferredTarget | null {
  if (call.namespace === 'aws') return inferAwsTarget(call.name, call.aws ?? {});
  if (call.namespace !== 'remote') return null;
  const accountId = accountOf(call.aws ?? {});
  const messaging = readMessaging(call);
  if (messaging !== null) return target(call.name, { ...messaging, accountId }, []);
  const origin = call.sql === undefined ? 'remote' : 'Database::SQL';
  return target(call.name, { name: call.name, type: origin, accountId }, []);
}

/** The caller sent its trace header along, so the far end is expected to report for itself. */
export function isTracedCall(call: SubsegmentDocument): boolean {
  return call.traced === true || call.http?.request?.traced === true;
}

/** The segment that stands for a call's far end; the same at each read. */
export function inferSegment(call: SubsegmentDocument, traceId: TraceId): SegmentDocument {
  const inferred = inferTarget(call);
  if (inferred === null) throw new ModelError('not-a-call', `subsegment ${call.id} has no far end`);

  const { http, sql, error, throttle, fault, cause, end_time, in_progress } = call;
  const aws = inferred.resourceNames.length === 0 ? call.aws : { ...call.aws, resource_names: inferred.resourceNames };
  return {
    id: inferSegmentId(traceId, call.id),
    name: inferred.name,
    trace_id: traceId,
    parent_id: call.id,
    start_time: call.start_time,
    ...(end_time !== undefined && { end_time }),
    ...(in_progress !== undefined && { in_progress }),
    ...(http !== undefined && { http }),
    ...(aws !== undefined && { aws }),
    ...(sql !== undefined && { sql }),
    ...(error !== undefined && { error }),
    ...(throttle !== undefined && { throttle }),
    ...(fault !== undefined && { fault }),
    ...(cause !== undefined && { cause }),
    origin: inferred.origin,
    inferred: true,
  };
}

/** Longer than any ARN or queue URL: keeps nodes' names from growing with a hostile document. */
const RESOURCE_CHARS_MAX = 2_048;

interface AwsService {
  readonly name: string;
  readonly resourceType: string;
  readonly resourcesOf: (aws: JsonObject) => readonly string[];
}

const DYNAMODB: AwsService = { name: 'DynamoDB', resourceType: 'AWS::DynamoDB::Table', resourcesOf: tablesOf };
const SQS: AwsService = {
  name: 'SQS',
  resourceType: 'AWS::SQS::Queue',
  resourcesOf: (aws) => textsOf(aws['queue_url']),
};
const SNS: AwsService = {
  name: 'SNS',
  resourceType: 'AWS::SNS::Topic',
  resourcesOf: (aws) => textsOf(aws['topic_arn']).map(afterLastColon),
};
const S3: AwsService = {
  name: 'S3',
  resourceType: 'AWS::S3::Bucket',
  resourcesOf: (aws) => textsOf(aws['bucket_name']),
};
const LAMBDA: AwsService = {
  name: 'Lambda',
  resourceType: 'AWS::Lambda',
  resourcesOf: (aws) => textsOf(aws['function_name']).map(printFunctionName),
};

/** SDKs spell a service `DynamoDB`, `DynamoDb`, `dynamodb` or `AmazonDynamoDBv2`. */
const AWS_SERVICES: ReadonlyMap<string, AwsService> = new Map([
  ['dynamodb', DYNAMODB],
  ['sqs', SQS],
  ['simplequeueservice', SQS],
  ['sns', SNS],
  ['simplenotificationservice', SNS],
  ['s3', S3],
  ['lambda', LAMBDA],
]);

const SPELLING = /^(?:amazon|aws)|v2$|[^a-z0-9]/g;

function inferAwsTarget(callName: string, aws: JsonObject): InferredTarget {
  const accountId = accountOf(aws);
  const service = AWS_SERVICES.get(callName.toLowerCase().replaceAll(SPELLING, ''));
  if (service === undefined) return target(callName, { name: callName, type: awsType(callName), accountId }, []);

  const resources = service.resourcesOf(aws);
  const [resource] = resources;
  if (resource === undefined) {
    return target(callName, { name: service.name, type: `AWS::${service.name}`, accountId }, []);
  }
  return target(callName, { name: resource, type: service.resourceType, accountId }, resources);
}

function target(
  name: string,
  node: ServiceKey & { readonly type: string },
  resourceNames: readonly string[],
): InferredTarget {
  return { node, name, origin: node.type, resourceNames };
}

function awsType(callName: string): string {
  return callName.startsWith('AWS::') ? callName : `AWS::${callName.replaceAll(/\s/g, '')}`;
}

/** As text of 12 digits: some senders write it as a number, which loses its leading zeros. */
export function accountOf(aws: JsonObject): string | null {
  const id = aws['account_id'];
  if (typeof id === 'number') return String(id).padStart(12, '0');
  return typeof id === 'string' && id !== '' ? id : null;
}

function tablesOf(aws: JsonObject): readonly string[] {
  const tables = textsOf(aws['table_name']);
  return (tables.length > 0 ? tables : textsOf(aws['table_names'])).map(printTableName);
}

/** DynamoDB takes a table's ARN in place of its name: `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME`. */
function printTableName(table: string): string {
  return table.startsWith('arn:') ? table.slice(table.indexOf('/') + 1) : table;
}

/** Lambda takes `NAME[:QUALIFIER]`, `ACCOUNT:function:NAME[:QUALIFIER]` and the whole ARN. */
function printFunctionName(text: string): string {
  const parts = text.split(':');
  const marker = parts.indexOf('function');
  return parts[marker + 1] ?? text;
}

function afterLastColon(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

/** `aws` holds what senders like; a resource's name becomes a node's. */
function textsOf(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [cutText(value, RESOURCE_CHARS_MAX)];
  return Array.isArray(value) ? value.flatMap((item) => (typeof item === 'string' ? textsOf(item) : [])) : [];
}
