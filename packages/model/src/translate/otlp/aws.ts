import { familiesOf } from './attribute-key.ts';
import { braces, brackets, member, quote } from './json-text.ts';
import type { Fields, SpanSource } from './span-fields.ts';

/** Where the service runs, as X-Ray's `origin`; undefined outside of AWS. */
export function originOf(resource: Fields): string | undefined {
  if (!isOnAws(resource)) return undefined;
  switch (resource.text('cloud.platform') ?? '') {
    case 'aws_app_runner':
      return 'AWS::AppRunner::Service';
    case 'aws_eks':
      return 'AWS::EKS::Container';
    case 'aws_elastic_beanstalk':
      return 'AWS::ElasticBeanstalk::Environment';
    case 'aws_ecs':
      return ecsOrigin(resource.text('aws.ecs.launchtype')?.toLowerCase());
    case 'aws_ec2':
      return 'AWS::EC2::Instance';
    default:
      return undefined;
  }
}

function ecsOrigin(launchType: string | undefined): string {
  if (launchType === 'ec2') return 'AWS::ECS::EC2';
  return launchType === 'fargate' ? 'AWS::ECS::Fargate' : 'AWS::ECS::Container';
}

function isOnAws(resource: Fields): boolean {
  return (resource.text('cloud.provider') ?? 'aws') === 'aws';
}

/** What `aws` blocks have of a resource. */
export interface AwsResource {
  readonly isOnAws: boolean;
  readonly account: string | undefined;
  /** Members that every span has, each ended by a comma. */
  readonly members: string;
  /** The block of a span that says nothing of it. */
  readonly block: string;
}

export function printAwsResource(fields: Fields): AwsResource {
  if (!isOnAws(fields)) return { isOnAws: false, account: undefined, members: '', block: '' };
  const account = fields.text('cloud.account.id');
  const members = printResourceMembers(fields);
  return { isOnAws: true, account, members, block: braces(member('account_id', quoted(account)) + members) };
}

function printResourceMembers(fields: Fields): string {
  const platform = fields.text('cloud.platform');
  return (
    member('cloudwatch_logs', cloudWatchLogs(fields)) +
    member('ec2', platform === 'aws_ec2' || fields.text('host.id') !== undefined ? ec2(fields) : undefined) +
    member('ecs', platform === 'aws_ecs' || fields.text('aws.ecs.task.arn') !== undefined ? ecs(fields) : undefined) +
    member('eks', platform === 'aws_eks' || fields.text('k8s.cluster.name') !== undefined ? eks(fields) : undefined) +
    member('elastic_beanstalk', platform === 'aws_elastic_beanstalk' ? beanstalk(fields) : undefined) +
    member('xray', xray(fields))
  );
}

const OWN_KEYS: readonly string[] = [
  'aws.operation',
  'rpc.method',
  'aws.account_id',
  'aws.region',
  'cloud.region',
  'aws.request_id',
  'aws.requestId',
  'aws.queue_url',
  'aws.queue.url',
  'messaging.url',
  'aws.sqs.queue.url',
  'aws.table_name',
  'aws.table.name',
  'aws.dynamodb.table_names',
  'aws.sns.topic.arn',
  'aws.lambda.function.name',
  'aws.s3.bucket',
];

const WITH_OWN_KEYS = familiesOf('aws', 'rpc', 'cloud', 'messaging');

/** The `aws` block as JSON. */
export function printAws({ fields }: SpanSource, resource: AwsResource): string {
  if (!resource.isOnAws || fields.lacks(WITH_OWN_KEYS)) return resource.block;
  const account = fields.text('aws.account_id') ?? resource.account;
  const own = OWN_KEYS.some((key) => fields.get(key) !== undefined) ? printOperation(fields) : '';
  return braces(member('account_id', quoted(account)) + own + resource.members);
}

