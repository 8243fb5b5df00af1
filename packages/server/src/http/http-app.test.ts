import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import type { InjectOptions } from 'fastify';
import { OPERATION_NAMES, OPERATIONS } from '@fluoroscope/api/operations';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { alterStore } from '../testing/altered-store.ts';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';
import { REQUEST_BODY_BYTES_MAX } from '../limits.ts';

let rig: AppRig;
beforeAll(async () => {
  rig = await openAppRig({ flags: ['--cors-origins', 'https://grafana.example'] });
});
afterAll(() => rig[Symbol.asyncDispose]());

test.each(OPERATION_NAMES)('%s: any other method is 405 with Allow', async (name) => {
  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS'] as const) {
    const response = await send({ method, url: OPERATIONS[name].path });
    expect(response).toMatchObject({ status: 405, code: 'MethodNotAllowedException', headers: { allow: 'POST' } });
  }
});

test.each<[number, string, InjectOptions]>([
  [404, 'UnknownOperationException', { url: '/GetInsight' }],
  [404, 'UnknownOperationException', { url: '/tracesegments' }],
  [404, 'UnknownOperationException', { method: 'GET', url: '/api/nothing' }],
  [404, 'UnknownOperationException', { method: 'GET', url: '/../../etc/passwd' }],
  [400, 'InvalidRequestException', { url: '/%E0%A4%A' }],
  [405, 'MethodNotAllowedException', { method: 'DELETE', url: '/nothing' }],
  [400, 'InvalidRequestException', { url: '/TraceSegments', body: '{' }],
  [400, 'InvalidRequestException', { url: '/TraceSegments', body: '[]' }],
  [400, 'InvalidRequestException', { url: '/TraceSegments', body: 'null' }],
  [400, 'InvalidRequestException', { url: '/TraceSegments', body: '{}' }],
  [400, 'InvalidRequestException', { url: '/TraceSegments', body: Buffer.of(0x7b, 0xff, 0x7d) }],
  [400, 'InvalidRequestException', { url: '/TraceSegments', body: '{"TraceSegmentDocuments":"x"}' }],
  [400, 'InvalidRequestException', { url: '/TraceSegments', body: '{"TraceSegmentDocuments":["{}",7]}' }],
  [400, 'InvalidRequestException', { url: '/TraceSegments', body: `{"TraceSegmentDocuments":[${'1,'.repeat(2e6)}1]}` }],
  [
    400,
    'InvalidRequestException',
    { url: '/TraceSegments', body: `{"TraceSegmentDocuments":${'['.repeat(1e5)}${']'.repeat(1e5)}}` },
  ],
  [400, 'InvalidRequestException', { url: '/TraceSummaries', body: '{"__proto__":{"StartTime":1,"EndTime":2}}' }],
  [400, 'InvalidRequestException', { url: '/Traces', body: `{"TraceIds":["${'1'.repeat(36)}"]}` }],
  [413, 'RequestEntityTooLargeException', { url: '/TraceSegments', body: 'x'.repeat(REQUEST_BODY_BYTES_MAX + 1) }],
  [
    415,
    'UnsupportedMediaTypeException',
    { url: '/TraceSegments', headers: { 'content-encoding': 'gzip' }, body: '{}' },
  ],
  [403, 'AccessDeniedException', { url: '/TraceSegments', headers: { host: 'rebound.example' } }],
  [403, 'AccessDeniedException', { url: '/%E0%A4%A', headers: { host: 'rebound.example' } }],
  [403, 'AccessDeniedException', { method: 'GET', url: '/nothing', headers: { host: 'rebound.example' } }],
  [403, 'AccessDeniedException', { method: 'GET', url: '/', headers: { host: 'rebound.example' } }],
])('%i %s', async (status, code, request) => {
  const response = await send(request);
  expect(response).toMatchObject({ status, code });
  expect(response.json).toMatchObject({ __type: code, message: expect.any(String), Message: response.json['message'] });
  expect(response.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ['text/plain', '{"TraceSegmentDocuments":[]}'],
  ['application/x-amz-json-1.1', '{"TraceSegmentDocuments":[],"Unknown":{"__proto__":1}}'],
  ['application/x-www-form-urlencoded', '{"TraceSegmentDocuments":[]}'],
  ['not a type', '\uFEFF{"TraceSegmentDocuments":[]}'],
  ['', ' {"TraceSegmentDocuments":[]} '],
])('a body is JSON whatever it claims to be: %s', async (type, body) => {
  const response = await send({ url: '/TraceSegments', headers: { 'content-type': type }, body });
  expect(response).toMatchObject({ status: 200, json: { UnprocessedTraceSegments: [] } });
});

test('no body is an empty input', async () => {
  expect(await send({ url: '/GetSamplingRules' })).toMatchObject({
    status: 200,
    json: { SamplingRuleRecords: [{ SamplingRule: { RuleName: 'Default', Version: 1, Attributes: {} } }] },
  });
});

test('senders that ask for sampling rules are told the UDP port of this process, once there is one', async () => {
  expect((await send({ url: '/GetSamplingRules' })).headers).not.toHaveProperty('x-fluoroscope-jsonl-port');
  const listeners = () => [{ name: 'udp', address: '[::1]:2000' }];
  await using listening = await openAppRig({ app: { listeners } });
  for (const [url, port] of [
    ['/GetSamplingRules', '2000'],
    ['/SamplingTargets', '2000'],
    ['/TraceSegments', undefined],
  ]) {
    const response = await listening.app.http.inject({
      method: 'POST',
      url: url ?? '',
      headers: { host: 'localhost' },
      body: '{"SamplingStatisticsDocuments":[],"TraceSegmentDocuments":[]}',
    });
    expect([url, String(response.headers['x-fluoroscope-jsonl-port'])]).toEqual([url, String(port)]);
  }
});

test('null members are absent ones', async () => {
  expect(await send({ url: '/GetSamplingRules', body: '{"NextToken":null}' })).toMatchObject({ status: 200 });
});

test('a foreign page gets nothing, not even by a form, and nothing of it is kept', async () => {
  const headers = { origin: 'https://attacker.example', 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' };
  const response = await send({ url: '/TraceSegments', headers, body: '{"TraceSegmentDocuments":["{}"]}' });
  expect(response).toMatchObject({ status: 403, code: 'AccessDeniedException' });
  expect(response.headers).not.toHaveProperty('access-control-allow-origin');
  const preflight = { origin: 'https://attacker.example', 'access-control-request-method': 'POST' };
  expect(await send({ method: 'OPTIONS', url: '/TraceSegments', headers: preflight })).toMatchObject({ status: 403 });
});

test('a named origin gets its preflight and its answer', async () => {
  const origin = 'https://grafana.example';
  const asked = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,x-amz-date',
  };
  const preflight = await send({ method: 'OPTIONS', url: '/ServiceGraph', headers: { origin, ...asked } });
  expect(preflight).toMatchObject({
    status: 204,
    headers: {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST, PUT',
      'access-control-allow-headers': 'authorization,x-amz-date',
    },
  });
  const answer = await send({ url: '/GetSamplingRules', headers: { origin, 'sec-fetch-site': 'cross-site' } });
  expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin, vary: 'Origin' } });
});

