import { expect, onTestFinished, test } from 'vitest';
import { encodeRequest, message, varint } from '../packages/pipeline/src/receivers/otlp/testing/encode.ts';
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
const EPOCH = NOW_SECONDS.toString(16);
const RANDOM = 'bd862e3fe1be46a994272793';
const XRAY_TRACE = `1-${EPOCH}-${RANDOM}`;
const W3C_TRACE = `${EPOCH}${RANDOM}`;

const TIMES = { start: { us: (NOW_SECONDS + 0.02) * 1e6, ns: 0 }, end: { us: (NOW_SECONDS + 0.3) * 1e6, ns: 0 } };
const PROTOBUF = 'application/x-protobuf';

const RECEIVERS = ['otlp-grpc', 'otlp-http', 'zipkin', 'jaeger-http', 'jaeger-grpc'] as const;
const ANY_PORT = RECEIVERS.flatMap((name) => [`--${name}-listen`, '127.0.0.1:0']);

// front (X-Ray) → orders (OTLP/HTTP JSON) → stock (OTLP/HTTP protobuf) → prices (OTLP/gRPC) → mailer (Zipkin), printer and clerk (Jaeger)
const [FRONT, CALL, ORDERS, STOCK, PRICES, SHARED, PRINTER, CLERK] = [1, 2, 3, 4, 5, 6, 7, 8].map(
  (at) => `53995c3f42cd8ad${at}`,
);

test('spans of every dialect end as one trace and one graph, answered when durable: kill -9 loses none', async () => {
  const dataDir = folder();
  const first = await startServer([...serveFlags(dataDir), ...ANY_PORT]);
  await post(first.http, '/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(frontSegment())] });
  expect(await sendOtlpJson(first)).toBe(200);
  expect(await sendOtlpProtobuf(first)).toBe(200);
  expect(await sendOtlpGrpc(first)).toEqual(Buffer.alloc(0));
  expect(await sendZipkin(first)).toEqual([202, 202]);
  expect(await sendJaeger(first)).toBe(202);
  expect(await sendJaegerGrpc(first)).toEqual(Buffer.alloc(0));
  await first.stop('SIGKILL');

  const second = await startServer([...serveFlags(dataDir), ...ANY_PORT]);
  const ids = [FRONT, ORDERS, STOCK, PRICES, SHARED, PRINTER, CLERK];
  const answer = await eventually(
    () => post(second.http, '/Traces', { TraceIds: [XRAY_TRACE] }),
    (found) => [...ids, 'mailer'].every((id) => JSON.stringify(found).includes(id ?? '-')),
  );
  expect(answer['Traces']).toHaveLength(1);

  const graph = await post(second.http, '/ServiceGraph', { StartTime: NOW_SECONDS - 60, EndTime: NOW_SECONDS + 60 });
  expect(edgesOf(graph)).toEqual(
    expect.arrayContaining([
      'front → orders',
      'orders → stock',
      'stock → prices',
      'prices → mailer',
      'prices → printer',
      'prices → clerk',
    ]),
  );
  expect(await second.stop()).toBe(0);
});

test('OTLP and Zipkin are taken on the HTTP port too, whatever their body’s encoding', async () => {
  const program = await startServer(serveFlags(folder()));
  expect(program.output()).not.toContain('otlp');
  const at = { ...program, address: () => program.http };
  expect(await sendOtlpJson(at)).toBe(200);
  expect(await sendOtlpProtobuf(at)).toBe(200);
  expect(await sendZipkin(at)).toEqual([202, 202]);
});

test('a full journal is told to every sender, who may come again', async () => {
  const program = await startServer([...serveFlags(folder()), ...ANY_PORT, '--journal-size', '16 MiB']);
  const spans = Array.from({ length: 4_000 }, (_, at) => spanAt(at, TIMES));
  const bytes = encodeRequest([groupOf(spans)]);
  const answers = await Promise.all(
    Array.from({ length: 16 }, () => exchange(program.address('otlp-http'), '/v1/traces', PROTOBUF, bytes)),
  );
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused.length).toBeGreaterThan(0);
  for (const { status, headers } of refused) expect([status, headers.get('retry-after')]).toEqual([429, '1']);
  await eventually(
    () => sendOtlpProtobuf(program),
    (status) => status === 200,
  );
});

test('a port that is taken: an error when it was asked for, a note when it need not be had', async () => {
  const first = await startServer([
    ...serveFlags(folder()),
    '--zipkin-listen',
    '127.0.0.1:0',
    '--otlp-grpc-listen',
    '127.0.0.1:0',
  ]);
  for (const name of ['zipkin', 'otlp-grpc']) {
    const address = first.address(name);
    const flags = [...serveFlags(folder()), `--${name}-listen`];
    const refused = await runProgram([...flags, address]);
    expect(refused).toMatchObject({ code: 2, output: expect.stringMatching(`--${name}-listen: ${address} is in use`) });
    const second = await startServer([...flags, `${address} if free`]);
    expect(second.output()).toContain(`note: ${name} is closed: ${address} is in use`);
  }
});

async function startServer(flags: readonly string[]): Promise<Program> {
  const program = await startProgram(flags);
  onTestFinished(async () => void (await program.stop()));
  return program;
}

function folder(): string {
  const dataDir = makeFolder();
  onTestFinished(() => removeFolder(dataDir));
  return dataDir;
}

type Addressed = Pick<Program, 'address'>;

function frontSegment(): object {
  const times = { start_time: NOW_SECONDS, end_time: NOW_SECONDS + 0.5 };
  const call = { id: CALL, name: 'orders', namespace: 'remote', ...times };
  return { trace_id: XRAY_TRACE, id: FRONT, name: 'front', ...times, subsegments: [call] };
}

