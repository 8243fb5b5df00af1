// What is sent as spans, by topic. Each has a parent but for `root`, and the resource's name `shop`. `differs` says what is different in our
// document, and why: one of `CASES` in differences.mjs.

const [INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER] = [1, 2, 3, 4, 5];
const NEWER = 'the newer conventions count everywhere';

const http = (attributes, kind = CLIENT) => ({ kind, attributes: { 'http.method': 'GET', ...attributes } });
const aws = (attributes) => ({ kind: CLIENT, attributes: { 'rpc.system': 'aws-api', ...attributes } });
const runs = (resource) => ({ kind: SERVER, resource });
const status = (code, attributes = {}, message = '') => ({ kind: SERVER, attributes, status: { code, message } });

const KINDS = [
  { kind: SERVER },
  { kind: SERVER, root: true },
  { kind: INTERNAL },
  { kind: INTERNAL, root: true },
  { kind: CLIENT },
  { kind: CLIENT, root: true },
  { kind: PRODUCER },
  { kind: CONSUMER },
  { kind: CONSUMER, attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' } },
  {
    kind: PRODUCER,
    attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
    differs: ['a PRODUCER calls its topic', { name: 'orders', namespace: 'remote' }],
  },
];

const NAMES = [
  { kind: CLIENT, name: 'GET /a?b<c>"d"' },
  { kind: CLIENT, name: '日本語 ok' },
  { kind: CLIENT, name: '???' },
  { kind: CLIENT, name: 'x'.repeat(250) },
  { kind: CLIENT, attributes: { 'peer.service': 'stock<1>' } },
  { kind: SERVER, attributes: { 'peer.service': 'peer' } },
  { kind: SERVER, resource: { 'service.name': 'a "b"' } },
  { kind: CLIENT, attributes: { 'aws.service': 'S3' } },
  { kind: CLIENT, attributes: { 'aws.service': 'S3', 'peer.service': 'peer' } },
  { kind: CLIENT, attributes: { 'rpc.service': 'Cart', 'http.host': 'a.example' } },
  { kind: CLIENT, attributes: { 'http.host': 'a.example', 'net.peer.name': 'b.example' } },
  { kind: CLIENT, attributes: { 'net.peer.name': 'b.example' } },
  { kind: SERVER, attributes: { 'aws.local.service': 'local', 'peer.service': 'peer' } },
  { kind: CLIENT, attributes: { 'aws.remote.service': 'AWS.SDK.S3', 'peer.service': 'peer' } },
  aws({ 'aws.remote.service': 'AWS.SDK.S3' }),
  aws({ 'aws.remote.service': 'AWS::DynamoDB' }),
  { kind: PRODUCER, attributes: { 'aws.remote.service': 'far' } },
  { kind: CLIENT, attributes: { 'server.address': 'a.example' }, differs: [NEWER, { name: 'a.example' }] },
];

const LOCAL_ROOTS = [INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER].map((kind) => ({
  kind,
  attributes: {
    'aws.span.kind': 'LOCAL_ROOT',
    'aws.local.service': 'cart',
    'aws.remote.service': 'stock',
    'enduser.id': 'u1',
  },
  resource: { 'service.version': '7', 'cloud.platform': 'aws_ec2', 'telemetry.sdk.name': 'opentelemetry' },
  links: [{}],
}));

const URLS = [
  http({ 'http.url': 'https://a.example/b?c=d', 'http.status_code': 200, 'http.user_agent': 'curl/8' }),
  http({ 'http.host': 'a.example:81', 'http.target': '/t?u=v', 'http.scheme': 'https' }, SERVER),
  http({ 'http.host': 'a.example', 'net.host.port': 8080 }, SERVER),
  http({ 'http.server_name': 'a.example', 'net.host.port': 8080 }, SERVER),
  http({ 'net.host.name': 'a.example', 'net.host.port': 443, 'http.scheme': 'https' }, SERVER),
  http({ 'net.host.name': 'a.example', 'net.host.port': 443, 'http.scheme': 'http' }, SERVER),
  http({ 'net.host.name': 'a.example', 'net.peer.port': 54_321 }, SERVER),
  http({ 'host.name': 'a.example', 'net.host.port': '8081' }, SERVER),
  http({ 'net.peer.name': 'a.example', 'net.peer.port': 5000, 'http.target': '/t' }),
  http({ 'net.peer.ip': '10.0.0.7', 'net.peer.port': 80 }),
  http(
    { 'server.address': 'a.example', 'server.port': 8443, 'url.scheme': 'https', 'url.path': '/p', 'url.query': 'q=1' },
    SERVER,
  ),
  http({ 'server.address': 'a.example', 'url.query': '?q=1' }, SERVER),
  {
    kind: SERVER,
    attributes: { 'http.request.method': 'PUT', 'http.response.status_code': 204, 'url.full': 'https://a.example/' },
  },
  {
    kind: SERVER,
    attributes: { 'user_agent.original': 'curl/8', 'server.address': 'a.example' },
    differs: ['a URL needs more than a host', { http: { request: { user_agent: 'curl/8' } } }],
  },
  http({ 'server.address': 'a.example', 'url.path': '/p' }),
  http({ 'url.path': '/p' }, SERVER),
];
const [newClient] = URLS.slice(-2);
newClient.differs = [NEWER, { name: 'a.example', http: { request: { method: 'GET', url: 'http://a.example/p' } } }];

const ADDRESSES = [
  http({ 'http.client_ip': '1.2.3.4' }, SERVER),
  http({ 'http.client_ip': '1.2.3.4', 'net.peer.ip': '5.6.7.8', 'net.host.name': 'a.example' }, SERVER),
  http({ 'client.address': '2001:db8::1' }, SERVER),
  http({ 'client.address': '1.2.3.4', 'network.peer.address': '5.6.7.8', 'server.address': 'a.example' }, SERVER),
  http({ 'network.peer.address': '5.6.7.8', 'server.address': 'a.example' }, SERVER),
  http({ 'network.peer.address': '/tmp/socket', 'client.address': 'a.example' }, SERVER),
];

const LENGTHS = [
  http({ 'messaging.message_payload_size_bytes': 7 }, SERVER),
  http({ 'messaging.message_payload_size_bytes': 7, 'message.type': 'RECEIVED' }, SERVER),
  {
    ...http({}, SERVER),
    events: [7, 8].map((size) => [
      'message',
      { 'message.type': 'RECEIVED', 'messaging.message_payload_size_bytes': size },
    ]),
  },
  {
    ...http({ 'http.response.body.size': 9 }, SERVER),
    differs: [NEWER, { http: { request: { method: 'GET' }, response: { content_length: 9 } } }],
  },
];

const STATUSES = [
  ...[200, 302, 400, 404, 429, 499, 500, 503, 599, 600].map((code) => status(0, { 'http.status_code': code })),
  ...[200, 404, 429, 503].map((code) => status(2, { 'http.response.status_code': code }, 'no')),
  status(0),
  status(1, {}, 'said'),
  status(2),
  status(2, {}, 'out of stock'),
  status(2, { 'http.status_text': 'Gone' }),
];

const database = { 'db.system': 'mysql', 'db.name': 'orders', 'db.user': 'app', 'db.statement': 'SELECT 1' };
const connected = (url) => ({ kind: CLIENT, attributes: { ...database, 'db.connection_string': url } });

const DATABASES = [
  ...['postgresql', 'mssql', 'oracle', 'other_sql', 'redis'].map((system) => ({
    kind: CLIENT,
    attributes: { ...database, 'db.system': system },
  })),
  { kind: CLIENT, attributes: database, root: true },
  connected('jdbc:mysql://db.example:3306'),
  connected('postgres://u:p@db.example:1/x'),
  connected('Server=tcp:x;Port=1'),
  { kind: CLIENT, attributes: { 'db.system': 'mysql', 'net.peer.name': 'db.example' } },
  {
    kind: CLIENT,
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': 'orders',
      'db.query.text': 'SELECT 1',
      'server.address': 'db.example',
    },
    differs: [
      NEWER,
      {
        name: 'orders@db.example',
        sql: {
          url: 'work',
          connection_string: 'db.example/orders',
          database_type: 'postgresql',
          sanitized_query: 'SELECT 1',
        },
      },
    ],
  },
];

