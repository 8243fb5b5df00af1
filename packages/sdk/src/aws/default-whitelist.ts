// Which parameters of a call are worth keeping. The facts are those of resources/aws_whitelist.json of aws-xray-sdk-core 3.12.0
// (Apache-2.0), which a test holds this table against.
import type { Whitelist, WhitelistOperation } from './whitelist.ts';

/** line = operation ":" *( SP request ) [ " ->" *( SP response ) ]
 *  request, response = name [ "=" renamed ] [ "#" / "@" ]       ; "#": how many, "@": the keys, "=": the value, renamed */
const DYNAMODB = `
batchGetItem: RequestItems=table_names@ -> ConsumedCapacity
batchWriteItem: RequestItems=table_names@ -> ConsumedCapacity ItemCollectionMetrics
createTable: GlobalSecondaryIndexes LocalSecondaryIndexes ProvisionedThroughput TableName
deleteItem: TableName -> ConsumedCapacity ItemCollectionMetrics
deleteTable: TableName
describeTable: TableName
getItem: ConsistentRead ProjectionExpression TableName -> ConsumedCapacity
listTables: ExclusiveStartTableName Limit -> TableNames=table_count#
putItem: TableName -> ConsumedCapacity ItemCollectionMetrics
query: AttributesToGet ConsistentRead IndexName Limit ProjectionExpression ScanIndexForward Select TableName -> ConsumedCapacity
scan: AttributesToGet ConsistentRead IndexName Limit ProjectionExpression Segment Select TableName TotalSegments -> ConsumedCapacity Count ScannedCount
updateItem: TableName -> ConsumedCapacity ItemCollectionMetrics
updateTable: AttributeDefinitions GlobalSecondaryIndexUpdates ProvisionedThroughput TableName`;

const SQS = `
addPermission: Label QueueUrl
changeMessageVisibility: QueueUrl VisibilityTimeout
changeMessageVisibilityBatch: QueueUrl -> Failed
createQueue: Attributes QueueName
deleteMessage: QueueUrl
deleteMessageBatch: QueueUrl -> Failed
deleteQueue: QueueUrl
getQueueAttributes: QueueUrl -> Attributes
getQueueUrl: QueueName QueueOwnerAWSAccountId -> QueueUrl
listDeadLetterSourceQueues: QueueUrl -> QueueUrls
listQueues: QueueNamePrefix -> QueueUrls=queue_count#
purgeQueue: QueueUrl
receiveMessage: AttributeNames MaxNumberOfMessages MessageAttributeNames QueueUrl VisibilityTimeout WaitTimeSeconds -> Messages=message_count#
removePermission: QueueUrl
sendMessage: DelaySeconds QueueUrl MessageAttributes=message_attribute_names@ -> MessageId
sendMessageBatch: QueueUrl Entries=message_count# -> Failed=failed_count# Successful=successful_count#
setQueueAttributes: QueueUrl Attributes=attribute_names@`;

const SNS = `
publish: TopicArn
publishBatch: TopicArn`;

const LAMBDA = `
invoke: FunctionName InvocationType LogType Qualifier -> FunctionError StatusCode
invokeAsync: FunctionName -> Status`;

const SAGEMAKER_RUNTIME = `
invokeEndpoint: EndpointName`;

/** Operations of S3 by what they have beside the bucket. */
const S3_BUCKET_CONFIGURATIONS = [
  'AccelerateConfiguration Acl AnalyticsConfiguration Cors Encryption InventoryConfiguration Lifecycle',
  'LifecycleConfiguration Logging MetricsConfiguration Notification',
  'NotificationConfiguration Policy Replication RequestPayment Tagging Versioning Website',
].join(' ');
const S3: Readonly<Record<string, string>> = {
  '': [
    'createBucket deleteBucket deleteObjects headBucket getBucketLocation',
    prefixed('getBucket', S3_BUCKET_CONFIGURATIONS),
    prefixed('putBucket', S3_BUCKET_CONFIGURATIONS),
    prefixed('deleteBucket', 'AnalyticsConfiguration Cors Encryption InventoryConfiguration Lifecycle'),
    prefixed('deleteBucket', 'MetricsConfiguration Policy Replication Tagging Website'),
    prefixed('listBucket', 'AnalyticsConfigurations InventoryConfigurations MetricsConfigurations'),
  ].join(' '),
  Key: [
    'abortMultipartUpload completeMultipartUpload createMultipartUpload getObjectTorrent listParts putObject',
    'uploadPart',
  ].join(' '),
  'Key VersionId':
    'deleteObject deleteObjectTagging getObject getObjectAcl getObjectTagging headObject putObjectAcl putObjectTagging restoreObject',
  'CopySource Key': 'copyObject uploadPartCopy',
  Prefix: 'listMultipartUploads listObjectVersions listObjects listObjectsV2',
};

export function defaultWhitelist(): Whitelist {
  const s3 = Object.entries(S3).flatMap(([parameters, operations]) =>
    operations.split(' ').map((operation) => `${operation}: ${parameters} Bucket=bucket_name`),
  );
  return {
    services: {
      dynamodb: serviceOf(DYNAMODB),
      sqs: serviceOf(SQS),
      sns: serviceOf(SNS),
      lambda: serviceOf(LAMBDA),
      s3: serviceOf(s3.join('\n')),
      sagemakerruntime: serviceOf(SAGEMAKER_RUNTIME),
    },
  };
}

function prefixed(prefix: string, names: string): string {
  return names
    .split(' ')
    .map((name) => prefix + name)
    .join(' ');
}

function serviceOf(lines: string): Whitelist['services'][string] {
  const operations: Record<string, WhitelistOperation> = {};
  for (const line of lines.trim().split('\n')) {
    const [, name = '', request = '', response = ''] = /^(\w+):(.*?)(?: ->(.*))?$/.exec(line) ?? [];
    operations[name] = { ...sideOf('request', request), ...sideOf('response', response) };
  }
  return { operations };
}

function sideOf(side: 'request' | 'response', text: string): WhitelistOperation {
  const parameters: string[] = [];
  const descriptors: Record<string, object> = {};
  for (const word of text.split(' ')) {
    const [, name = '', renamed, kind] = /^(\w+)(?:=(\w+)([#@]?))?$/.exec(word) ?? [];
    if (renamed !== undefined) descriptors[name] = { ...KINDS[kind ?? ''], rename_to: renamed };
    else if (name !== '') parameters.push(name);
  }
  return {
    ...(parameters.length > 0 && { [`${side}_parameters`]: parameters }),
    ...(Object.keys(descriptors).length > 0 && { [`${side}_descriptors`]: descriptors }),
  };
}

const KINDS: Readonly<Record<string, object>> = { '#': { list: true, get_count: true }, '@': { get_keys: true } };