async function sendOtlpJson(program: Addressed): Promise<number> {
  const span = {
    traceId: W3C_TRACE.toUpperCase(),
    spanId: ORDERS,
    parentSpanId: CALL,
    name: 'GET /orders',
    kind: 2,
    startTimeUnixNano: `${NOW_SECONDS}010000000`,
    endTimeUnixNano: `${NOW_SECONDS}400000000`,
  };
  const attributes = [{ key: 'service.name', value: { stringValue: 'orders' } }];
  const body = JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span] }] }] });
  return send(program.address('otlp-http'), '/v1/traces', 'application/json', body);
}

function sendOtlpProtobuf(program: Addressed): Promise<number> {
  const body = otlpBytes('stock', STOCK, ORDERS);
  return send(program.address('otlp-http'), '/v1/traces', PROTOBUF, body);
}

function sendOtlpGrpc(program: Addressed): Promise<unknown> {
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  return callGrpc(program.address('otlp-grpc'), path, otlpBytes('prices', PRICES, STOCK), { gzip: true });
}

/** The two halves of one shared span, from each its own service. */
async function sendZipkin(program: Addressed): Promise<readonly number[]> {
  const span = { traceId: W3C_TRACE, id: SHARED, parentId: PRICES, name: 'send', duration: 100_000 };
  const halves = [
    { ...span, kind: 'CLIENT', timestamp: (NOW_SECONDS + 0.1) * 1e6, localEndpoint: { serviceName: 'prices' } },
    {
      ...span,
      kind: 'SERVER',
      shared: true,
      timestamp: (NOW_SECONDS + 0.11) * 1e6,
      localEndpoint: { serviceName: 'mailer' },
    },
  ];
  const statuses: number[] = [];
  for (const half of halves) {
    const body = JSON.stringify([half]);
    statuses.push(await send(program.address('zipkin'), '/api/v2/spans', 'application/json', body));
  }
  return statuses;
}

/** Batch { 1: Process { 1: serviceName }, 2: spans [ { traceIdLow, traceIdHigh, spanId, parentSpanId, …, tags } ] } */
function sendJaeger(program: Addressed): Promise<number> {
  const hex64 = (value: number): string => value.toString(16).padStart(16, '0');
  const tag = `0b0001${lengthed('span.kind')}080002000000000b0003${lengthed('server')}00`;
  const span = [
    `0a0001${W3C_TRACE.slice(16)}`,
    `0a0002${W3C_TRACE.slice(0, 16)}`,
    `0a0003${PRINTER}`,
    `0a0004${PRICES}`,
    `0b0005${lengthed('print')}`,
    `0a0008${hex64((NOW_SECONDS + 0.12) * 1e6)}`,
    `0a0009${hex64(50_000)}`,
    `0f000a0c00000001${tag}`,
    '00',
  ].join('');
  const batch = `0c00010b0001${lengthed('printer')}000f00020c00000001${span}00`;
  return send(program.address('jaeger-http'), '/api/traces', 'application/x-thrift', Buffer.from(batch, 'hex'));
}

/**
 * PostSpansRequest { 1: Batch { 1: Span { trace_id, span_id, operation_name, 4: SpanRef, 6: start, 7: duration, 8: tags }, 2: Process } }
 */
function sendJaegerGrpc(program: Addressed): Promise<unknown> {
  const text = (field: number, value: string): Buffer => message(field, Buffer.from(value));
  const hex = (field: number, value: string | undefined): Buffer => message(field, Buffer.from(value ?? '', 'hex'));
  const parent = message(4, hex(1, W3C_TRACE), hex(2, PRICES));
  const start = message(6, varint(1 << 3), varint(NOW_SECONDS), varint(2 << 3), varint(130_000_000));
  const duration = message(7, varint(2 << 3), varint(40_000_000));
  const kind = message(8, text(1, 'span.kind'), text(3, 'server'));
  const span = message(1, hex(1, W3C_TRACE), hex(2, CLERK), text(3, 'file'), parent, start, duration, kind);
  const batch = message(1, span, message(2, text(1, 'clerk')));
  return callGrpc(program.address('jaeger-grpc'), '/jaeger.api_v2.CollectorService/PostSpans', batch);
}

function lengthed(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.byteLength.toString(16).padStart(8, '0') + bytes.toString('hex');
}

function otlpBytes(service: string, spanId: string | undefined, parentSpanId: string | undefined): Buffer {
  const ids = { traceId: W3C_TRACE, spanId: spanId ?? '', parentSpanId: parentSpanId ?? '' };
  const group = groupOf([spanAt(0, { ...ids, ...TIMES, kind: 2 })]);
  const attributes = [{ key: 'service.name', type: 'string', value: service } as const];
  return encodeRequest([{ ...group, resource: { ...group.resource, attributes } }]);
}

async function send(address: string, path: string, type: string, body: string | Buffer): Promise<number> {
  return (await exchange(address, path, type, body)).status;
}

async function exchange(address: string, path: string, type: string, body: string | Buffer): Promise<Response> {
  const bytes = typeof body === 'string' ? body : new Uint8Array(body);
  const headers = { 'content-type': type };
  const answer = await fetch(`http://${address}${path}`, { method: 'POST', headers, body: bytes });
  await answer.arrayBuffer();
  return answer;
}

function edgesOf({ Services }: Record<string, unknown>): readonly string[] {
  if (!Array.isArray(Services)) return [];
  const names = new Map<number, string>(Services.map(({ ReferenceId, Name }) => [ReferenceId, Name]));
  return Services.flatMap(({ Name, Edges }) =>
    Edges.map((edge: { readonly ReferenceId: number }) => `${Name} → ${names.get(edge.ReferenceId)}`),
  );
}
