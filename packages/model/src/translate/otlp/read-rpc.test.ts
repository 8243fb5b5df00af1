import { expect, test } from 'vitest';
import { readAcceptedDocument } from '../../parse-document.ts';
import type { TraceDocument } from '../../segment-document.ts';
import { parseSegmentId } from '../../segment-id.ts';
import { timeUs } from '../../time.ts';
import { parseTraceId } from '../../trace-id.ts';
import type { JaegerSpan } from '../jaeger/jaeger-span.ts';
import { jaegerToDocuments } from '../jaeger/jaeger-to-documents.ts';
import { decodeZipkinV2Json } from '../zipkin/decode-v2-json.ts';
import { createZipkinTranslator } from '../zipkin/zipkin-to-documents.ts';
import type { OtlpAttribute } from './span.ts';
import { toOtlpGroups } from './to-spans.ts';

// What OpenTelemetry's Collector makes of the same spans, field by field.

const AT = 1_727_004_672_000_000;
const TRACE = '66f00000ffffffffbbbbbbbbbbbbbbbb';
const OTHER = '66f0000100000000000000000000000a';
const ID = 'f111111111111111';
const PARENT = '2222222222222222';

test('Zipkin: name, kind, endpoints, annotations', () => {
  const span = {
    kind: 'CLIENT',
    name: 'get /x',
    parentId: PARENT,
    localEndpoint: { serviceName: 'front', ipv4: '10.0.0.1', port: 80 },
    remoteEndpoint: { serviceName: 'back', ipv4: '10.0.0.2', ipv6: '2001:db8::1', port: 81 },
    annotations: [
      { timestamp: AT + 1, value: 'retry' },
      { timestamp: AT + 2, value: 'ev|{"k":"v","n":2}|1' },
    ],
    tags: { 'http.method': 'GET' },
  };
  expect(zipkin(span)).toEqual([
    {
      resource: { 'service.name': 'front' },
      scope: ['', ''],
      traceId: TRACE,
      spanId: ID,
      parentSpanId: PARENT,
      name: 'get /x',
      kind: 3,
      us: [AT, AT + 5_000],
      traceState: '',
      attributes: {
        'http.method': 'GET',
        'net.host.ip': '10.0.0.1',
        'net.host.port': 80,
        'peer.service': 'back',
        'net.peer.ip': '2001:db8::1',
        'net.peer.port': 81,
      },
      events: [
        [AT + 1, 'retry', {}, 0],
        [AT + 2, 'ev', { k: 'v', n: 2 }, 1],
      ],
      links: [],
      status: { code: 0, message: '' },
    },
  ]);
});

test.each<[object, object]>([
  [{ error: 'true' }, { status: { code: 2 }, attributes: {} }],
  [{ error: 'boom' }, { status: { code: 2 }, attributes: { error: 'boom' } }],
  [{ error: 'false' }, { status: { code: 0 }, attributes: { error: 'false' } }],
  [{ 'otel.status_code': 'OK' }, { status: { code: 1 }, attributes: {} }],
  [
    { 'otel.status_code': 'STATUS_CODE_ERROR', 'otel.status_description': 'no' },
    { status: { code: 2, message: 'no' }, attributes: {} },
  ],
  [{ 'w3c.tracestate': 'a=b' }, { traceState: 'a=b', attributes: {} }],
  [{ 'otel.library.name': 'old', 'otel.scope.name': 'new', 'otel.scope.version': '1' }, { scope: ['new', '1'] }],
  [
    { 'k8s.pod.name': 'pod-1', 'service.method': 'm' },
    { resource: { 'service.name': 'front', 'k8s.pod.name': 'pod-1' }, attributes: { 'service.method': 'm' } },
  ],
  [{ 'span.kind': 'internal' }, { kind: 1, attributes: {} }],
  [
    { 'otlp.link.0': `${OTHER}|3333333333333333|ts=1|{"a":"b"}|2`, 'otlp.link.1': 'no link' },
    {
      links: [[OTHER, '3333333333333333', 'ts=1', { a: 'b' }, 2]],
      attributes: { 'otlp.link.1': 'no link' },
    },
  ],
])('Zipkin: tags %j', (tags, expected) => {
  const [span] = zipkin({ parentId: PARENT, localEndpoint: { serviceName: 'front' }, tags });
  expect(span).toMatchObject(expected);
  if ('attributes' in expected) expect(span?.attributes).toEqual(expected.attributes);
});

