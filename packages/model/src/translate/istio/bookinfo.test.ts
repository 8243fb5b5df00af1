import { expect, test } from 'vitest';
import { mergeTrace } from '../../merge-trace.ts';
import type { TraceDocument } from '../../segment-document.ts';
import { timeUs } from '../../time.ts';
import { decodeZipkinV2Json } from '../zipkin/decode-v2-json.ts';
import { documentToZipkin } from '../zipkin/documents-to-zipkin.ts';
import { createZipkinTranslator } from '../zipkin/zipkin-to-documents.ts';
import { createHopCollapser } from './collapse-hops.ts';
import { edgesOf } from './testing/read-fixture.ts';

// Istio's sample application: gateway → productpage → details and reviews, reviews → ratings.
//
// Which fields there are, and their form:
//   tags of all versions   envoyproxy/envoy, docs "Tracing", source/common/tracing/http_tracer_impl.cc; envoy issue 22944 shows a span
//   Istio 1.7, all CLIENT  envoy issue 13141 (Istio 1.6, 1.7 with Bookinfo), istio issue 23599
//   node_id, cluster names istio.io, "Envoy proxy configuration"; XRAY-SPEC §11.5
//   current istio.* tags   istio.io, task "OpenTelemetry", output of the productpage's sidecar
//   two spans a proxy      envoy pull request 22987, split_spans_for_request
const START_US = 1_727_004_672_000_000;
const TRACE = '66f00000bbbbbbbbbbbbbbbbbbbbbbbb';

interface Release {
  readonly gateway: string;
  readonly inboundCluster: (host: string) => string;
  readonly tags: (service: string) => Record<string, string>;
}

const ISTIO_1_7: Release = {
  gateway: 'istio-ingressgateway',
  inboundCluster: (host) => `inbound|9080|http|${host}`,
  tags: () => ({}),
};
const CURRENT: Release = {
  gateway: 'istio-ingressgateway.istio-system',
  inboundCluster: () => 'inbound|9080||',
  tags: (service) => ({
    'istio.canonical_service': service,
    'istio.canonical_revision': 'v1',
    'istio.mesh_id': 'cluster.local',
    'istio.namespace': 'default',
    'istio.cluster_id': 'Kubernetes',
  }),
};

const hostOf = (service: string): string => `${service}.default.svc.cluster.local`;

function proxySpan(release: Release, service: string, fields: object, cluster: string, more: object = {}): object {
  const isGateway = service === 'gateway';
  const pod = isGateway
    ? 'istio-ingressgateway-7c5d9b6f4b-x2z8k.istio-system'
    : `${service}-v1-697f57cdfd-gm7g5.default`;
  return {
    traceId: TRACE,
    kind: 'CLIENT',
    timestamp: START_US,
    duration: 10_000,
    localEndpoint: { serviceName: isGateway ? release.gateway : `${service}.default`, ipv4: '10.1.0.7' },
    ...fields,
    tags: {
      component: 'proxy',
      node_id: isGateway
        ? `router~10.1.0.2~${pod}~istio-system.svc.cluster.local`
        : `sidecar~10.1.0.7~${pod}~default.svc.cluster.local`,
      upstream_cluster: cluster,
      'upstream_cluster.name': cluster,
      'http.url': `http://${service}:9080/x`,
      'http.method': 'GET',
      'http.protocol': 'HTTP/1.1',
      'http.status_code': '200',
      response_flags: '-',
      request_size: '0',
      response_size: '441',
      user_agent: 'curl/7.74.0',
      downstream_cluster: '-',
      'peer.address': '10.1.0.8',
      ...(isGateway ? {} : release.tags(service)),
      ...more,
    },
  };
}

const inbound = (release: Release, service: string, id: string, parentId: string, more: object = {}): object =>
  proxySpan(
    release,
    service,
    { id, parentId, name: `${hostOf(service)}:9080/*` },
    release.inboundCluster(hostOf(service)),
    more,
  );
const outbound = (
  release: Release,
  from: string,
  to: string,
  id: string,
  parentId?: string,
  more: object = {},
): object =>
  proxySpan(release, from, { id, parentId, name: `${hostOf(to)}:9080/*` }, `outbound|9080||${hostOf(to)}`, more);

function bookinfo(release: Release): readonly object[] {
  return [
    outbound(release, 'gateway', 'productpage', '01'),
    inbound(release, 'productpage', '02', '01'),
    outbound(release, 'productpage', 'details', '03', '02'),
    inbound(release, 'details', '04', '03'),
    outbound(release, 'productpage', 'reviews', '05', '02'),
    inbound(release, 'reviews', '06', '05'),
    outbound(release, 'reviews', 'ratings', '07', '06'),
    inbound(release, 'ratings', '08', '07'),
  ];
}

