import { expect, test } from 'vitest';
import type { IndexedAttributes } from './annotations.ts';
import { readPlainAttributes } from './attribute-json.ts';
import type { OtlpEvent, OtlpSpan } from './span.ts';
import { toDocumentTexts } from './to-documents.ts';
import { inferTarget } from '../../infer.ts';
import type { JsonObject } from '../../segment-document.ts';

const [INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER] = [1, 2, 3, 4, 5];
const SPAN_ID = '53995c3f42cd8ad8';
const PARENT_ID = '2222222222222222';

interface Given {
  readonly kind?: number;
  readonly attributes?: JsonObject;
  readonly resource?: JsonObject;
  readonly span?: Partial<OtlpSpan>;
  readonly indexed?: IndexedAttributes;
}

function translate({ kind = SERVER, attributes = {}, resource = {}, span = {}, indexed = new Set() }: Given) {
  const whole: OtlpSpan = {
    traceId: '5759e988bd862e3fe1be46a994272793',
    spanId: SPAN_ID,
    parentSpanId: PARENT_ID,
    traceState: '',
    flags: 0,
    name: 'GET /cart?',
    kind: kind ?? 0,
    start: { us: 1_727_004_672_000_001, ns: 0 },
    end: { us: 1_727_004_672_500_000, ns: 0 },
    attributes: readPlainAttributes(attributes),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: 0, message: '' },
    ...span,
  };
  const resourceAttributes = readPlainAttributes({ 'service.name': 'shop', ...resource });
  const group = {
    resource: { attributes: resourceAttributes, droppedAttributesCount: 0, schemaUrl: '' },
    scope: { name: '', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
    spans: [whole],
  };
  const documents = toDocumentTexts([group], { indexed }).map((text) => JSON.parse(text));
  return documents;
}

test('ids and times', () => {
  expect(translate({})[0]).toMatchObject({
    id: SPAN_ID,
    trace_id: '1-5759e988-bd862e3fe1be46a994272793',
    parent_id: PARENT_ID,
    start_time: 1_727_004_672.000001,
    end_time: 1_727_004_672.5,
  });
  expect(translate({ span: { end: { us: 0, ns: 0 } } })[0]).toMatchObject({ in_progress: true });
});

test.each<[string, number | undefined, string, string | undefined, string | undefined]>([
  ['a server is a segment', SERVER, PARENT_ID, undefined, undefined],
  ['a root is a segment', INTERNAL, '', undefined, undefined],
  ['a client at the root is a segment', CLIENT, '', undefined, undefined],
  ['a consumer is a segment', CONSUMER, PARENT_ID, undefined, undefined],
  ['a client is a call', CLIENT, PARENT_ID, 'subsegment', 'remote'],
  ['a producer is work', PRODUCER, PARENT_ID, 'subsegment', undefined],
  ['work below a parent', INTERNAL, PARENT_ID, 'subsegment', undefined],
  ['no kind is work', 0, PARENT_ID, 'subsegment', undefined],
])('%s', (_what, kind = 0, parentSpanId, type, namespace) => {
  const [document] = translate({ kind, span: { parentSpanId } });
  expect([document.type, document.namespace]).toEqual([type, namespace]);
});