const AWS_CALLS = [
  aws({ 'rpc.service': 'DynamoDB', 'rpc.method': 'GetItem', 'aws.dynamodb.table_names': ['t'], 'aws.table_name': 'u' }),
  aws({ 'rpc.service': 'DynamoDB', 'aws.dynamodb.table_names': ['t', 'v'], 'aws.region': 'us-west-2' }),
  aws({ 'aws.operation': 'Query', 'rpc.method': 'GetItem', 'aws.table.name': 'u', 'aws.requestId': 'r' }),
  aws({ 'aws.service': 'SQS', 'messaging.url': 'https://q', 'aws.queue_url': 'https://p', 'aws.request_id': 'r' }),
  aws({ 'aws.queue.url': 'https://p', 'aws.account_id': '2' }),
  aws({ 'aws.sns.topic.arn': 'arn:aws:sns:x', 'aws.s3.bucket': 'b', 'aws.lambda.function.name': 'f' }),
  { kind: CLIENT, attributes: { 'rpc.system': 'grpc', 'rpc.service': 'Cart', 'rpc.method': 'Add' } },
];

const ECS = {
  'container.name': 'c',
  'container.id': 'd',
  'aws.ecs.task.arn': 'arn:t',
  'aws.ecs.task.family': 'f',
  'aws.ecs.cluster.arn': 'arn:c',
};