const graphFrom = (gateway: string): readonly string[] => [
  `client → ${gateway}`,
  `${gateway} → productpage.default`,
  'productpage.default → details.default',
  'productpage.default → reviews.default',
  'reviews.default → ratings.default',
];

test.each([
  ['Istio 1.7', ISTIO_1_7],
  ['a current Istio', CURRENT],
])('%s: four services behind a gateway, each once', (_name, release) => {
  expect(edgesOf(translate([bookinfo(release)]))).toEqual(graphFrom(release.gateway));
});

test('what a hop tells can be searched', () => {
  const documents = translate([bookinfo(CURRENT)]);
  expect(byId(documents, '06').annotations).toMatchObject({
    'mesh.side': 'inbound',
    'mesh.service': 'reviews',
    'mesh.namespace': 'default',
    'mesh.workload': 'reviews-v1',
    'mesh.pod': 'reviews-v1-697f57cdfd-gm7g5',
    'mesh.version': 'v1',
    'mesh.port': 9080,
    response_flags: '-',
  });
  expect(byId(documents, '07').annotations).toMatchObject({
    'mesh.side': 'outbound',
    'mesh.peer_service': 'ratings.default',
    'mesh.peer_namespace': 'default',
  });
});

test('and comes back out as it was sent', () => {
  const spans = decode(bookinfo(CURRENT));
  const documents = createHopCollapser().collapse(createZipkinTranslator().translate(spans, timeUs(START_US)));
  const back = documents.flatMap((document) => documentToZipkin(document) ?? []);
  expect(back.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(spans);
});

const app = (service: string, id: string, parentId: string, kind: string, more: object = {}): object => ({
  traceId: TRACE,
  id,
  parentId,
  kind,
  name: 'get',
  timestamp: START_US,
  duration: 5_000,
  localEndpoint: { serviceName: service },
  ...more,
});

// productpage and reviews report themselves; productpage's call goes through its sidecar.
const INSTRUMENTED: Record<string, object> = {
  gateway: outbound(CURRENT, 'gateway', 'productpage', '01'),
  in: inbound(CURRENT, 'productpage', '02', '01'),
  app: app('productpage', '12', '02', 'SERVER'),
  call: app('productpage', '13', '12', 'CLIENT', { tags: { 'http.url': 'http://reviews:9080/reviews/0' } }),
  out: outbound(CURRENT, 'productpage', 'reviews', '05', '13'),
  nextIn: inbound(CURRENT, 'reviews', '06', '05'),
  nextApp: app('Reviews Service', '16', '06', 'SERVER'),
};

test.each([
  ['all at once', [['gateway', 'in', 'app', 'call', 'out', 'nextIn', 'nextApp']]],
  [
    'applications first',
    [
      ['app', 'call', 'nextApp'],
      ['gateway', 'in', 'out', 'nextIn'],
    ],
  ],
  [
    'sidecars first',
    [
      ['gateway', 'in', 'out', 'nextIn'],
      ['app', 'call', 'nextApp'],
    ],
  ],
  ['one by one', [['call'], ['app'], ['nextApp'], ['nextIn'], ['out'], ['in'], ['gateway']]],
  ['one by one, from the top', [['gateway'], ['in'], ['app'], ['call'], ['out'], ['nextIn'], ['nextApp']]],
])('sidecar and application are one node: %s', (_name, batches) => {
  const spans = batches.map((names) => names.map((name) => INSTRUMENTED[name] ?? {}));
  const documents = translate(spans);
  expect(edgesOf(documents)).toEqual([
    'client → istio-ingressgateway.istio-system',
    'istio-ingressgateway.istio-system → productpage.default',
    'productpage.default → reviews.default',
  ]);
  expect(mergeTrace(documents).segments).toHaveLength(3);
});

test('an X-Ray SDK behind a sidecar, its call embedded', () => {
  const application = {
    trace_id: '1-66f00000-bbbbbbbbbbbbbbbbbbbbbbbb',
    id: '0000000000000012',
    parent_id: '0000000000000002',
    name: 'Product Page',
    origin: 'AWS::EKS::Container',
    start_time: START_US / 1e6,
    end_time: START_US / 1e6 + 0.005,
    subsegments: [
      {
        id: '0000000000000013',
        name: 'reviews',
        namespace: 'remote',
        start_time: START_US / 1e6,
        end_time: START_US / 1e6 + 0.004,
      },
    ],
  } as unknown as TraceDocument;
  const { gateway = {}, in: sidecar = {}, out = {}, nextIn = {} } = INSTRUMENTED;
  const spans = createZipkinTranslator().translate(decode([gateway, sidecar, out, nextIn]), timeUs(START_US));
  const documents = createHopCollapser().collapse([...spans, application]);
  expect(edgesOf(documents)).toEqual([
    'client → istio-ingressgateway.istio-system',
    'istio-ingressgateway.istio-system → productpage.default',
    'productpage.default → reviews.default',
  ]);
  expect(byId(documents, '12')).toMatchObject({
    origin: 'AWS::EKS::Container',
    metadata: { mesh: { name: 'Product Page' } },
  });
});

test('a proxy with a span for each way', () => {
  const leg = (service: string, id: string, parentId: string, cluster: string): object =>
    proxySpan(CURRENT, service, { id, parentId, name: `router ${cluster} egress` }, cluster);
  const way = { kind: 'SERVER' };
  const spans = [
    { ...outbound(CURRENT, 'gateway', 'productpage', '01'), ...way },
    leg('gateway', '21', '01', `outbound|9080||${hostOf('productpage')}`),
    { ...inbound(CURRENT, 'productpage', '02', '21'), ...way },
    leg('productpage', '22', '02', 'inbound|9080||'),
    app('productpage', '12', '22', 'SERVER'),
    app('productpage', '13', '12', 'CLIENT'),
    { ...outbound(CURRENT, 'productpage', 'reviews', '05', '13'), ...way },
    leg('productpage', '25', '05', `outbound|9080||${hostOf('reviews')}`),
    { ...inbound(CURRENT, 'reviews', '06', '25'), ...way },
  ];
  expect(edgesOf(translate([spans]))).toEqual([
    'client → istio-ingressgateway.istio-system',
    'istio-ingressgateway.istio-system → productpage.default',
    'productpage.default → reviews.default',
  ]);
});

test.each([
  [{ response_flags: 'UH', 'http.status_code': '503', error: 'true' }, { fault: true }],
  [{ response_flags: 'UF,URX', 'http.status_code': '503' }, { fault: true }],
  [
    { response_flags: 'RL', 'http.status_code': '429' },
    { throttle: true, error: true },
  ],
  [
    { response_flags: 'RLSE', 'http.status_code': '0' },
    { throttle: true, error: true },
  ],
  [{ response_flags: 'DC', 'http.status_code': '0', error: 'true' }, { error: true }],
  [{ response_flags: 'UAEX', 'http.status_code': '403' }, { error: true }],
  [{ response_flags: 'DI' }, {}],
  [{ response_flags: '-' }, {}],
])('%o ends as %o', (tags, flags) => {
  const [document] = translate([[inbound(CURRENT, 'reviews', '06', '05', tags)]]);
  const { fault, error, throttle } = document ?? {};
  expect({ ...(fault && { fault }), ...(error && { error }), ...(throttle && { throttle }) }).toEqual(flags);
});

test.each([
  ['PassthroughCluster', 'http://api.example:8080/v1', { name: 'api.example:8080' }],
  ['BlackHoleCluster', 'http://blocked.example/', { name: 'blocked.example', annotations: { 'mesh.blocked': true } }],
  ['outbound|443||api.example', '', { name: 'api.example', annotations: { 'mesh.port': 443 } }],
  [
    'outbound|9080|v2|reviews.shop.svc.cluster.local',
    '',
    { name: 'reviews.shop', annotations: { 'mesh.peer_version': 'v2' } },
  ],
  ['outbound;9080;;reviews.shop.svc.cluster.local', '', { name: 'reviews.shop' }],
])('a call to %s %s', (cluster, url, expected) => {
  const span = proxySpan(CURRENT, 'reviews', { id: '07', parentId: '06', name: 'x' }, cluster, { 'http.url': url });
  expect(translate([[span]])).toMatchObject([{ namespace: 'remote', ...expected }]);
});

test.each([
  ['InboundPassthroughClusterIpv4', {}, 'reviews.default'],
  ['', { name: 'ingress' }, 'reviews.default'],
  ['-', { kind: 'SERVER' }, 'reviews.default'],
])('a request that comes in by %s %o', (cluster, fields, name) => {
  const span = proxySpan(CURRENT, 'reviews', { id: '07', parentId: '06', ...fields }, cluster);
  const [document] = translate([[span]]);
  expect(document).toMatchObject({ name });
  expect(document?.type).toBeUndefined();
});

function decode(spans: readonly object[]): ReturnType<typeof unwrap> {
  return unwrap(decodeZipkinV2Json(JSON.stringify(spans)));
}

function unwrap(decoded: ReturnType<typeof decodeZipkinV2Json>) {
  if (!decoded.ok || decoded.value.refused.length > 0) throw new Error(JSON.stringify(decoded));
  return decoded.value.spans;
}

function translate(batches: readonly (readonly object[])[]): readonly TraceDocument[] {
  const translator = createZipkinTranslator();
  const collapser = createHopCollapser();
  return batches.flatMap((batch) => collapser.collapse(translator.translate(decode(batch), timeUs(START_US))));
}

function byId(documents: readonly TraceDocument[], id: string): TraceDocument {
  const found = documents.findLast((document) => document.id === id.padStart(16, '0'));
  if (found === undefined) throw new Error(`no document ${id}`);
  return found;
}
