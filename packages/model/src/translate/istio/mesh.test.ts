import { meshTraceId, type MeshFixture } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { mergeTrace } from '../../merge-trace.ts';
import type { TraceDocument } from '../../segment-document.ts';
import type { OtlpSpanGroup } from '../otlp/span.ts';
import { toOtlpGroups } from '../otlp/to-spans.ts';
import { documentToZipkin } from '../zipkin/documents-to-zipkin.ts';
import { createHopCollapser } from './collapse-hops.ts';
import {
  edgesOf,
  ofOtlp,
  ofZipkin,
  readGroup,
  readZipkin,
  START_US,
  translateFixture,
} from './testing/read-fixture.ts';

// testdata/mesh tells where the fixtures' fields come from. Spans of applications are our own.

const FIXTURES: readonly [MeshFixture, string, boolean][] = [
  ['istio-1.7-zipkin', 'istio-ingressgateway', false],
  ['istio-1.7-zipkin', 'istio-ingressgateway', true],
  ['istio-current-zipkin', 'istio-ingressgateway', false],
  ['istio-current-otlp', 'istio-ingressgateway.istio-system', false],
];

test.each(FIXTURES)('%s, gateway %s, 64-bit ids %s: four services, each once', (name, gateway, isShort) => {
  const documents = createHopCollapser().collapse(translateFixture(name, { isShort }));
  const graphOf = (nth: number): readonly string[] =>
    edgesOf(documents.filter(({ trace_id }) => trace_id === meshTraceId(nth, { isShort })));
  const withoutRatings = [
    `client → ${gateway}`,
    `${gateway} → productpage.default`,
    'productpage.default → details.default',
    'productpage.default → reviews.default',
  ];
  expect(graphOf(1)).toEqual(withoutRatings);
  expect(graphOf(2)).toEqual([...withoutRatings, 'reviews.default → ratings.default']);
  expect(graphOf(3)).toEqual([...withoutRatings, 'reviews.default → ratings.default']);
  // Nobody answered, so the sidecar's call stands for its far end, which is a node of the mesh all the same.
  expect(graphOf(4)).toEqual([...withoutRatings, 'reviews.default → ratings.default']);
  expect(graphOf(5)).toEqual([...withoutRatings, 'reviews.default → ratings.default']);
});

test.each([
  ['istio-1.7-zipkin', 4, 'ratings.default', 'FI'],
  ['istio-current-otlp', 4, 'ratings.default', 'FI'],
  ['istio-current-otlp', 5, 'details.default', 'UH'],
] as const)('%s, request %d: the call of %s is a fault by its flag', (name, nth, peer, flag) => {
  const failed = translateFixture(name).filter(
    ({ trace_id, fault }) => trace_id === meshTraceId(nth) && fault === true,
  );
  expect(failed.toSorted((a) => (a.type === 'subsegment' ? -1 : 1))).toMatchObject([
    {
      name: peer,
      namespace: 'remote',
      annotations: { response_flags: flag, 'mesh.side': 'outbound', 'mesh.peer_service': peer, 'mesh.port': 9080 },
      cause: { exceptions: [{ message: `response flags ${flag}` }] },
    },
    { name: peer, parent_id: failed.find(({ type }) => type === 'subsegment')?.id },
  ]);
  expect(failed.every((document) => !('origin' in document))).toBe(true);
});

test('what a hop tells in OTLP can be searched as in Zipkin', () => {
  const mesh = (name: MeshFixture): unknown =>
    translateFixture(name)
      .filter((document) => document.type === undefined && !document.name.startsWith('istio'))
      .map(({ annotations = {} }) =>
        Object.fromEntries(Object.entries(annotations).filter(([key]) => key.startsWith('mesh.'))),
      )
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const ofSpans = mesh('istio-current-otlp');
  expect(ofSpans).toEqual(mesh('istio-current-zipkin'));
  expect(ofSpans).toContainEqual({
    'mesh.side': 'inbound',
    'mesh.service': 'reviews',
    'mesh.namespace': 'default',
    'mesh.workload': 'reviews-v3',
    'mesh.pod': 'reviews-v3-7dbcdcbc56-m8x2k',
    'mesh.version': 'v3',
    'mesh.port': 9080,
  });
});

const TRACE = '66f00000bbbbbbbbbbbbbbbbbbbbbbbb';
const ids = (id: string): string => id.padStart(16, '0');

