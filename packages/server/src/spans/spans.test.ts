import { gzipSync } from 'node:zlib';
import { JournalError } from '@fluoroscope/journal';
import { expect, onTestFinished, test } from 'vitest';
import { createKey } from '../access/manage-keys.ts';
import { signByAws } from '../access/testing/aws-signer.ts';
import { createSpanApp } from '../http/span-app.ts';
import { openAppRig, type AppRig, type AppRigOptions } from '../testing/app-rig.ts';
import { createAdmit } from './admit.ts';

const NOW_SECONDS = Math.floor(Date.now() / 1_000);
const EPOCH = NOW_SECONDS.toString(16);
const TRACE = `${EPOCH}bd862e3fe1be46a994272793`;
const XRAY_TRACE = `1-${EPOCH}-bd862e3fe1be46a994272793`;

const OTLP = JSON.stringify({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] },
      scopeSpans: [{ spans: [{ ...otlpSpan('53995c3f42cd8ad1') }, { ...otlpSpan('0000000000000000') }] }],
    },
  ],
});
const ZIPKIN = JSON.stringify([
  {
    traceId: TRACE,
    id: '53995c3f42cd8ad2',
    kind: 'SERVER',
    name: 'get',
    timestamp: NOW_SECONDS * 1e6,
    duration: 5_000,
    localEndpoint: { serviceName: 'stock' },
  },
  { traceId: 'none' },
]);
// Batch { process { serviceName "shop" }, spans [ { traceIdLow, traceIdHigh, spanId, startTime } ] }
const JAEGER = Buffer.from(
  ['0c0001', '0b000100000004', '73686f70', '00', '0f00020c00000001', '0a0001', TRACE.slice(16), '0a0002']
    .concat(TRACE.slice(0, 16), '0a000353995c3f42cd8ad3', '0a0008', hex64(NOW_SECONDS * 1e6), '0000')
    .join(''),
  'hex',
);

const JSON_TYPE = { 'content-type': 'application/json' };
const THRIFT_TYPE = { 'content-type': 'application/x-thrift' };
const GZIP = { 'content-encoding': 'gzip' };

test('OTLP and Zipkin on port 2000, Jaeger on its own: one trace, every loss counted', async () => {
  const rig = await open();
  expect(await send(rig, '/v1/traces', gzipSync(OTLP), { ...JSON_TYPE, ...GZIP })).toMatchObject({
    status: 200,
    body: expect.stringContaining('"rejectedSpans":"1"'),
  });
  expect(await send(rig, '/api/v2/spans', ZIPKIN, JSON_TYPE)).toMatchObject({ status: 202, body: '' });
  expect(await sendJaeger(rig, '/api/traces', gzipSync(JAEGER), { ...THRIFT_TYPE, ...GZIP })).toMatchObject({
    status: 202,
  });

  await rig.settle();
  const { body } = await rig.post('/Traces', { TraceIds: [XRAY_TRACE] });
  expect(body).toMatchObject({ Traces: [{ Id: XRAY_TRACE, Segments: [{}, {}, {}] }] });
  const { text } = await rig.events.printMetrics();
  for (const channel of ['otlp', 'zipkin', 'jaeger']) {
    expect(text).toContain(`fluoroscope_documents_received_total{channel="${channel}"} 1\n`);
  }
  expect(text).toContain('fluoroscope_spans_refused_total{channel="otlp",code="bad-span"} 1\n');
  expect(text).toContain('fluoroscope_spans_refused_total{channel="zipkin",code="bad-field"} 1\n');
  expect(text).toContain('fluoroscope_requests_total{operation="otlp-traces",status="200"} 1\n');
});

test.each(['full', 'failed'] as const)('when the journal is %s the sender is told to come again', async (code) => {
  const rig = await open({
    journal: (journal) => Object.assign(journal, { append: () => Promise.reject(new JournalError(code, 'no')) }),
  });
  const status = code === 'full' ? 429 : 503;
  const expected = { status, headers: expect.objectContaining({ 'retry-after': '1' }) };
  expect(await send(rig, '/v1/traces', OTLP, JSON_TYPE)).toMatchObject(expected);
  expect(await send(rig, '/api/v2/spans', ZIPKIN, JSON_TYPE)).toMatchObject(expected);
  expect(await sendJaeger(rig, '/api/traces', JAEGER, THRIFT_TYPE)).toMatchObject(expected);
});

test.each<[string, string, string, Record<string, string>, number]>([
  ['a path of another dialect', 'POST', '/v1/traces', {}, 404],
  ['the API', 'POST', '/Traces', {}, 404],
  ['the console', 'GET', '/', {}, 404],
  ['another method', 'GET', '/api/traces', {}, 405],
  ['another host', 'POST', '/api/traces', { host: 'evil.example' }, 403],
  ['a page of another site', 'POST', '/api/traces', { origin: 'http://evil.example' }, 403],
])('a port for one dialect refuses %s', async (_what, method, url, headers, status) => {
  const rig = await open();
  const app = spanApp(rig);
  const answer = await app.inject({
    method: method === 'GET' ? 'GET' : 'POST',
    url,
    headers: { host: 'localhost', ...headers },
  });
  expect(answer.statusCode).toBe(status);
});

