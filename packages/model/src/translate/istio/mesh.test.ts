import { meshTraceId, type MeshFixture } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { mergeTrace } from '../../merge-trace.ts';
import type { TraceDocument } from '../../segment-document.ts';
import type { OtlpSpanGroup } from '../otlp/span.ts';
import { toOtlpGroups } from '../otlp/to-spans.ts';
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
