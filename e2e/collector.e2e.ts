import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { encodeRequest } from '../packages/pipeline/src/receivers/otlp/testing/encode.ts';
import { groupOf, spanAt } from '../packages/pipeline/src/receivers/otlp/testing/spans.ts';
import { callGrpc } from '../packages/pipeline/src/receivers/span-grpc/testing/call-grpc.ts';
import {
  eventually,
  makeFolder,
  post,
  removeFolder,
  runProgram,
  serveFlags,
  startProgram,
  type Program,
} from './program.ts';

const NOW_SECONDS = Math.floor(Date.now() / 1_000) - 60;
const W3C_TRACE = `${NOW_SECONDS.toString(16)}bd862e3fe1be46a994272793`;
const XRAY_TRACE = `1-${W3C_TRACE.slice(0, 8)}-${W3C_TRACE.slice(8)}`;
const [FRONT, CALL, ORDERS, STOCK, MAILER] = [1, 2, 3, 4, 5].map((at) => `53995c3f42cd8ad${at}`);
const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

test('every dialect → collector → PutTraceSegments, signed → one trace; a bad reload changes nothing; SIGTERM sends what is held', async () => {
  const dataDir = folder();
  const server = await startOne(serveFlags(dataDir));
  const key = await createKey(dataDir);
  await eventually(
    async () => (await fetch(`http://${server.http}/Traces`, { method: 'POST' })).status,
    (status) => status === 403,
  );
  const file = writeConfig(dataDir, {
    processors: 'batch: { timeout: 1h }',
    exporters: `awsxray: { endpoint: "http://${server.http}", region: eu-west-1 }`,
    pipeline: '{ receivers: [otlp, zipkin, awsxray], processors: [batch], exporters: [awsxray] }',
  });
  const keys = { AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret };
  const collector = await startOne(['collector', '--config', file], keys);
  await sendAll(collector);

  writeFileSync(file, 'receivers: { otlp: { protocols: { quic: } } }\nservice: { pipelines: {} }');
  collector.child.kill('SIGHUP');
  await eventually(
    async () => collector.output(),
    (output) => output.includes('the one before stays'),
  );
  expect(collector.output()).toContain(`${file}:1: receivers.otlp.protocols.quic: unknown key`);
  expect(await collector.stop()).toBe(0);

  const read = await createKey(dataDir, 'read');
  const headers = { authorization: `Bearer ${read.id}:${read.secret}` };
  expect(isWhole(await eventually(() => readTrace(server, headers), isWhole))).toBe(true);
});

test.each([
  ['OTLP/gRPC', 'otlp', (server: Program) => `{ endpoint: "${server.address('otlp-grpc')}", tls: { insecure: true } }`],
  ['OTLP/HTTP', 'otlphttp', (server: Program) => `{ endpoint: "http://${server.address('otlp-http')}" }`],
  ['Zipkin', 'zipkin', (server: Program) => `{ endpoint: "http://${server.address('zipkin')}/api/v2/spans" }`],
])('every dialect → collector → %s → one trace', async (_name, exporter, settings) => {
  const dataDir = folder();
  const listen = ['otlp-grpc', 'otlp-http', 'zipkin'].flatMap((name) => [`--${name}-listen`, '127.0.0.1:0']);
  const server = await startOne([...serveFlags(dataDir), ...listen]);
  const file = writeConfig(dataDir, {
    processors: 'batch: { timeout: 10ms }',
    exporters: `${exporter}: ${settings(server)}`,
    pipeline: `{ receivers: [otlp, zipkin, awsxray], processors: [batch], exporters: [${exporter}] }`,
  });
  await sendAll(await startOne(['collector', '--config', file]));
  expect(isWhole(await eventually(() => readTrace(server, {}), isWhole))).toBe(true);
});

test('a configuration that cannot be used ends it with 2 and says where', async () => {
  const dataDir = folder();
  const file = writeConfig(dataDir, { processors: 'batch: { size: 1 }', exporters: 'debug:', pipeline: '{}' });
  const ended = await runProgram(['collector', '--config', file]);
  expect(ended.code).toBe(2);
  expect(ended.output).toContain(`${file}:9: service.pipelines.traces.receivers: expected a list of names`);
  expect(await runProgram(['collector', '--help'])).toMatchObject({
    code: 0,
    output: expect.stringContaining('--config FILE'),
  });
});