test('with keys: OTLP takes those that may send, as bearer or as signature, and networks that may', async () => {
  const rig = await open({ flags: ['--ingest-allow', '10.0.0.0/8'] });
  const ingest = await createKey(rig.dataDir, '', ['ingest']);
  const read = await createKey(rig.dataDir, '', ['read']);
  await rig.app.access.ring.refresh();
  const bearer = ({ id, secret }: typeof read) => ({ ...JSON_TYPE, authorization: `Bearer ${id}:${secret}` });
  const signed = await signByAws(ingest, { path: '/v1/traces', body: OTLP, headers: JSON_TYPE });
  expect(await send(rig, '/v1/traces', OTLP, JSON_TYPE)).toMatchObject({ status: 403 });
  expect(await send(rig, '/v1/traces', OTLP, bearer(read))).toMatchObject({ status: 403 });
  expect(await send(rig, '/v1/traces', OTLP, bearer(ingest))).toMatchObject({ status: 200 });
  expect(await send(rig, '/v1/traces', OTLP, signed.headers)).toMatchObject({ status: 200 });
  expect(await send(rig, '/v1/traces', OTLP, JSON_TYPE, '10.1.2.3')).toMatchObject({ status: 200 });

  const admit = createAdmit(rig.app.access, 'otlpGrpcListen', 'otlp-traces');
  const ask = (authorization: string | undefined, address = '127.0.0.1') =>
    admit({ address, header: (name) => (name === 'authorization' ? authorization : undefined) });
  expect(ask(undefined)).toBe('unauthenticated');
  expect(ask(`Bearer ${ingest.id}:${'x'.repeat(40)}`)).not.toBe('admitted');
  expect(ask(bearer(read).authorization)).toBe('forbidden');
  expect(ask(bearer(ingest).authorization)).toBe('admitted');
  expect(ask(undefined, '10.1.2.3')).toBe('admitted');
});

test('each listener is open by its own address', async () => {
  const flags = [
    '--ingest-allow',
    '10.0.0.0/8',
    '--otlp-grpc-listen',
    '0.0.0.0:4317',
    '--jaeger-grpc-listen',
    '[::1]:0',
  ];
  const { app } = await open({ flags });
  const sender = { address: '192.0.2.7', header: () => undefined };
  expect(createAdmit(app.access, 'otlpGrpcListen', 'otlp-traces')(sender)).toBe('unauthenticated');
  expect(createAdmit(app.access, 'jaegerGrpcListen', 'jaeger-spans')(sender)).toBe('admitted');
});

test('one sender’s calls by gRPC are limited as requests are', async () => {
  const { app } = await open({ flags: ['--request-rate', '1'] });
  const admit = createAdmit(app.access, 'otlpGrpcListen', 'otlp-traces');
  const ask = () => admit({ address: '127.0.0.1', header: () => undefined });
  expect([ask(), ask(), ask()]).toEqual(['admitted', 'admitted', 'throttled']);
});

async function open(options: AppRigOptions = {}): Promise<AppRig> {
  const rig = await openAppRig(options);
  onTestFinished(() => rig[Symbol.asyncDispose]());
  return rig;
}

function spanApp({ app }: AppRig) {
  const policy = { boundHost: '127.0.0.1', allowedHosts: [], corsOrigins: [] };
  return createSpanApp({ listen: 'jaegerHttpListen', dialect: 'jaeger', policy, ...app.spans });
}

async function send(
  { app }: AppRig,
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
  remoteAddress = '127.0.0.1',
) {
  const request = {
    method: 'POST',
    url,
    headers: { host: 'localhost:2000', ...headers },
    body,
    remoteAddress,
  } as const;
  const answer = await app.http.inject(request);
  return { status: answer.statusCode, headers: answer.headers, body: answer.body };
}

async function sendJaeger(rig: AppRig, url: string, body: Buffer, headers: Readonly<Record<string, string>>) {
  const answer = await spanApp(rig).inject({ method: 'POST', url, headers: { host: 'localhost', ...headers }, body });
  return { status: answer.statusCode, headers: answer.headers, body: answer.body };
}

function otlpSpan(spanId: string): object {
  const startTimeUnixNano = `${NOW_SECONDS}000000000`;
  return {
    traceId: TRACE.toUpperCase(),
    spanId,
    name: 'GET',
    kind: 2,
    startTimeUnixNano,
    endTimeUnixNano: startTimeUnixNano,
  };
}

function hex64(value: number): string {
  return value.toString(16).padStart(16, '0');
}