/** One span of OTLP in a group of its own. */
function span(service: string, kind: number, id: string, parentId: string, attributes: object = {}): OtlpSpanGroup {
  const keyValues = (of: object): unknown =>
    Object.entries(of).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  return readGroup(
    JSON.stringify({
      resource: { attributes: keyValues({ 'service.name': service }) },
      scopeSpans: [
        {
          spans: [
            {
              traceId: TRACE,
              spanId: ids(id),
              parentSpanId: parentId === '' ? '' : ids(parentId),
              name: `${service} ${id}`,
              kind,
              startTimeUnixNano: `${START_US}000`,
              endTimeUnixNano: `${START_US + 5_000}007`,
              attributes: keyValues(attributes),
            },
          ],
        },
      ],
    }),
  );
}

const [SERVER, CLIENT] = [2, 3];
const sidecar = (service: string, cluster: string): object => ({
  node_id: `sidecar~10.244.0.8~${service}-v1-564d4686f-t6s4m.default~default.svc.cluster.local`,
  component: 'proxy',
  upstream_cluster: cluster,
  response_flags: '-',
  'http.status_code': '200',
});
const toReviews = sidecar('productpage', 'outbound|9080||reviews.default.svc.cluster.local');

// Sidecars and applications, each with its own OpenTelemetry.
const HOPS: Record<string, OtlpSpanGroup> = {
  in: span('productpage.default', SERVER, '2', '', sidecar('productpage', 'inbound|9080||')),
  app: span('productpage', SERVER, '12', '2'),
  work: span('productpage', 1, '19', '12'),
  call: span('productpage', CLIENT, '13', '19', { 'server.address': 'reviews' }),
  out: span('productpage.default', CLIENT, '3', '13', toReviews),
  nextIn: span('reviews.default', SERVER, '4', '3', sidecar('reviews', 'inbound|9080||')),
  nextApp: span('Reviews Service', SERVER, '14', '4'),
};
const ALL = Object.keys(HOPS);

test.each([
  ['all at once', [ALL]],
  ['one by one', ALL.map((name) => [name])],
  ['one by one from the end', ALL.toReversed().map((name) => [name])],
  [
    'applications first',
    [
      ['app', 'work', 'call', 'nextApp'],
      ['in', 'out', 'nextIn'],
    ],
  ],
  [
    'sidecars first',
    [
      ['in', 'out', 'nextIn'],
      ['app', 'work', 'call', 'nextApp'],
    ],
  ],
  [
    'applications twice',
    [
      ['app', 'nextApp'],
      ['in', 'out', 'nextIn'],
      ['app', 'work', 'call', 'nextApp'],
    ],
  ],
  ['everything twice', [ALL, ALL]],
])('OTLP, sidecar and application are one node, and come back out as sent: %s', (_name, batches) => {
  const collapser = createHopCollapser();
  const documents = batches.flatMap((names) => collapser.collapse(ofOtlp(names.map(groupNamed))));
  expect(edgesOf(documents)).toEqual(['client → productpage.default', 'productpage.default → reviews.default']);
  const { segments } = mergeTrace(documents);
  expect(segments).toHaveLength(2);

  const back = toOtlpGroups(segments.map(({ document }) => document)).flatMap(({ resource, spans }) =>
    spans.map((one) => [resource.attributes[0]?.value, byKey(one)]),
  );
  const sent = ALL.map(groupNamed).flatMap(({ resource, spans }) =>
    spans.map((one) => [resource.attributes[0]?.value, byKey(one)]),
  );
  expect(back.toSorted(byText)).toEqual(sent.toSorted(byText));
});

test('halves that two processes saw are joined by the one that both send to, and by none else', () => {
  const halves = [
    ['app', 'work', 'call', 'nextApp'],
    ['in', 'out', 'nextIn'],
  ];
  const joined = ['client → productpage.default', 'productpage.default → reviews.default'];
  const sent = halves.map((names) => createHopCollapser().collapse(ofOtlp(names.map(groupNamed))));
  expect(edgesOf(sent.flat())).not.toEqual(joined);
  const last = createHopCollapser();
  expect(edgesOf(sent.flatMap((documents) => last.collapse(documents)))).toEqual(joined);
});

test('a node whose application reports its end after the sidecar', () => {
  const collapser = createHopCollapser();
  const at = { trace_id: `1-${TRACE.slice(0, 8)}-${TRACE.slice(8)}`, start_time: START_US / 1e6 };
  const open = {
    ...at,
    id: ids('12'),
    parent_id: ids('2'),
    name: 'shop',
    in_progress: true,
  } as unknown as TraceDocument;
  const done = {
    ...open,
    in_progress: undefined,
    end_time: START_US / 1e6 + 1,
    user: 'ann',
  } as unknown as TraceDocument;
  const documents = [[open], ofOtlp([groupNamed('in')]), [JSON.parse(JSON.stringify(done))]].flatMap((batch) =>
    collapser.collapse(batch),
  );
  expect(edgesOf(documents)).toEqual(['client → productpage.default']);
  expect(mergeTrace(documents).segments).toMatchObject([{ document: { id: ids('12'), user: 'ann' } }]);
});