const PLACES = [
  ...['aws_app_runner', 'aws_eks', 'aws_elastic_beanstalk', 'aws_ec2', 'aws_lambda', 'gcp_x'].map((platform) =>
    runs({ 'cloud.platform': platform }),
  ),
  runs({ 'cloud.platform': 'aws_ecs', ...ECS, 'cloud.availability_zone': 'a' }),
  runs({ 'cloud.platform': 'aws_ecs', 'aws.ecs.launchtype': 'ec2' }),
  runs({ 'cloud.platform': 'aws_ecs', 'aws.ecs.launchtype': 'fargate' }),
  runs({ 'cloud.provider': 'aws', ...ECS }),
  runs({ 'cloud.provider': 'gcp', 'cloud.platform': 'aws_ec2', 'host.id': 'i' }),
  runs({
    'cloud.account.id': '1',
    'host.id': 'i',
    'host.type': 't3',
    'host.image.id': 'm',
    'cloud.availability_zone': 'a',
  }),
  runs({ 'k8s.cluster.name': 'k', 'k8s.pod.name': 'p', 'container.id': 'd' }),
  runs({
    'cloud.platform': 'aws_elastic_beanstalk',
    'service.instance.id': '23',
    'service.namespace': 'env',
    'service.version': 'v',
  }),
  runs({ 'cloud.platform': 'aws_elastic_beanstalk', 'service.instance.id': 'i-x' }),
  runs({ 'aws.log.group.names': 'a&b' }),
  runs({ 'aws.log.group.names': ['a', 'b'], 'aws.log.group.arns': ['arn:aws:logs:r:1:log-group:NAME:*', 'short:arn'] }),
  runs({ 'telemetry.sdk.name': 'opentelemetry', 'telemetry.sdk.language': 'go', 'telemetry.sdk.version': '1' }),
  runs({ 'telemetry.sdk.name': 'opentelemetry', 'telemetry.distro.version': '2' }),
  runs({ 'service.version': '2', 'container.image.tag': '9' }),
  runs({ 'container.image.tag': '9' }),
  {
    kind: CLIENT,
    resource: { 'service.version': '2', 'cloud.platform': 'aws_ec2' },
    attributes: { 'enduser.id': 'u1' },
  },
  { kind: SERVER, attributes: { 'enduser.id': 'u1' } },
];

const thrown = (language, stack, differs) => ({
  kind: CLIENT,
  resource: { 'telemetry.sdk.language': language },
  events: [['exception', { 'exception.type': 'A', 'exception.message': 'no', 'exception.stacktrace': stack }]],
  ...(differs && { differs }),
});
const MORE_EXACT = 'stack traces are read to the letter';
const framed = (stack) => [
  MORE_EXACT,
  { cause: { exceptions: [{ id: '#0', type: 'A', message: 'no', remote: true, stack }] } },
];