test('every answer keeps browsers from guessing, framing and running it', async () => {
  for (const url of ['/GetSamplingRules', '/nothing']) {
    const { headers } = await send({ url });
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  }
});

test('a fault of ours is logged under the request id and told to nobody', async () => {
  const secret = 'password=hunter2\u001b[31m';
  const failing = await openAppRig({
    store: (store) => alterStore(store, { findTraces: () => Promise.reject(new Error(secret)) }),
  });
  const response = await failing.app.http.inject({
    method: 'POST',
    url: '/TraceSummaries',
    headers: { host: 'localhost' },
    body: '{"StartTime":1,"EndTime":2}',
  });
  expect(response.statusCode).toBe(500);
  expect(response.json()).toMatchObject({ __type: 'InternalFailure' });
  expect(response.body + JSON.stringify(response.headers)).not.toContain('hunter2');
  const id = response.headers['x-amzn-requestid'];
  expect(failing.logs).toContainEqual(expect.objectContaining({ requestId: id, operation: 'get-trace-summaries' }));
  expect(JSON.stringify(failing.logs)).not.toContain('\\u001b');
  await failing[Symbol.asyncDispose]();
});

test('without a build, the console says so', async () => {
  const response = await rig.app.http.inject({ method: 'GET', url: '/', headers: { host: 'localhost' } });
  expect(response.statusCode).toBe(404);
  expect(response.headers['content-type']).toMatch('text/plain');
  expect(response.body).toMatch('npm run build');
});