test('a sidecar that answered with a failure fails the node, though its application went well', () => {
  const collapser = createHopCollapser();
  const timedOut = { ...sidecar('productpage', 'inbound|9080||'), response_flags: 'UT', 'http.status_code': '504' };
  const documents = [
    ...collapser.collapse(ofOtlp([groupNamed('app')])),
    ...collapser.collapse(ofOtlp([span('productpage.default', SERVER, '2', '', timedOut)])),
  ];
  expect(documents.findLast(({ id }) => id === ids('12'))).toMatchObject({
    name: 'productpage.default',
    fault: true,
    metadata: { mesh: { name: 'productpage' } },
  });
});

test('applications of other dialects behind sidecars that report by OTLP', () => {
  const zipkin = ofZipkin(
    readZipkin(
      JSON.stringify([
        { traceId: TRACE, id: ids('14'), parentId: ids('4'), kind: 'SERVER', timestamp: START_US, duration: 9 },
      ]),
    ),
  );
  const others = ['in', 'out', 'nextIn', 'app', 'work', 'call'].map(groupNamed);
  const documents = createHopCollapser().collapse([...zipkin, ...ofOtlp(others)]);
  expect(edgesOf(documents)).toEqual(['client → productpage.default', 'productpage.default → reviews.default']);
});

// envoyproxy/envoy source/common/tracing/tracer_impl.cc: names without a decorator; with spawn_upstream_span a second span.
const front = { component: 'proxy', node_id: 'edge-1', upstream_cluster: 'shop', response_flags: '-' };
const named = (group: OtlpSpanGroup, name: string): OtlpSpanGroup => ({
  ...group,
  spans: group.spans.map((one) => ({ ...one, name })),
});

test.each([
  [
    'a front proxy with one span',
    [named(span('edge', SERVER, '1', '', front), 'ingress'), span('shop', SERVER, '11', '1')],
    ['client → edge', 'edge → shop'],
  ],
  [
    'a front proxy with two',
    [
      named(span('edge', SERVER, '1', '', front), 'ingress'),
      named(span('edge', CLIENT, '2', '1', front), 'router shop egress'),
      span('shop', SERVER, '11', '2'),
    ],
    ['client → edge', 'edge → shop'],
  ],
  [
    'a sidecar of a mesh without Istio, which has its application’s name',
    [named(span('shop', SERVER, '1', '', front), 'ingress'), span('shop', SERVER, '11', '1')],
    ['client → shop'],
  ],
  [
    'a pod that calls first: a service around the call of its sidecar',
    [span('sleep.default', CLIENT, '3', '', toReviews), groupNamed('nextIn')],
    ['client → sleep.default', 'sleep.default → reviews.default'],
  ],
])('an Envoy by OTLP: %s', (_name, groups, edges) => {
  expect(edgesOf(createHopCollapser().collapse(ofOtlp(groups)))).toEqual(edges);
});

// Ambient mode. node_id, service and operation: istio issue 54901; cluster: istio pilot/pkg/networking/core/listener_waypoint.go
// (buildWaypointInternal); istio.source_…, istio.destination_…: pilot/pkg/networking/core/tracing.go (buildWaypointSourceTags).
const waypoint = (host: string, more: object = {}): object => ({
  node_id: 'waypoint~10.244.0.19~waypoint-5f89fbb8b5-nmdsg.bookinfo~bookinfo.svc.cluster.local',
  component: 'proxy',
  upstream_cluster: `inbound-vip|9080|http|${host}`,
  response_flags: '-',
  'http.status_code': '200',
  'istio.canonical_service': 'waypoint',
  'istio.namespace': 'bookinfo',
  ...more,
});
const toDetails = waypoint('details.bookinfo.svc.cluster.local', {
  'istio.destination_workload': 'details-v1',
  'istio.destination_namespace': 'bookinfo',
  'istio.destination_canonical_service': 'details',
  'istio.destination_canonical_revision': 'v1',
  'istio.destination_instance_name': 'details-v1-794db9df8f-8ksxt',
  'istio.source_workload': 'productpage-v1',
});