test('Zipkin: the service around a call at the root is no span, and no parent', () => {
  const [span, ...others] = zipkin({ kind: 'CLIENT', name: 'call', localEndpoint: { serviceName: 'front' } });
  expect([span?.name, span?.parentSpanId, others]).toEqual(['call', '', []]);
});

test('Zipkin: the halves of a shared span are two, the server below the client', () => {
  const [client, server] = zipkin({ kind: 'CLIENT', name: 'c' }, { kind: 'SERVER', shared: true, name: 's' });
  expect([client?.spanId, client?.parentSpanId, client?.name]).toEqual([ID, '', 'c']);
  expect([server?.parentSpanId, server?.name]).toEqual([ID, 's']);
  expect(server?.spanId).not.toBe(ID);
});

test('Zipkin: a span that told no start says so', () => {
  const attributes = { 'otel.zipkin.absentField.startTime': true };
  expect(zipkin({ timestamp: undefined, parentId: PARENT })).toMatchObject([{ attributes, us: [AT, AT + 5_000] }]);
});

test('a call whose trace id was changed on the way has no made-up parent either', () => {
  const [call] = documentsOf([{ kind: 'CLIENT', name: 'call', localEndpoint: { serviceName: 'front' } }]).slice(1);
  if (call === undefined) throw new Error('no call');
  const metadata = { ...call.metadata, fluoroscope: { original_trace_id: call.trace_id } };
  const changed = { ...call, trace_id: id(parseTraceId(OTHER)), metadata };
  expect(plain([changed])).toMatchObject([{ traceId: OTHER, parentSpanId: '' }]);
});

const JAEGER: JaegerSpan = {
  traceId: id(parseTraceId(TRACE)),
  spanId: id(parseSegmentId(ID)),
  parentId: id(parseSegmentId(PARENT)),
  operationName: 'GET /buy',
  references: [
    { type: 'child-of', traceId: id(parseTraceId(TRACE)), spanId: id(parseSegmentId(PARENT)) },
    { type: 'follows-from', traceId: id(parseTraceId(OTHER)), spanId: id(parseSegmentId('3333333333333333')) },
  ],
  flags: 1,
  startTime: timeUs(AT),
  duration: 300,
  tags: [
    { key: 'span.kind', type: 'string', value: 'consumer' },
    { key: 'whole', type: 'float64', value: 2 },
    { key: 'large', type: 'int64', value: '-9223372036854775808' },
    { key: 'bytes', type: 'binary', value: '00ff10' },
    { key: 'w3c.tracestate', type: 'string', value: 'a=b' },
  ],
  logs: [
    {
      timestamp: timeUs(AT + 5),
      fields: [
        { key: 'event', type: 'string', value: 'retry' },
        { key: 'n', type: 'int64', value: 1 },
      ],
    },
  ],
  isIncomplete: false,
  warnings: [],
  process: {
    serviceName: 'shop',
    tags: [
      { key: 'hostname', type: 'string', value: 'shop-1' },
      { key: 'jaeger.version', type: 'string', value: 'Go-2' },
    ],
  },
};