function isWhole(text: string): boolean {
  return [FRONT, CALL, ORDERS, STOCK, MAILER].every((id) => text.includes(id ?? '-'));
}

interface Parts {
  readonly processors: string;
  readonly exporters: string;
  readonly pipeline: string;
}

function writeConfig(dataDir: string, { processors, exporters, pipeline }: Parts): string {
  const at = 'endpoint: "127.0.0.1:0"';
  const file = join(dataDir, 'collector.yaml');
  writeFileSync(
    file,
    `receivers:
  otlp: { protocols: { grpc: { ${at} }, http: { ${at} } } }
  zipkin: { ${at} }
  awsxray: { ${at}, http: { ${at} } }
processors: { ${processors} }
exporters: { ${exporters} }
service:
  pipelines:
    traces: ${pipeline}
  telemetry: { metrics: { address: "127.0.0.1:0" } }
`,
  );
  return file;
}

/** front (X-Ray) → orders (OTLP/HTTP) → stock (OTLP/gRPC) → mailer (Zipkin) */
async function sendAll(collector: Program): Promise<void> {
  const times = { start_time: NOW_SECONDS, end_time: NOW_SECONDS + 0.5 };
  const call = { id: CALL, name: 'orders', namespace: 'remote', ...times };
  const front = { trace_id: XRAY_TRACE, id: FRONT, name: 'front', ...times, subsegments: [call] };
  await post(collector.address('awsxray/http'), '/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(front)] });
  const orders = await fetch(`http://${collector.address('otlp/http')}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(otlpBytes('orders', ORDERS, CALL)),
  });
  expect(orders.status).toBe(200);
  expect(await callGrpc(collector.address('otlp/grpc'), EXPORT, otlpBytes('stock', STOCK, ORDERS))).toEqual(
    Buffer.alloc(0),
  );
  const mailer = await fetch(`http://${collector.address('zipkin')}/api/v2/spans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      {
        traceId: W3C_TRACE,
        id: MAILER,
        parentId: STOCK,
        kind: 'SERVER',
        timestamp: (NOW_SECONDS + 0.1) * 1e6,
        duration: 100_000,
        localEndpoint: { serviceName: 'mailer' },
      },
    ]),
  });
  expect(mailer.status).toBe(202);
}

function otlpBytes(service: string, spanId: string | undefined, parentSpanId: string | undefined): Buffer {
  const start = { us: (NOW_SECONDS + 0.02) * 1e6, ns: 0 };
  const end = { us: (NOW_SECONDS + 0.3) * 1e6, ns: 0 };
  const ids = { traceId: W3C_TRACE, spanId: spanId ?? '', parentSpanId: parentSpanId ?? '' };
  const group = groupOf([spanAt(0, { ...ids, start, end, kind: 2 })]);
  const attributes = [{ key: 'service.name', type: 'string', value: service } as const];
  return encodeRequest([{ ...group, resource: { ...group.resource, attributes } }]);
}

async function readTrace(server: Program, headers: Record<string, string>): Promise<string> {
  const body = JSON.stringify({ TraceIds: [XRAY_TRACE] });
  return (await fetch(`http://${server.http}/Traces`, { method: 'POST', headers, body })).text();
}

async function createKey(dataDir: string, scope = 'ingest'): Promise<{ readonly id: string; readonly secret: string }> {
  const { output } = await runProgram(['keys', 'create', '--scopes', scope, '--data-dir', dataDir]);
  const [, id = ''] = /AWS_ACCESS_KEY_ID=(\w+)/.exec(output) ?? [];
  const [, secret = ''] = /AWS_SECRET_ACCESS_KEY=([\w-]+)/.exec(output) ?? [];
  return { id, secret };
}

async function startOne(flags: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Program> {
  const program = await startProgram(flags, environment);
  onTestFinished(async () => void (await program.stop()));
  return program;
}

function folder(): string {
  const dataDir = makeFolder();
  onTestFinished(() => removeFolder(dataDir));
  return dataDir;
}