test.each([
  ['that names itself', 'waypoint.bookinfo'],
  ['that names the service, as of Istio 1.28 and 1.29', 'details.bookinfo.svc.cluster.local'],
])('a waypoint %s is the way in of the service behind it, and one node with it', (_name, service) => {
  const groups = [
    span('productpage', SERVER, '12', ''),
    span('productpage', CLIENT, '13', '12', { 'server.address': 'details' }),
    span(service, SERVER, '4', '13', toDetails),
    span('details', SERVER, '14', '4'),
    span('details', CLIENT, '15', '14', { 'server.address': 'api.example' }),
    span(service, SERVER, '5', '15', waypoint('api.example')),
  ];
  const documents = createHopCollapser().collapse(ofOtlp(groups));
  expect(edgesOf(documents)).toEqual([
    'client → productpage',
    'details.bookinfo → waypoint.bookinfo',
    'productpage → details.bookinfo',
    'waypoint.bookinfo → api.example',
  ]);
  expect(documents.find(({ id }) => id === ids('4'))?.annotations).toMatchObject({
    'mesh.side': 'inbound',
    'mesh.service': 'details',
    'mesh.namespace': 'bookinfo',
    'mesh.workload': 'details-v1',
    'mesh.pod': 'details-v1-794db9df8f-8ksxt',
    'mesh.version': 'v1',
    'mesh.port': 9080,
    'mesh.waypoint': 'waypoint.bookinfo',
    'istio.source_workload': 'productpage-v1',
  });
  expect(documents.find(({ id }) => id === ids('5'))).toMatchObject({ name: 'api.example', namespace: 'remote' });
  const { segments } = mergeTrace(documents);
  const back = toOtlpGroups(segments.map(({ document }) => document)).flatMap(({ resource, spans }) =>
    spans.map((one) => [resource.attributes[0]?.value, byKey(one)]),
  );
  const sent = groups.flatMap(({ resource, spans }) => spans.map((one) => [resource.attributes[0]?.value, byKey(one)]));
  expect(back.toSorted(byText)).toEqual(sent.toSorted(byText));
});

test('a waypoint by Zipkin, of applications that report nothing', () => {
  const one = (id: string, parentId: string | undefined, host: string, more: object = {}): object => ({
    traceId: TRACE,
    id: ids(id),
    ...(parentId !== undefined && { parentId: ids(parentId) }),
    kind: 'SERVER',
    name: `${host}:9080/*`,
    timestamp: START_US,
    duration: 9,
    localEndpoint: { serviceName: 'waypoint.bookinfo' },
    tags: waypoint(host, more),
  });
  const sent = [
    one('1', undefined, 'productpage.bookinfo.svc.cluster.local'),
    one('2', '1', 'reviews.bookinfo.svc.cluster.local', {
      upstream_cluster: 'inbound-vip|9080|http/v2|reviews.bookinfo.svc.cluster.local',
    }),
    one('3', '2', 'ratings.bookinfo.svc.cluster.local', { response_flags: 'UH', 'http.status_code': '503' }),
  ];
  const documents = createHopCollapser().collapse(ofZipkin(readZipkin(JSON.stringify(sent))));
  expect(edgesOf(documents)).toEqual([
    'client → productpage.bookinfo',
    'productpage.bookinfo → reviews.bookinfo',
    'reviews.bookinfo → ratings.bookinfo',
  ]);
  expect(documents).toMatchObject([
    { annotations: { 'mesh.service': 'productpage', 'mesh.waypoint': 'waypoint.bookinfo' } },
    { annotations: { 'mesh.version': 'v2' } },
    { name: 'ratings.bookinfo', fault: true },
  ]);
  const back = documents.map((document) => documentToZipkin(document));
  expect(JSON.stringify(back)).toContain('"serviceName":"waypoint.bookinfo"');
});

