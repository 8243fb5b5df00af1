/** What a node is, as far as its picture goes. The type itself stays an opaque string. */
export type NodeKind =
  | 'group'
  | 'client'
  | 'service'
  | 'compute'
  | 'database'
  | 'queue'
  | 'topic'
  | 'storage'
  | 'aws'
  | 'remote';

const KNOWN: Readonly<Record<string, readonly [NodeKind, string]>> = {
  'box:type': ['group', 'All of one type'],
  'box:namespace': ['group', 'Namespace'],
  'box:group': ['group', 'X-Ray group'],
  'box:prefix': ['group', 'Names with this beginning'],
  client: ['client', 'Client'],
  remote: ['remote', 'Remote'],
  'Database::SQL': ['database', 'SQL database'],
  'AWS::DynamoDB::Table': ['database', 'DynamoDB table'],
  'AWS::DynamoDB': ['database', 'DynamoDB'],
  'AWS::RDS': ['database', 'RDS'],
  'AWS::SQS::Queue': ['queue', 'SQS queue'],
  'AWS::SQS': ['queue', 'SQS'],
  'AWS::Kinesis': ['queue', 'Kinesis'],
  'AWS::SNS': ['topic', 'SNS'],
  'AWS::SNS::Topic': ['topic', 'SNS topic'],
  'AWS::S3': ['storage', 'S3'],
  'AWS::S3::Bucket': ['storage', 'S3 bucket'],
  'AWS::Lambda': ['compute', 'Lambda'],
  'AWS::Lambda::Function': ['compute', 'Lambda function'],
  'AWS::EC2::Instance': ['service', 'EC2 instance'],
  'AWS::ECS::Container': ['service', 'ECS container'],
  'AWS::ECS::Fargate': ['service', 'ECS Fargate'],
  'AWS::ECS::EC2': ['service', 'ECS on EC2'],
  'AWS::EKS::Container': ['service', 'EKS container'],
  'AWS::ElasticBeanstalk::Environment': ['service', 'Elastic Beanstalk'],
};

export function kindOf(type: string | null): NodeKind {
  if (type === null || type === '') return 'service';
  const known = KNOWN[type];
  if (known !== undefined) return known[0];
  if (type.toLowerCase().startsWith('client')) return 'client';
  if (type.startsWith('Database::')) return 'database';
  return type.startsWith('AWS::') ? 'aws' : 'service';
}

/** `AWS::StepFunctions::StateMachine` reads as "StepFunctions StateMachine". */
export function typeLabel(type: string | null): string {
  if (type === null || type === '') return 'Service';
  return KNOWN[type]?.[1] ?? type.replace(/^AWS::/, '').replaceAll('::', ' ');
}

/** A queue's name on the wire is its whole URL; people know it by the last part. */
export function shortName(name: string, type: string | null): string {
  if (type?.startsWith('AWS::SQS') === true || /^(https?|arn):/.test(name)) {
    const parts = name.split(/[/:]/).filter((part) => part !== '');
    return parts.at(-1) ?? name;
  }
  return name;
}