test('requests are counted by operation and status', async () => {
  await send({ url: '/GetSamplingTargets' });
  const metrics = await rig.app.http.inject({ url: '/metrics', headers: { host: 'localhost' } });
  expect(metrics.headers['content-type']).toMatch('text/plain');
  expect(metrics.body).toMatch(/fluoroscope_requests_total\{operation="get-sampling-rules",status="200"\} \d/);
  expect(metrics.body).toMatch(/fluoroscope_requests_total\{operation="none",status="404"\} \d/);
  expect(metrics.body).toMatch(/fluoroscope_requests_guarded_total\{reason="host"\} \d/);
});

test('over a socket: bad heads, bodies beyond the limit, and what comes after them', async () => {
  await using listening = await openAppRig();
  const port = Number(new URL(await listening.app.http.listen({ host: '127.0.0.1', port: 0 })).port);
  const ask = (request: string): Promise<string> => exchange(port, request);

  expect(await ask('this is not HTTP\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*InvalidRequestException/s);
  expect(await ask(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  const post = 'POST /TraceSegments HTTP/1.1\r\nHost: localhost\r\n';
  expect(await ask(`${post}Content-Length: 99999999999\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 .*RequestEntityTooLarge/s);
  const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
  expect(await ask(`${post}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(12)}`)).toMatch(/^HTTP\/1.1 413 /);
  const two = `${post}Content-Length: 2\r\n\r\n{}${post}Connection: close\r\nContent-Length: 2\r\n\r\n{}`;
  expect((await ask(two)).match(/HTTP\/1.1 400/g)).toHaveLength(2);
});

test.each([
  ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 403],
  ['no Host, as HTTP/1.0 allows', 'GET /healthz HTTP/1.0\r\n\r\n', 403],
  ['a method of another protocol', 'QUERY /api/map HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
  ['the head of a stream', 'HEAD /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
  [
    'an expectation',
    'POST /TraceSegments HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\nContent-Length: 2\r\n\r\n{}',
    400,
  ],
  [
    'a body that is announced too large: not even asked for',
    'POST /TraceSegments HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n',
    413,
  ],
])('over a socket: %s', async (_name, head, status) => {
  const answer = await exchange(await listeningPort(), head.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toMatch(/\r\nx-amzn-errortype: \w+\r\n/);
  expect(answer).toMatch(/\r\nx-amzn-requestid: [0-9a-f-]{36}\r\n/);
});

test('a body that is asked for first is invited, once, when it is wanted', async () => {
  const post = 'POST /TraceSegments HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\n';
  const answer = await exchange(await listeningPort(), `${post}Content-Length: 28\r\n\r\n{"TraceSegmentDocuments":[]}`);
  expect(answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n/);
});

test.each([
  '/metrics',
  '/%6Detrics',
  '/%61pi/map?start=0&end=1',
  'http://localhost/metrics',
  '/metrics#x',
  '/api/live',
])('a link on a foreign page opens pages of the console only: %s', async (target) => {
  const visit = 'Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n';
  const head = `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${visit}Connection: close\r\n\r\n`;
  expect(await exchange(await listeningPort(), head)).toMatch(/^HTTP\/1.1 403 /);
});

test('arrays of documents do not grow an answer beyond bounds: what comes after ten thousand is refused unread', async () => {
  const texts = Array.from({ length: 1_000 }, () => `[${'0,'.repeat(999)}0]`);
  const { status, json } = await send({
    url: '/TraceSegments',
    body: JSON.stringify({ TraceSegmentDocuments: texts }),
  });
  expect(status).toBe(200);
  const unprocessed = json['UnprocessedTraceSegments'] as readonly { ErrorCode: string }[];
  expect(unprocessed).toHaveLength(10_000 + 990);
  expect(unprocessed.filter(({ ErrorCode }) => ErrorCode === 'SegmentTooLarge')).toHaveLength(990);
});

interface Answer {
  readonly status: number;
  readonly code: unknown;
  readonly headers: Record<string, unknown>;
  readonly json: Record<string, unknown>;
}

async function send({ headers, ...request }: InjectOptions): Promise<Answer> {
  const response = await rig.app.http.inject({
    method: 'POST',
    ...request,
    headers: { host: 'localhost', ...headers },
  });
  const isJson = response.headers['content-type']?.toString().includes('json') === true;
  const code = response.headers['x-amzn-errortype'];
  return { status: response.statusCode, code, headers: response.headers, json: isJson ? response.json() : {} };
}

async function listeningPort(): Promise<number> {
  const listening = await openAppRig();
  onTestFinished(() => listening[Symbol.asyncDispose]());
  return Number(new URL(await listening.app.http.listen({ host: '127.0.0.1', port: 0 })).port);
}

async function exchange(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(request);
  return readText(socket);
}
