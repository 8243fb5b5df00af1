import { isJsonObject } from '../../clean-json.ts';
import type { Json, JsonObject, SegmentDocument } from '../../segment-document.ts';

export type NamedValue = readonly [key: string, value: Json | undefined];

/** Blocks of a segment's `aws` that tell where it runs: by member, the resource's attribute. Where two are the same, the later one counts. */
const BLOCKS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    'ec2',
    new Map([
      ['availability_zone', 'cloud.availability_zone'],
      ['instance_id', 'host.id'],
      ['instance_size', 'host.type'],
      ['ami_id', 'host.image.id'],
    ]),
  ],
  [
    'ecs',
    new Map([
      ['container', 'container.name'],
      ['container_id', 'container.id'],
      ['container_arn', 'aws.ecs.container.arn'],
      ['cluster_arn', 'aws.ecs.cluster.arn'],
      ['task_arn', 'aws.ecs.task.arn'],
      ['task_family', 'aws.ecs.task.family'],
      ['launch_type', 'aws.ecs.launchtype'],
      ['availability_zone', 'cloud.availability_zone'],
    ]),
  ],
  [
    'elastic_beanstalk',
    new Map([
      ['environment_name', 'service.namespace'],
      ['deployment_id', 'service.instance.id'],
      ['version_label', 'service.version'],
    ]),
  ],
  [
    'eks',
    new Map([
      ['container_id', 'container.id'],
      ['cluster_name', 'k8s.cluster.name'],
      ['pod', 'k8s.pod.name'],
    ]),
  ],
  [
    'xray',
    new Map([
      ['sdk', 'telemetry.sdk.name'],
      ['sdk_version', 'telemetry.sdk.version'],
    ]),
  ],
]);

/** Of these platforms and launch types `originOf` makes the origin again. */
const PLATFORMS: ReadonlyMap<string, readonly [platform: string, launchType?: string]> = new Map([
  ['AWS::AppRunner::Service', ['aws_app_runner']],
  ['AWS::EKS::Container', ['aws_eks']],
  ['AWS::ElasticBeanstalk::Environment', ['aws_elastic_beanstalk']],
  ['AWS::ECS::Container', ['aws_ecs']],
  ['AWS::ECS::EC2', ['aws_ecs', 'ec2']],
  ['AWS::ECS::Fargate', ['aws_ecs', 'fargate']],
  ['AWS::EC2::Instance', ['aws_ec2']],
]);

/** What a segment tells of its service and host (XRAY-SPEC §11.2); later ones count. */
export function readSegmentResource({ name, aws, origin, service, resource_arn: arn }: SegmentDocument): NamedValue[] {
  const blocks = aws === undefined ? [] : [...BLOCKS].flatMap(([block, keys]) => readBlock(aws[block], keys));
  const [platform, launchType] = PLATFORMS.get(origin ?? '') ?? [];
  return [
    ['service.name', name],
    ['cloud.provider', aws === undefined && origin?.startsWith('AWS::') !== true ? undefined : 'aws'],
    ['cloud.platform', platform],
    ['aws.ecs.launchtype', launchType],
    ['cloud.account.id', aws?.['account_id']],
    ['aws.log.group.arns', logGroups(aws, 'arn')],
    ['aws.log.group.names', logGroups(aws, 'log_group')],
    ...blocks,
    ['telemetry.sdk.language', languageOf(aws)],
    ['service.version', service?.['version']],
    ['aws.xray.origin', origin],
    ['aws.xray.resource_arn', arn],
  ];
}

/** Of a segment's `aws`: what the resource does not tell. */
export function besideResource(aws: JsonObject): JsonObject {
  const beside = Object.entries(aws).flatMap(([key, value]): [string, Json][] => {
    const keys = BLOCKS.get(key);
    if (key === 'cloudwatch_logs' && Array.isArray(value)) return [];
    if (keys === undefined || !isJsonObject(value)) return [[key, value]];
    const rest = Object.entries(value).filter(([member]) => !keys.has(member));
    return rest.length === 0 ? [] : [[key, Object.fromEntries(rest)]];
  });
  return Object.fromEntries(beside);
}

function readBlock(block: Json | undefined, keys: ReadonlyMap<string, string>): NamedValue[] {
  if (!isJsonObject(block)) return [];
  // A deployment's number is an instance's name.
  return [...keys].map(([member, key]) => {
    const value = block[member];
    return [key, typeof value === 'number' ? String(value) : value];
  });
}

function logGroups(aws: JsonObject | undefined, member: string): Json | undefined {
  const groups = aws?.['cloudwatch_logs'];
  if (!Array.isArray(groups)) return undefined;
  const found = groups.flatMap((group: Json) => (isJsonObject(group) ? (group[member] ?? []) : []));
  return found.length === 0 ? undefined : found;
}

/** `X-Ray for Node.js` is of `nodejs`. */
function languageOf(aws: JsonObject | undefined): string | undefined {
  const xray = aws?.['xray'];
  const sdk = isJsonObject(xray) ? xray['sdk'] : undefined;
  const language = typeof sdk === 'string' ? / for (\S.*)$/.exec(sdk)?.[1]?.toLowerCase() : undefined;
  return LANGUAGES.get(language ?? '') ?? language;
}

const LANGUAGES: ReadonlyMap<string, string> = new Map([
  ['node.js', 'nodejs'],
  ['.net', 'dotnet'],
]);