const EXCEPTIONS = [
  thrown(
    'java',
    'A: no\n\tat java.base/x.Y.z(Y.java:3)\n\tSuppressed: S: s\n\t\tat s.S.t(S.java:9)\n\tat n.N.n(Native Method)\nCaused by: B: deep\n\tat q.R.s(R.java:4)\n\t... 1 more\n',
  ),
  thrown('php', 'A: no\n\tat C->d(c.php:13)\n\tat {main}(e.php:1)\n'),
  thrown(
    'python',
    'Traceback (most recent call last):\n  File "a.py", line 1, in main\n    f()\n  File "b.py", line 2, in f\nA: no\n',
  ),
  thrown(
    'python',
    'Traceback (most recent call last):\n  File "a.py", line 1, in g\n    f()\nB: deep\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "b.py", line 2, in f\nA: no\n',
  ),
  thrown('javascript', 'A: no\n    at f (/srv/a.js:10:5)\n    at /srv/b.js:20:6\n'),
  thrown(
    'javascript',
    'A: no\n    at f (file:///srv/a.js:10:5)\n',
    framed([{ path: 'file:///srv/a.js', line: 10, label: 'f' }]),
  ),
  thrown('nodejs', 'A: no\n    at f (/srv/a.js:10:5)\n', framed([{ path: '/srv/a.js', line: 10, label: 'f' }])),
  thrown('dotnet', 'A: no\r\n   at A.B.C(Int32 i) in /src/B.cs:line 12\r\n   at D.E.F()\r\n'),
  thrown(
    'go',
    'goroutine 1 [running]:\nmain.f(0x1)\n\t/src/a.go:12 +0x1d\n',
    framed([{ path: '/src/a.go', line: 12, label: 'main.f' }]),
  ),
  thrown('ruby', "a.rb:1:in `f'\n"),
  {
    kind: SERVER,
    events: [
      ['exception', { 'exception.type': 'A' }],
      ['exception', { 'exception.message': 'no' }],
      ['log', {}],
    ],
  },
  {
    ...aws({ 'rpc.service': 'S3' }),
    events: [['HTTP request failure', { 'http.response.status_code': 503, 'aws.http.error_message': 'slow down' }]],
    differs: [
      'a failed try of an AWS call is told plainly',
      { cause: { exceptions: [{ id: '#0', type: '503', message: 'slow down', remote: true }] } },
    ],
  },
];

const ATTRIBUTES = [
  { kind: SERVER, attributes: { tier: 'gold', n: 3, d: 2.5, ok: true, 'a-b': 'x', 'ü.v': 1, empty: '', list: ['a'] } },
  { kind: SERVER, attributes: { 'aws.xray.annotations': ['tier'], tier: 'gold' } },
  { kind: SERVER, resource: { 'a b': 'x', list: ['a'] } },
  { kind: CLIENT, attributes: { 'enduser.id': 'u1', tier: 'gold' }, resource: { more: 1 } },
  { kind: SERVER, links: [{}, { k: 'v', n: 1 }] },
  { kind: SERVER, end: 0 },
  { kind: SERVER, attributes: { 'http.method': '', 'peer.service': '', 'enduser.id': '', 'aws.operation': '' } },
  {
    kind: CLIENT,
    attributes: { 'peer.service': 7, 'db.system': ['mysql'], 'enduser.id': true, 'aws.region': { bytesValue: 'AQI=' } },
  },
  {
    kind: SERVER,
    resource: {
      raw: { bytesValue: 'AQI=' },
      map: { kvlistValue: { values: [{ key: 'k', value: { intValue: '1' } }] } },
      none: {},
    },
  },
  {
    kind: SERVER,
    attributes: { 'http.status_code': '404' },
    differs: ['a number may be text', { error: true, http: { response: { status: 404 } } }],
  },
];

export const SPANS = {
  'kinds of spans': KINDS,
  names: NAMES,
  'local roots': LOCAL_ROOTS,
  URLs: URLS,
  addresses: ADDRESSES,
  'lengths of answers': LENGTHS,
  'statuses and flags': STATUSES,
  databases: DATABASES,
  "calls through AWS's SDKs": AWS_CALLS,
  'where a service runs': PLACES,
  exceptions: EXCEPTIONS,
  'attributes, links, open spans': ATTRIBUTES,
};