test('Jaeger: tags with their types, logs, references, process', () => {
  expect(plain(jaegerToDocuments([JAEGER]))).toEqual([
    {
      resource: { 'service.name': 'shop', 'host.name': 'shop-1', 'opencensus.exporterversion': 'Jaeger-Go-2' },
      scope: ['', ''],
      traceId: TRACE,
      spanId: ID,
      parentSpanId: PARENT,
      name: 'GET /buy',
      kind: 5,
      us: [AT, AT + 300],
      traceState: 'a=b',
      attributes: { whole: 2, large: '-9223372036854775808', bytes: 'AP8Q' },
      events: [[AT + 5, 'retry', { n: 1 }, 0]],
      links: [[OTHER, '3333333333333333', '', { 'opentracing.ref_type': 'follows_from' }, 0]],
      status: { code: 0, message: '' },
    },
  ]);
  const types = toOtlpGroups(jaegerToDocuments([JAEGER])).flatMap(({ spans }) =>
    spans.flatMap(({ attributes }) => attributes.map(({ key, type }) => [key, type])),
  );
  expect(new Map(types as [string, string][])).toEqual(
    new Map([
      ['whole', 'double'],
      ['large', 'int'],
      ['bytes', 'bytes'],
    ]),
  );
});

test.each<[string, JaegerSpan['tags'], object]>([
  ['error', [{ key: 'error', type: 'bool', value: true }], { status: { code: 2 }, attributes: {} }],
  ['no error', [{ key: 'error', type: 'bool', value: false }], { status: { code: 0 }, attributes: { error: false } }],
  [
    'a message',
    [
      { key: 'error', type: 'bool', value: true },
      { key: 'otel.status_code', type: 'string', value: 'OK' },
      { key: 'otel.status_description', type: 'string', value: 'no' },
    ],
    { status: { code: 2, message: 'no' }, attributes: {} },
  ],
  ['OK', [{ key: 'otel.status_code', type: 'string', value: 'ok' }], { status: { code: 1 }, attributes: {} }],
  ['503', [{ key: 'http.status_code', type: 'int64', value: 503 }], { status: { code: 2 } }],
  ['404', [{ key: 'http.status_code', type: 'string', value: '404' }], { status: { code: 2 } }],
  [
    '404 of a server',
    [
      { key: 'span.kind', type: 'string', value: 'server' },
      { key: 'http.status_code', type: 'int64', value: 404 },
    ],
    { status: { code: 0 }, kind: 2 },
  ],
])('Jaeger: status %s', (_name, tags, expected) => {
  const [span] = plain(jaegerToDocuments([{ ...JAEGER, tags }]));
  expect(span).toMatchObject(expected);
  if ('attributes' in expected) expect(span?.attributes).toEqual(expected.attributes);
});

test.each(['zipkin', 'jaeger'])(
  "metadata of an X-Ray SDK's own that is called %s makes no other span of a segment",
  (name) => {
    const own = { trace_id: `1-66f00000-${TRACE.slice(8)}`, id: ID, name: 'shop', start_time: 1, end_time: 2 };
    const document = readAcceptedDocument(JSON.stringify({ ...own, metadata: { [name]: { server: 'x' } } }));
    expect(plain([document])).toMatchObject([{ name: 'shop', kind: 2 }]);
  },
);

function zipkin(...spans: readonly object[]) {
  return plain(documentsOf(spans));
}

function documentsOf(spans: readonly object[]): readonly TraceDocument[] {
  const whole = spans.map((span) => ({ traceId: TRACE, id: ID, timestamp: AT, duration: 5_000, ...span }));
  const read = decodeZipkinV2Json(JSON.stringify(whole));
  return read.ok ? createZipkinTranslator().translate(read.value.spans, timeUs(AT)) : [];
}

function plain(documents: readonly TraceDocument[]) {
  return toOtlpGroups(documents).flatMap(({ resource, scope, spans }) =>
    spans.map((span) => ({
      resource: record(resource.attributes),
      scope: [scope.name, scope.version],
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      name: span.name,
      kind: span.kind,
      us: [span.start.us, span.end.us],
      traceState: span.traceState,
      attributes: record(span.attributes),
      events: span.events.map((event) => [
        event.time.us,
        event.name,
        record(event.attributes),
        event.droppedAttributesCount,
      ]),
      links: span.links.map((link) => [
        link.traceId,
        link.spanId,
        link.traceState,
        record(link.attributes),
        link.droppedAttributesCount,
      ]),
      status: span.status,
    })),
  );
}

function record(attributes: readonly OtlpAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
}

function id<T>(parsed: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!parsed.ok) throw new Error('a bad id');
  return parsed.value;
}
