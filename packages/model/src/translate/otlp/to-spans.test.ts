import { expect, test } from 'vitest';
import { parseDocument } from '../../parse-document.ts';
import type { JsonObject, TraceDocument } from '../../segment-document.ts';
import { timeUsFromSeconds } from '../../time.ts';
import { toDocumentTexts } from './to-documents.ts';
import { toOtlpGroups } from './to-spans.ts';

const START = 1_727_004_672.5;
const IDS = { trace_id: '1-5759e988-bd862e3fe1be46a994272793', id: '1111111111111111', start_time: START };
const LIMITS = { nowUs: timeUsFromSeconds(START), pastUsMax: 1e9, futureUsMax: 1e9, documentBytesMax: 65_536 };

function parsed(document: JsonObject): TraceDocument {
  const [read] = parseDocument(JSON.stringify({ ...IDS, name: 'shop', end_time: START + 1, ...document }), LIMITS);
  if (!read?.ok) throw new Error('refused');
  return read.value.document;
}

function spansOf(document: JsonObject) {
  return toOtlpGroups([parsed(document)]).flatMap(({ resource, spans }) =>
    spans.map((span) => ({ ...span, attributes: plain(span.attributes), resource: plain(resource.attributes) })),
  );
}

function plain(attributes: readonly { readonly key: string; readonly value: unknown }[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
}

test('a segment and its subsegments are spans of one service', () => {
  const call = { id: '2222222222222222', name: 'DynamoDB', start_time: START, end_time: START + 0.5, namespace: 'aws' };
  const local = { id: '3333333333333333', name: 'work', start_time: START, end_time: START + 0.5, subsegments: [call] };
  const spans = spansOf({ subsegments: [local] });
  expect(
    spans.map(({ spanId, parentSpanId, kind, resource }) => [spanId, parentSpanId, kind, resource['service.name']]),
  ).toEqual([
    ['1111111111111111', '', 2, 'shop'],
    ['3333333333333333', '1111111111111111', 1, 'shop'],
    ['2222222222222222', '3333333333333333', 3, 'shop'],
  ]);
  expect(spans[0]).toMatchObject({ traceId: '5759e988bd862e3fe1be46a994272793', start: { us: START * 1e6, ns: 0 } });
  expect(spans[2]?.attributes).toEqual({ 'aws.service': 'DynamoDB' });
});

test('a subsegment that was sent alone says nothing of its service', () => {
  const [span] = spansOf({ type: 'subsegment', parent_id: '4444444444444444', namespace: 'remote' });
  expect(span).toMatchObject({ kind: 3, parentSpanId: '4444444444444444', resource: {} });
});

test.each<[JsonObject, JsonObject]>([
  [
    {
      http: { request: { method: 'GET', url: 'u', client_ip: 'c', x_forwarded_for: true }, response: { status: 200 } },
    },
    {
      'http.request.method': 'GET',
      'url.full': 'u',
      'client.address': 'c',
      'aws.xray.x_forwarded_for': true,
      'http.response.status_code': 200,
    },
  ],
  [
    { annotations: { tier: 'gold' } },
    { tier: 'gold', 'aws.xray.annotations': [{ type: 'string', value: 'tier' }] as never },
  ],
  [{ metadata: { default: { k: 1 } } }, { 'aws.xray.metadata.default': '{"k":1}' }],
  [{ user: 'u1' }, { 'enduser.id': 'u1' }],
  [
    { sql: { url: 'jdbc:mysql://db.example:3306/orders?ssl=1', database_type: 'MySQL' } },
    { 'db.system': 'MySQL', 'db.connection_string': 'jdbc:mysql://db.example:3306', 'db.name': 'orders' },
  ],
  [{ sql: { url: 'jdbc:oracle:thin:@h:1/o' } }, { 'db.connection_string': 'jdbc:oracle:thin:@h:1/o' }],
  [{ aws: { operation: 'Get', retries: 2 } }, { 'aws.operation': 'Get', 'aws.xray.retries': 2 }],
])('fields %j become attributes %j', (fields, attributes) => {
  expect(spansOf(fields)[0]?.attributes).toEqual(attributes);
});

test('an open segment has no end yet', () => {
  const [span] = spansOf({ end_time: null, in_progress: true });
  expect(span).toMatchObject({ end: { us: 0, ns: 0 }, attributes: { 'aws.xray.inprogress': true } });
});

const AWS = {
  account_id: '1',
  retries: 2,
  ec2: { instance_id: 'i', availability_zone: 'a', instance_size: 's', ami_id: 'm', more: 1 },
  ecs: { container: 'c', container_id: 'id', task_arn: 't', launch_type: 'ec2', availability_zone: 'b' },
  elastic_beanstalk: { environment_name: 'env', deployment_id: 32, version_label: 'v' },
  eks: { cluster_name: 'k', pod: 'p' },
  cloudwatch_logs: [{ log_group: 'g', arn: 'arn' }, { log_group: 'h' }],
  xray: { sdk: 'X-Ray for Node.js', sdk_version: '3', rule_name: 'all' },
};

test('where a segment runs is told by its resource, and the rest of `aws` by the span', () => {
  const call = { id: '2222222222222222', name: 'S3', start_time: START, end_time: START, aws: { ec2: AWS.ec2 } };
  const [span, below] = spansOf({ aws: AWS, origin: 'AWS::ECS::Fargate', resource_arn: 'arn', subsegments: [call] });
  expect(span?.resource).toEqual({
    'service.name': 'shop',
    'service.version': 'v',
    'service.namespace': 'env',
    'service.instance.id': '32',
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_ecs',
    'cloud.account.id': '1',
    'cloud.availability_zone': 'b',
    'host.id': 'i',
    'host.type': 's',
    'host.image.id': 'm',
    'container.name': 'c',
    'container.id': 'id',
    'aws.ecs.task.arn': 't',
    'aws.ecs.launchtype': 'ec2',
    'k8s.cluster.name': 'k',
    'k8s.pod.name': 'p',
    'aws.log.group.names': ['g', 'h'].map((value) => ({ type: 'string', value })),
    'aws.log.group.arns': [{ type: 'string', value: 'arn' }],
    'telemetry.sdk.name': 'X-Ray for Node.js',
    'telemetry.sdk.version': '3',
    'telemetry.sdk.language': 'nodejs',
    'aws.xray.origin': 'AWS::ECS::Fargate',
    'aws.xray.resource_arn': 'arn',
  });
  expect(span?.attributes).toEqual({
    'aws.account_id': '1',
    'aws.xray.retries': 2,
    'aws.ec2': [{ key: 'more', type: 'int', value: 1 }],
    'aws.xray': [{ key: 'rule_name', type: 'string', value: 'all' }],
  });
  expect(Object.keys(below?.attributes ?? {})).toEqual(['aws.ec2']);
});

test.each([
  'AWS::AppRunner::Service',
  'AWS::EKS::Container',
  'AWS::ElasticBeanstalk::Environment',
  'AWS::ECS::Container',
  'AWS::ECS::EC2',
  'AWS::ECS::Fargate',
  'AWS::EC2::Instance',
])('an origin comes back: %s', (origin) => {
  const [group] = toOtlpGroups([parsed({ origin, aws: { xray: { sdk: 'X-Ray for Go' } } })]);
  const [text = ''] = toDocumentTexts(group === undefined ? [] : [group], { indexed: 'all' });
  expect(JSON.parse(text)).toMatchObject({ origin, aws: { xray: { sdk: 'X-Ray for Go' } } });
});

test.each<[JsonObject, number]>([
  [{ namespace: 'remote', http: { request: { client_ip: '1.2.3.4' } } }, 3],
  [{ http: { request: { client_ip: '1.2.3.4' } } }, 2],
  [{}, 1],
])('a subsegment with %j is a span of kind %s', (fields, kind) => {
  const [span] = spansOf({ type: 'subsegment', parent_id: '4444444444444444', ...fields });
  expect(span?.kind).toBe(kind);
});

test('a cause that is told elsewhere is named', () => {
  expect(spansOf({ cause: 'aaaaaaaaaaaaaaaa' })[0]?.status).toEqual({ code: 2, message: 'aaaaaaaaaaaaaaaa' });
});

test('a cause becomes a failed status and exception events', () => {
  const exception = {
    id: 'aaaaaaaaaaaaaaaa',
    type: 'E',
    message: 'no',
    stack: [{ path: 'a.js', line: 3, label: 'f' }],
  };
  const [span] = spansOf({ fault: true, cause: { exceptions: [exception] } });
  expect(span?.status.code).toBe(2);
  expect(span?.events.map(({ name, attributes }) => [name, plain(attributes)])).toEqual([
    [
      'exception',
      {
        'exception.type': 'E',
        'exception.message': 'no',
        'exception.stacktrace': 'E: no\n\tat f(a.js:3)',
        'aws.xray.exception.id': 'aaaaaaaaaaaaaaaa',
      },
    ],
  ]);
});