function printOperation(fields: Fields): string {
  const tables = fields.texts('aws.dynamodb.table_names');
  const isAwsCall = fields.text('rpc.system') === 'aws-api' || fields.text('aws.service') !== undefined;
  const operation = fields.text('aws.operation') ?? (isAwsCall ? fields.text('rpc.method') : undefined);
  const table = tables.length === 0 ? fields.text('aws.table_name', 'aws.table.name') : undefined;
  return (
    member('operation', quoted(operation)) +
    member('region', quoted(fields.text('aws.region', 'cloud.region'))) +
    member('request_id', quoted(fields.text('aws.request_id', 'aws.requestId'))) +
    member('queue_url', quoted(fields.text('messaging.url', 'aws.queue_url', 'aws.queue.url', 'aws.sqs.queue.url'))) +
    member('table_name', quoted(tables.length === 1 ? tables[0] : table)) +
    member('table_names', tables.length > 1 ? list(tables.map(quote)) : undefined) +
    member('topic_arn', quoted(fields.text('aws.sns.topic.arn'))) +
    member('function_name', quoted(fields.text('aws.lambda.function.name'))) +
    member('bucket_name', quoted(fields.text('aws.s3.bucket')))
  );
}

function ec2(fields: Fields): string {
  return braces(
    member('instance_id', quoted(fields.text('host.id'))) +
      member('availability_zone', quoted(fields.text('cloud.availability_zone'))) +
      member('instance_size', quoted(fields.text('host.type'))) +
      member('ami_id', quoted(fields.text('host.image.id'))),
  );
}

function ecs(fields: Fields): string {
  return braces(
    member('container', quoted(fields.text('container.name'))) +
      member('container_id', quoted(fields.text('container.id'))) +
      member('container_arn', quoted(fields.text('aws.ecs.container.arn'))) +
      member('cluster_arn', quoted(fields.text('aws.ecs.cluster.arn'))) +
      member('task_arn', quoted(fields.text('aws.ecs.task.arn'))) +
      member('task_family', quoted(fields.text('aws.ecs.task.family'))) +
      member('launch_type', quoted(fields.text('aws.ecs.launchtype'))) +
      member('availability_zone', quoted(fields.text('cloud.availability_zone'))),
  );
}

function eks(fields: Fields): string {
  return braces(
    member('cluster_name', quoted(fields.text('k8s.cluster.name'))) +
      member('pod', quoted(fields.text('k8s.pod.name'))) +
      member('container_id', quoted(fields.text('container.id'))),
  );
}

function beanstalk(fields: Fields): string | undefined {
  const instance = fields.text('service.instance.id');
  if (instance === undefined) return undefined;
  return braces(
    member('environment_name', quoted(fields.text('service.namespace'))) +
      member('deployment_id', /^\d{1,15}$/.test(instance) ? String(Number(instance)) : '0') +
      member('version_label', quoted(fields.text('service.version'))),
  );
}

function cloudWatchLogs(fields: Fields): string | undefined {
  const arns = groupsIn(fields, 'aws.log.group.arns');
  if (arns.length > 0) {
    return list(arns.map((arn) => braces(member('log_group', quoted(groupOf(arn))) + member('arn', quote(arn)))));
  }
  return list(groupsIn(fields, 'aws.log.group.names').map((name) => braces(member('log_group', quote(name)))));
}

/** `OTEL_RESOURCE_ATTRIBUTES` knows no lists: there they are joined by `&`. */
function groupsIn(fields: Fields, key: string): readonly string[] {
  return fields.texts(key).flatMap((text) => text.split('&').filter((name) => name !== ''));
}

/** `arn:aws:logs:region:account:log-group:NAME:*` */
function groupOf(arn: string): string {
  return arn.split(':')[6] ?? arn;
}

function xray(fields: Fields): string {
  const sdk = fields.text('telemetry.sdk.name');
  if (sdk === undefined) return '';
  const language = fields.text('telemetry.sdk.language');
  const isAuto = fields.text('telemetry.auto.version', 'telemetry.distro.version') !== undefined;
  return braces(
    member('sdk', quote(language === undefined || sdk.includes(' for ') ? sdk : `${sdk} for ${language}`)) +
      member('sdk_version', quoted(fields.text('telemetry.sdk.version'))) +
      member('auto_instrumentation', String(isAuto)),
  );
}

function list(items: readonly string[]): string {
  return brackets(items.map((item) => `${item},`).join(''));
}

function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : quote(text);
}