test.each<[number | undefined, JsonObject, string]>([
  [SERVER, {}, 'shop'],
  [CONSUMER, { 'peer.service': 'queue' }, 'shop'],
  [INTERNAL, {}, 'GET /cart'],
  [CLIENT, {}, 'GET /cart'],
  [SERVER, { 'aws.local.service': 'local', 'peer.service': 'peer' }, 'local'],
  [CLIENT, { 'aws.remote.service': 'far', 'peer.service': 'peer' }, 'far'],
  [CLIENT, { 'aws.remote.service': 'AWS.SDK.S3', 'rpc.system': 'aws-api' }, 'S3'],
  [CLIENT, { 'aws.remote.service': 'AWS::S3', 'rpc.system': 'aws-api' }, 'S3'],
  [CLIENT, { 'peer.service': 'peer', 'aws.service': 'S3' }, 'peer'],
  [CLIENT, { 'aws.service': 'DynamoDB', 'db.name': 'orders' }, 'DynamoDB'],
  [CLIENT, { 'db.name': 'orders', 'db.connection_string': 'jdbc:mysql://db.example:3306/x' }, 'orders@db.example'],
  [CLIENT, { 'db.namespace': 'orders', 'server.address': 'db.example' }, 'orders@db.example'],
  [CLIENT, { 'rpc.service': 'Cart', 'http.host': 'cart.example' }, 'Cart'],
  [CLIENT, { 'http.host': 'cart.example', 'net.peer.name': 'peer.example' }, 'cart.example'],
  [CLIENT, { 'net.peer.name': 'peer.example' }, 'peer.example'],
  [CLIENT, { 'server.address': 'new.example' }, 'new.example'],
  [CLIENT, { 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o' }, 'openai'],
  [CLIENT, { 'gen_ai.system': 'anthropic' }, 'anthropic'],
  [CLIENT, { 'gen_ai.provider.name': 'openai', 'server.address': 'api.openai.example' }, 'api.openai.example'],
  [INTERNAL, { 'gen_ai.provider.name': 'openai', 'gen_ai.operation.name': 'execute_tool' }, 'GET /cart'],
  [PRODUCER, { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders', 'server.address': 'b' }, 'orders'],
  [PRODUCER, { 'messaging.system': 'kafka', 'messaging.destination': 'old-orders' }, 'old-orders'],
  [
    PRODUCER,
    { 'messaging.system': 'aws_sqs', 'messaging.destination.name': 'q', 'rpc.system': 'aws-api', 'rpc.service': 'SQS' },
    'SQS',
  ],
])('kind %s with %j is named %s', (kind = 0, attributes, name) => {
  expect(translate({ kind, attributes })[0].name).toBe(name);
});

test.each<[number | undefined, JsonObject, string | undefined]>([
  [CLIENT, {}, 'remote'],
  [CLIENT, { 'rpc.system': 'aws-api' }, 'aws'],
  [CLIENT, { 'aws.service': 'S3' }, 'aws'],
  [CLIENT, { 'aws.service': 'S3', 'peer.service': 'p' }, 'remote'],
  [PRODUCER, { 'aws.remote.service': 'far' }, 'remote'],
  [PRODUCER, { 'messaging.system': 'kafka' }, 'remote'],
  [PRODUCER, { 'messaging.system': 'aws_sqs', 'rpc.system': 'aws-api' }, 'aws'],
  [CLIENT, { 'gen_ai.provider.name': 'openai' }, 'remote'],
  [INTERNAL, { 'gen_ai.provider.name': 'openai' }, undefined],
  [INTERNAL, { 'http.host': 'h' }, undefined],
])('kind %s with %j is of namespace %s', (kind = 0, attributes, namespace) => {
  expect(translate({ kind, attributes })[0].namespace).toBe(namespace);
});

test.each<[number | undefined, JsonObject, object]>([
  [
    PRODUCER,
    { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
    { name: 'orders', type: 'Messaging::Kafka' },
  ],
  [
    CLIENT,
    { 'messaging.system': 'rabbitmq', 'messaging.operation.type': 'receive', 'server.address': 'mq.example' },
    { name: 'mq.example', type: 'Messaging::RabbitMQ' },
  ],
  [CLIENT, { 'gen_ai.provider.name': 'openai', 'gen_ai.usage.input_tokens': 12 }, { name: 'openai', type: 'remote' }],
])('kind %s with %j is a call of the node %j, and keeps its attributes', (kind = 0, attributes, node) => {
  for (const indexed of ['all', new Set<string>()] as const) {
    const [document] = translate({ kind, attributes, indexed });
    expect(inferTarget(document)).toMatchObject({ node });
    expect({ ...document.metadata.default, ...document.annotations }).toMatchObject(attributes);
  }
});

test.each<[JsonObject, string | undefined]>([
  [{}, undefined],
  [{ 'cloud.platform': 'aws_app_runner' }, 'AWS::AppRunner::Service'],
  [{ 'cloud.platform': 'aws_eks' }, 'AWS::EKS::Container'],
  [{ 'cloud.platform': 'aws_elastic_beanstalk' }, 'AWS::ElasticBeanstalk::Environment'],
  [{ 'cloud.platform': 'aws_ecs' }, 'AWS::ECS::Container'],
  [{ 'cloud.platform': 'aws_ecs', 'aws.ecs.launchtype': 'ec2' }, 'AWS::ECS::EC2'],
  [{ 'cloud.platform': 'aws_ecs', 'aws.ecs.launchtype': 'FARGATE' }, 'AWS::ECS::Fargate'],
  [{ 'cloud.platform': 'aws_ec2', 'cloud.provider': 'aws' }, 'AWS::EC2::Instance'],
  [{ 'cloud.platform': 'aws_ec2', 'cloud.provider': 'gcp' }, undefined],
])('origin of %j is %s', (resource, origin) => {
  expect(translate({ resource })[0].origin).toBe(origin);
});

test.each<[number | undefined, number, string]>([
  [undefined, 0, ''],
  [undefined, 2, 'fault'],
  [200, 2, 'fault'],
  [302, 0, ''],
  [404, 0, 'error'],
  [404, 2, 'error'],
  [429, 2, 'error throttle'],
  [500, 0, 'fault'],
  [503, 1, 'fault'],
])('HTTP status %s and span status %s is %s', (status, code, flags) => {
  const attributes = status === undefined ? {} : { 'http.response.status_code': status };
  const [document] = translate({ attributes, span: { status: { code, message: '' } } });
  expect(['error', 'throttle', 'fault'].filter((flag) => document[flag] === true).join(' ')).toBe(flags);
});

const get = (url: string) => ({ request: { method: 'G', url } });

test.each<[number | undefined, JsonObject, JsonObject | undefined]>([
  [SERVER, {}, undefined],
  [SERVER, { 'url.path': '/x' }, undefined],
  [CLIENT, { 'http.method': 'GET', 'http.url': 'http://a/b' }, { request: { method: 'GET', url: 'http://a/b' } }],
  [CLIENT, { 'http.request.method': 'GET', 'url.full': 'u' }, { request: { method: 'GET', url: 'u' } }],
  [
    SERVER,
    { 'http.target': '/t', 'http.host': 'a:81', 'http.scheme': 'https' },
    { request: { url: 'https://a:81/t' } },
  ],
  [
    SERVER,
    { 'http.method': 'G', 'net.host.name': 'a', 'net.host.port': 81 },
    { request: { method: 'G', url: 'http://a:81/' } },
  ],
  [
    CLIENT,
    { 'http.method': 'G', 'net.peer.ip': '::1', 'server.port': 80 },
    { request: { method: 'G', url: 'http://::1/', client_ip: '::1' } },
  ],
  [
    CLIENT,
    { 'url.scheme': 'http', 'http.method': 'G', 'net.peer.name': 'a', 'net.peer.port': 443 },
    get('http://a:443/'),
  ],
  [CLIENT, { 'url.scheme': 'https', 'http.method': 'G', 'server.address': 'a', 'server.port': 443 }, get('https://a/')],
  [CLIENT, { 'http.method': 'G', 'http.host': 'a', 'net.peer.port': 5000 }, get('http://a/')],
  [SERVER, { 'http.method': 'G', 'net.host.name': 'a', 'net.peer.port': 54321 }, get('http://a/')],
  [SERVER, { 'http.method': 'G', 'server.address': 'a', 'url.query': '?q=1' }, get('http://a/?q=1')],
  [SERVER, { 'http.method': 'G', 'network.peer.address': '/tmp/socket' }, { request: { method: 'G' } }],
  [SERVER, { 'http.method': 'G', 'client.address': 'a.example' }, { request: { method: 'G' } }],
  [SERVER, { 'user_agent.original': 'curl' }, { request: { user_agent: 'curl' } }],
  [
    SERVER,
    { 'http.method': 'G', 'server.address': 'a', 'url.path': '/p', 'url.query': 'q=1' },
    { request: { method: 'G', url: 'http://a/p?q=1' } },
  ],
  [SERVER, { 'http.status_code': '200' }, { response: { status: 200 } }],
  [
    SERVER,
    { 'http.method': 'G', 'http.client_ip': '1.2.3.4' },
    { request: { method: 'G', client_ip: '1.2.3.4', x_forwarded_for: true } },
  ],
  [
    SERVER,
    { 'http.method': 'G', 'http.client_ip': '1.2.3.4', 'net.peer.ip': '5.6.7.8' },
    { request: { method: 'G', client_ip: '1.2.3.4' } },
  ],
  [
    SERVER,
    { 'http.method': 'G', 'client.address': '2001:db8::1' },
    { request: { method: 'G', client_ip: '2001:db8::1', x_forwarded_for: true } },
  ],
  [
    SERVER,
    { 'http.method': 'G', 'client.address': '1.2.3.4', 'network.peer.address': '5.6.7.8' },
    { request: { method: 'G', client_ip: '1.2.3.4' } },
  ],
  [
    SERVER,
    { 'http.method': 'G', 'network.peer.address': '5.6.7.8' },
    { request: { method: 'G', client_ip: '5.6.7.8' } },
  ],
  [
    SERVER,
    { 'http.method': 'G', 'user_agent.original': 'curl', 'http.response.body.size': 7 },
    { request: { method: 'G', user_agent: 'curl' }, response: { content_length: 7 } },
  ],
])('kind %s with %j has http %j', (kind = 0, attributes, http) => {
  expect(translate({ kind, attributes })[0].http).toEqual(http);
});

test.each<[JsonObject, JsonObject, number | undefined]>([
  [{ 'http.response_content_length': 7 }, {}, 7],
  [{ 'messaging.message.body.size': 7 }, {}, undefined],
  [{ 'messaging.message_payload_size_bytes': 7 }, {}, undefined],
  [{ 'messaging.message_payload_size_bytes': 7, 'message.type': 'RECEIVED' }, {}, 7],
  [{}, { 'messaging.message_payload_size_bytes': 7, 'message.type': 'SENT' }, undefined],
  [{}, { 'messaging.message_payload_size_bytes': 7, 'message.type': 'RECEIVED' }, 7],
])('of a span with %j and an event with %j, the answer is long: %s', (attributes, ofEvent, length) => {
  const events = [ofEvent, { 'message.type': 'RECEIVED', 'message.uncompressed_size': '' }].map(exception);
  const [{ http }] = translate({ attributes: { 'http.status_code': 200, ...attributes }, span: { events } });
  expect(http.response.content_length).toBe(length);
});

test('sql of the databases that X-Ray knows, and of no other', () => {
  const attributes = { 'db.system': 'mysql', 'db.name': 'orders', 'db.user': 'app', 'db.statement': 'SELECT 1' };
  expect(translate({ kind: CLIENT, attributes })[0].sql).toEqual({
    url: 'GET /cart?',
    connection_string: 'localhost/orders',
    database_type: 'mysql',
    user: 'app',
    sanitized_query: 'SELECT 1',
  });
  expect(translate({ kind: CLIENT, attributes: { ...attributes, 'db.system': 'redis' } })[0].sql).toBeUndefined();
  const [root] = translate({ kind: CLIENT, attributes, span: { parentSpanId: '', name: '' } });
  expect([root.type, root.sql.user, root.sql.url]).toEqual([undefined, 'app', undefined]);
});

test.each<[JsonObject, JsonObject, JsonObject | undefined]>([
  [{}, {}, undefined],
  [{ 'cloud.provider': 'gcp', 'host.id': 'i' }, { 'aws.operation': 'Get' }, undefined],
  [{ 'cloud.account.id': '1' }, { 'aws.account_id': '2' }, { account_id: '2' }],
  [{ 'host.id': 'i-1', 'host.type': 't3' }, {}, { ec2: { instance_id: 'i-1', instance_size: 't3' } }],
  [{ 'cloud.platform': 'aws_ecs', 'container.name': 'c' }, {}, { ecs: { container: 'c' } }],
  [{ 'k8s.cluster.name': 'k', 'k8s.pod.name': 'p' }, {}, { eks: { cluster_name: 'k', pod: 'p' } }],
  [
    { 'cloud.platform': 'aws_elastic_beanstalk', 'service.instance.id': '23', 'service.namespace': 'env' },
    {},
    { elastic_beanstalk: { environment_name: 'env', deployment_id: 23 } },
  ],
  [{ 'aws.log.group.names': 'a&b&' }, {}, { cloudwatch_logs: [{ log_group: 'a' }, { log_group: 'b' }] }],
  [{ 'aws.log.group.arns': ['a:b'] }, {}, { cloudwatch_logs: [{ log_group: 'a:b', arn: 'a:b' }] }],
  [
    { 'telemetry.sdk.name': 'opentelemetry', 'telemetry.sdk.language': 'go', 'telemetry.sdk.version': '1' },
    {},
    { xray: { sdk: 'opentelemetry for go', sdk_version: '1', auto_instrumentation: false } },
  ],
  [
    {},
    { 'rpc.system': 'aws-api', 'rpc.method': 'GetItem', 'aws.dynamodb.table_names': ['t'] },
    { operation: 'GetItem', table_name: 't' },
  ],
  [{}, { 'aws.dynamodb.table_names': ['t', 'u'] }, { table_names: ['t', 'u'] }],
  [{}, { 'aws.dynamodb.table_names': ['t'], 'aws.table_name': 'u' }, { table_name: 't' }],
  [{}, { 'aws.dynamodb.table_names': ['t', 'v'], 'aws.table_name': 'u' }, { table_names: ['t', 'v'] }],
  [{}, { 'messaging.url': 'https://q', 'aws.requestId': 'r' }, { queue_url: 'https://q', request_id: 'r' }],
  [{}, { 'messaging.url': 'https://q', 'aws.queue_url': 'https://p' }, { queue_url: 'https://q' }],
  [{}, { 'rpc.method': 'Add' }, undefined],
])('resource %j and span %j have aws %j', (resource, attributes, aws) => {
  expect(translate({ resource, attributes })[0].aws).toEqual(aws);
});

const ALL = { tier: 'gold', 'a-b': 1, list: ['x'] };

test.each<[IndexedAttributes, JsonObject, JsonObject]>([
  [new Set(), ALL, {}],
  [new Set(['tier', 'list']), ALL, { tier: 'gold' }],
  [new Set(['a-b']), ALL, { a_b: 1 }],
  [new Set(), { ...ALL, 'aws.xray.annotations': ['tier'] }, { tier: 'gold' }],
  [new Set(['otel.resource.service.name']), {}, { 'otel.resource.service.name': 'shop' }],
  ['all', ALL, { tier: 'gold', a_b: 1, 'otel.resource.service.name': 'shop' }],
])('indexed %j of %j are %j', (indexed, attributes, annotations) => {
  expect(translate({ indexed, attributes })[0].annotations ?? {}).toEqual(annotations);
});

test('attributes and resource are in metadata.default; namespaces of their own are opened', () => {
  const attributes = { tier: 'gold', 'aws.xray.metadata.own': '{"k":[1]}', 'aws.xray.metadata.default': '{"more":1}' };
  const [{ metadata }] = translate({ attributes });
  expect(metadata.default).toMatchObject({ tier: 'gold', more: 1, 'otel.resource.service.name': 'shop' });
  expect(metadata.own).toEqual({ k: [1] });
});

test('a local root that calls out becomes a call below a segment of its service', () => {
  const attributes = {
    'aws.span.kind': 'LOCAL_ROOT',
    'aws.local.service': 'cart',
    'aws.remote.service': 'stock',
    'enduser.id': 'u1',
  };
  const [call, service] = translate({ kind: CLIENT, attributes });
  expect(call).toMatchObject({
    id: SPAN_ID,
    type: 'subsegment',
    name: 'stock',
    namespace: 'remote',
    parent_id: service.id,
  });
  expect(service).toMatchObject({ name: 'cart', parent_id: PARENT_ID, user: 'u1' });
  expect(service.type).toBeUndefined();
  expect(translate({ kind: INTERNAL, attributes }).map(({ name, type }) => [name, type])).toEqual([
    ['cart', undefined],
  ]);
});

test('the segment around a local root has an id, whatever the id of the span is', () => {
  const attributes = { 'aws.span.kind': 'LOCAL_ROOT' };
  const [call, service] = translate({ kind: CLIENT, attributes, span: { spanId: '5a5a00000000a5a5' } });
  expect(service.id).toBe('0000a5a55a5a0000');
  expect(call).toMatchObject({ id: '5a5a00000000a5a5', parent_id: service.id });
});

test('links, user, version and HTTP route are kept', () => {
  const link = {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    traceState: '',
    attributes: [],
    droppedAttributesCount: 0,
    flags: 0,
  };
  const [document] = translate({
    attributes: { 'enduser.id': 'u1', 'http.route': '/cart' },
    resource: { 'service.version': '2' },
    span: { links: [link] },
  });
  expect(document).toMatchObject({
    user: 'u1',
    service: { version: '2' },
    links: [{ trace_id: `1-${'ab'.repeat(4)}-${'ab'.repeat(12)}`, id: 'cd'.repeat(8) }],
    metadata: { default: { 'http.route': '/cart' }, otlp: { name: 'GET /cart?' } },
  });
});

test('an image says the version where nothing else does', () => {
  const versionOf = (resource: JsonObject) => translate({ resource })[0].service.version;
  expect(versionOf({ 'container.image.tag': '9' })).toBe('9');
  expect(versionOf({ 'container.image.tag': '9', 'service.version': '2' })).toBe('2');
});

const exception = (attributes: JsonObject): OtlpEvent => ({
  time: { us: 1, ns: 0 },
  name: 'exception',
  attributes: readPlainAttributes(attributes),
  droppedAttributesCount: 0,
});

test('exceptions and their causes', () => {
  const stack = 'A: no\n\tat x.Y.z(Y.java:3)\nCaused by: B: deep\n\tat q.R.s(R.java:4)\n\t... 1 more';
  const [{ cause }] = translate({
    kind: CLIENT,
    resource: { 'telemetry.sdk.language': 'java' },
    span: { events: [exception({ 'exception.type': 'A', 'exception.message': 'no', 'exception.stacktrace': stack })] },
  });
  const [outer, inner] = cause.exceptions;
  expect(outer).toMatchObject({
    type: 'A',
    message: 'no',
    remote: true,
    cause: inner.id,
    stack: [{ path: 'Y.java', line: 3, label: 'x.Y.z' }],
  });
  expect(inner).toMatchObject({ type: 'B', message: 'deep', stack: [{ path: 'R.java', line: 4, label: 'q.R.s' }] });
  const [failed] = translate({ span: { status: { code: 2, message: 'out of stock' } } });
  expect(failed.cause.exceptions).toMatchObject([{ message: 'out of stock' }]);
  const told = { attributes: { 'http.status_text': 'Gone' }, span: { status: { code: 2, message: '' } } };
  expect(translate(told)[0].cause.exceptions).toMatchObject([{ message: 'Gone' }]);
});