// envoyproxy/envoy source/extensions/tracers/xray/tracer.cc (Span::finishSpan, Span::setTag), daemon.proto; values are our own.
const envoySegment = (id: string, parentId: string, direction: string, url: string, more: object = {}): object => ({
  name: 'shop',
  id: ids(id),
  trace_id: `1-${TRACE.slice(0, 8)}-${TRACE.slice(8)}`,
  ...(parentId !== '' && { parent_id: ids(parentId) }),
  start_time: START_US / 1e6,
  end_time: START_US / 1e6 + 0.5,
  aws: {},
  http: {
    request: { url, method: 'GET', user_agent: 'curl/7.74.0', client_ip: '10.1.0.8', x_forwarded_for: false },
    response: { status: 200, content_length: 441 },
  },
  annotations: {
    component: 'proxy',
    node_id: 'shop-1',
    upstream_cluster: direction === 'ingress' ? 'local_app' : 'stock_cluster',
    'upstream_cluster.name': direction === 'ingress' ? 'local_app' : 'stock_cluster',
    'http.protocol': 'HTTP/1.1',
    response_flags: '-',
    direction,
  },
  ...more,
});
const xraySegment = (id: string, parentId: string, name: string, more: object = {}): object => ({
  name,
  id: ids(id),
  trace_id: `1-${TRACE.slice(0, 8)}-${TRACE.slice(8)}`,
  parent_id: ids(parentId),
  start_time: START_US / 1e6,
  end_time: START_US / 1e6 + 0.4,
  ...more,
});
const [startTime, endTime] = [START_US / 1e6, START_US / 1e6 + 0.1];
const stockCall = { id: ids('13'), name: 'stock', namespace: 'remote', start_time: startTime, end_time: endTime };
const parsed = (document: object): TraceDocument => JSON.parse(JSON.stringify(document));

test.each([
  ['applications first', false],
  ['one by one from the end', true],
])("Envoy's own X-Ray tracer, beside an application with an X-Ray SDK, %s", (_name, isTurned) => {
  const sent = [
    xraySegment('12', '2', 'shop', { subsegments: [stockCall] }),
    envoySegment('2', '', 'ingress', 'http://shop:8080/'),
    envoySegment('3', '13', 'egress', 'http://stock:8080/items'),
    envoySegment('4', '3', 'ingress', 'http://stock:8080/items', { name: 'stock' }),
    xraySegment('14', '4', 'stock'),
  ].map(parsed);
  const collapser = createHopCollapser();
  const batches = isTurned ? sent.toReversed().map((one) => [one]) : [sent];
  const documents = batches.flatMap((batch) => collapser.collapse(batch));
  expect(edgesOf(documents)).toEqual(['client → shop', 'shop → stock']);
  expect(documents.findLast(({ id }) => id === ids('3'))).toMatchObject({
    type: 'subsegment',
    annotations: { 'mesh.side': 'outbound', direction: 'egress' },
  });
});

test("of Envoy's own X-Ray tracer: App Mesh's proxies are nodes, as at AWS, and a front proxy is one", () => {
  const appMesh = { name: 'mesh/shop', origin: 'AWS::AppMesh::Proxy' };
  const sent = [
    envoySegment('2', '', 'ingress', 'http://shop:8080/', appMesh),
    xraySegment('12', '2', 'shop', { subsegments: [stockCall] }),
    envoySegment('3', '13', 'egress', 'http://stock:8080/', appMesh),
  ].map(parsed);
  expect(createHopCollapser().collapse(sent)).toEqual(sent);
  const edge = [envoySegment('2', '', 'ingress', 'http://shop/', { name: 'front' }), xraySegment('12', '2', 'shop')];
  expect(edgesOf(createHopCollapser().collapse(edge.map(parsed)))).toEqual(['client → front', 'front → shop']);
});

// envoyproxy/envoy source/common/stream_info/utility.h
test.each([
  ['UPE', 'fault', false],
  ['DF', 'fault', true],
  ['DO', 'fault', true],
  ['DR', 'error', false],
] as const)('the flag %s is a %s of the call', (flag, outcome, isTurnedBackByProxy) => {
  const call = { ...toReviews, response_flags: flag, 'http.status_code': '0' };
  const documents = ofOtlp([span('productpage.default', CLIENT, '3', '2', call)]);
  expect(documents[0]).toMatchObject({
    [outcome]: true,
    cause: { exceptions: [{ message: `response flags ${flag}` }] },
  });
  expect(documents.length).toBe(isTurnedBackByProxy ? 2 : 1);
});

test('an attribute that only looks like a proxy’s changes nothing', () => {
  const [document] = ofOtlp([span('shop', CLIENT, '3', '2', { node_id: 'worker-7', 'server.address': 'db.example' })]);
  expect(document).toMatchObject({ name: 'db.example', namespace: 'remote', annotations: { node_id: 'worker-7' } });
  expect(document?.annotations).not.toHaveProperty(['mesh.side']);
});

function groupNamed(name: string): OtlpSpanGroup {
  const group = HOPS[name];
  if (group === undefined) throw new Error(name);
  return group;
}

/** The order of attributes means nothing. */
function byKey(one: OtlpSpanGroup['spans'][number]): unknown {
  return { ...one, attributes: one.attributes.toSorted((a, b) => (a.key < b.key ? -1 : 1)) };
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
