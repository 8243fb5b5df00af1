import { expect, test } from 'vitest';
import { ofOtlp, ofZipkin, readGroup, readZipkin, START_US } from './testing/read-fixture.ts';

// envoyproxy/envoy source/common/tracing/http_tracer_impl.cc (addGrpcRequestTags, addGrpcResponseTags, setCommonTags); values are our own.
const TRACE = '66f00000bbbbbbbbbbbbbbbbbbbbbbbb';
const tagsOf = (code: string, more: object): Record<string, string> => ({
  component: 'proxy',
  node_id: 'sidecar~10.1.0.7~shop-v1-697f57cdfd-gm7g5.default~default.svc.cluster.local',
  upstream_cluster: 'outbound|50051||stock.default.svc.cluster.local',
  'http.status_code': '200',
  response_flags: '-',
  'grpc.path': '/stock.Stock/Reserve',
  'grpc.authority': 'stock:50051',
  'grpc.content_type': 'application/grpc',
  'grpc.status_code': code,
  ...more,
});
const IDS = { traceId: TRACE, parentId: '2'.repeat(16), id: '3'.repeat(16) };

function byZipkin(tags: Record<string, string>): unknown {
  return ofZipkin(readZipkin(JSON.stringify([{ ...IDS, kind: 'CLIENT', timestamp: START_US, tags }])))[0];
}

function byOtlp(tags: Record<string, string>): unknown {
  const attributes = Object.entries(tags).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const times = { startTimeUnixNano: `${START_US}000`, endTimeUnixNano: `${START_US + 5}000` };
  const ids = { traceId: TRACE, spanId: IDS.id, parentSpanId: IDS.parentId };
  const spans = [{ ...ids, name: 'x', kind: 3, ...times, attributes }];
  return ofOtlp([readGroup(JSON.stringify({ resource: { attributes: [] }, scopeSpans: [{ spans }] }))])[0];
}

test.each<[string, object, object, string | null]>([
  ['0', {}, {}, null],
  ['5', {}, { error: true }, 'gRPC NOT_FOUND'],
  ['7', { 'grpc.message': 'not yours' }, { error: true }, 'gRPC PERMISSION_DENIED: not yours'],
  ['8', { error: 'true' }, { error: true, throttle: true }, 'gRPC RESOURCE_EXHAUSTED'],
  ['14', { error: 'true', 'grpc.message': 'no stock' }, { fault: true }, 'gRPC UNAVAILABLE: no stock'],
  ['99', { error: 'true' }, { fault: true }, 'gRPC UNKNOWN (99)'],
  ['14', { response_flags: 'UF', error: 'true' }, { fault: true }, 'response flags UF'],
  ['14', { 'http.status_code': '503', error: 'true' }, { fault: true }, 'gRPC UNAVAILABLE'],
])('status %s, %j: %j, %s', (code, more, flags, message) => {
  for (const document of [byZipkin(tagsOf(code, more)), byOtlp(tagsOf(code, more))]) {
    expect(document).toMatchObject({ annotations: { 'grpc.path': '/stock.Stock/Reserve' } });
    const { fault, error, throttle, cause } = document as Record<string, unknown>;
    expect(JSON.parse(JSON.stringify({ fault, error, throttle }))).toEqual(flags);
    if (message === null) expect(cause).toBeUndefined();
    else expect(cause).toMatchObject({ exceptions: [{ message, remote: true }] });
  }
});
