import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from '../../parse-document.ts';
import type { TraceDocument } from '../../segment-document.ts';
import { parseSegmentId, type SegmentId } from '../../segment-id.ts';
import { timeUs, timeUsFromSeconds } from '../../time.ts';
import { parseTraceId, type TraceId } from '../../trace-id.ts';
import { deriveId } from '../rpc/derive-id.ts';
import { decodeZipkinV1Json } from './decode-v1-json.ts';
import { decodeZipkinV2Json } from './decode-v2-json.ts';
import { documentToZipkin } from './documents-to-zipkin.ts';
import { createZipkinTranslator } from './zipkin-to-documents.ts';
import type { ZipkinSpan } from './zipkin-span.ts';

const START = 1_727_004_672;
const START_US = START * 1e6;
const NOW = timeUsFromSeconds(START + 60);
const TRACE = '66f00000aaaaaaaaaaaaaaaaaaaaaaaa';
const TRACE_ID = '1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa' as TraceId;
const ID = '1111111111111111' as SegmentId;
const PARENT = '2222222222222222';
const SHOP = { localEndpoint: { serviceName: 'shop' } };
const TIMES = { timestamp: START_US, duration: 300_000 };

test.each<[string, object, object[]]>([
  ['a server with a parent', { kind: 'SERVER', parentId: PARENT }, [{ name: 'shop', parent_id: PARENT, id: ID }]],
  ['a root without kind', {}, [{ name: 'shop', id: ID }]],
  ['a consumer', { kind: 'CONSUMER', parentId: PARENT }, [{ name: 'shop' }]],
  ['work', { parentId: PARENT, name: 'render' }, [{ type: 'subsegment', name: 'render', parent_id: PARENT }]],
  [
    'a call named by its endpoint',
    { kind: 'CLIENT', parentId: PARENT, remoteEndpoint: { serviceName: 'stock' }, tags: { 'peer.service': 'x' } },
    [{ type: 'subsegment', name: 'stock', namespace: 'remote' }],
  ],
  [
    'a call named by its peer',
    { kind: 'CLIENT', parentId: PARENT, tags: { 'peer.service': 'stock' } },
    [{ name: 'stock' }],
  ],
  [
    'a call named by its URL',
    { kind: 'CLIENT', parentId: PARENT, tags: { 'http.url': 'https://u@stock:8/x' } },
    [{ name: 'stock:8', http: { request: { url: 'https://u@stock:8/x' } } }],
  ],
  ['a call named by its operation', { kind: 'PRODUCER', parentId: PARENT, name: 'send' }, [{ name: 'send' }]],
  ['a call without a name', { kind: 'CLIENT', parentId: PARENT, name: '☃' }, [{ name: 'unknown' }]],
  [
    'a call with nothing above it',
    { kind: 'CLIENT', remoteEndpoint: { serviceName: 'stock' } },
    [
      { name: 'shop', id: deriveId(TRACE_ID, ID, 'service') },
      { name: 'stock', id: ID, type: 'subsegment', parent_id: deriveId(TRACE_ID, ID, 'service') },
    ],
  ],
  [
    "the server's half of a shared span",
    { kind: 'SERVER', parentId: PARENT, shared: true },
    [{ name: 'shop', id: deriveId(TRACE_ID, ID, 'server-half'), parent_id: ID }],
  ],
  ['no duration', { kind: 'SERVER', duration: undefined }, [{ start_time: START, in_progress: true }]],
  ['no timestamp', { kind: 'SERVER', timestamp: undefined }, [{ start_time: START + 60, end_time: START + 60.3 }]],
  [
    'a time from its events',
    { timestamp: 0, duration: 0, annotations: [{ timestamp: START_US, value: 'ws' }] },
    [{ start_time: START }],
  ],
  [
    'a status that is not found',
    { tags: { 'http.status_code': '404' } },
    [{ error: true, http: { response: { status: 404 } } }],
  ],
  ['too many requests', { tags: { 'http.status_code': '429' } }, [{ error: true, throttle: true }]],
  ['a fault', { tags: { 'http.status_code': '503', error: 'true' } }, [{ fault: true }]],
  [
    'an error tag',
    { tags: { error: 'no pool' } },
    [{ fault: true, cause: { exceptions: [{ message: 'no pool', remote: false }] } }],
  ],
  ['an empty error tag', { tags: { error: '' } }, [{ fault: true }]],
  [
    'tags',
    { tags: { tier: 'gold', 'a b': 'x' } },
    [{ annotations: { tier: 'gold' }, metadata: { zipkin: { tags: { 'a b': 'x' } } } }],
  ],
  ['a number as a tag', { tags: { 'http.status_code': 200 } }, [{ http: { response: { status: 200 } } }]],
  [
    'a statement',
    { kind: 'CLIENT', parentId: PARENT, tags: { 'sql.query': 'select 1' } },
    [{ sql: { sanitized_query: 'select 1' }, namespace: 'remote' }],
  ],
])('%s', (_name, fields, documents) => {
  expect(translate([{ traceId: TRACE, id: ID, ...TIMES, ...SHOP, ...fields }])).toMatchObject(documents);
});

test.each([
  ['traceId', { id: ID }],
  ['traceId', { traceId: '0', id: ID }],
  ['traceId', { traceId: `${TRACE}0`, id: ID }],
  ['id', { traceId: TRACE }],
  ['id', { traceId: TRACE, id: 'x' }],
  [
    'tags',
    { traceId: TRACE, id: ID, tags: Object.fromEntries(Array.from({ length: 1_025 }, (_, at) => [`k${at}`, ''])) },
  ],
])('a span is refused alone, with its %s named', (field, span) => {
  const decoded = decodeZipkinV2Json(JSON.stringify([span, { traceId: TRACE, id: ID }]));
  expect(decoded).toMatchObject({ value: { spans: [{ id: ID }], refused: [{ code: 'bad-field' }] } });
  expect(decoded.ok && decoded.value.refused[0]?.message).toContain(`span.${field}: expected`);
});

test.each([
  ['{', 'not-json'],
  ['{}', 'not-a-list'],
])('%s is refused as %s', (text, code) => {
  expect(decodeZipkinV2Json(text)).toMatchObject({ ok: false, problem: { code } });
});

test('a 64-bit trace id is the 128-bit one with zeros in front', () => {
  const [short, long] = decode([
    { traceId: 'aaaaaaaaaaaaaaaa', id: ID },
    { traceId: 'aaaaaaaaaaaaaaaa'.padStart(32, '0'), id: ID },
  ]);
  expect(short?.traceId).toBe(long?.traceId);
});

const CLIENT_HALF = { traceId: TRACE, id: ID, parentId: PARENT, kind: 'CLIENT', ...SHOP, ...TIMES };
const SERVER_HALF = { ...CLIENT_HALF, kind: 'SERVER', shared: true, localEndpoint: { serviceName: 'stock' } };
const CHILD = { ...CLIENT_HALF, id: '3333333333333333', parentId: ID, localEndpoint: { serviceName: 'stock' } };
const OTHER_CHILD = { ...CLIENT_HALF, id: '4444444444444444', parentId: ID };

test.each([
  ['in one batch', [[CHILD, OTHER_CHILD, CLIENT_HALF, SERVER_HALF]]],
  ['the half first', [[SERVER_HALF], [CLIENT_HALF, CHILD, OTHER_CHILD]]],
  ['children first', [[CHILD], [OTHER_CHILD, CLIENT_HALF], [SERVER_HALF]]],
])("children of a shared span belong to their service's half: %s", (_name, batches) => {
  const translator = createZipkinTranslator();
  // From the first shared span on, spans are remembered.
  translator.translate(decode([{ ...SERVER_HALF, traceId: 'bb' }]), NOW);
  const documents = batches.flatMap((batch) => translator.translate(decode(batch), NOW));
  const last = new Map(documents.map((document) => [document.id, document]));
  expect(last.get(CHILD.id as SegmentId)?.parent_id).toBe(deriveId(TRACE_ID, ID, 'server-half'));
  expect(last.get(OTHER_CHILD.id as SegmentId)?.parent_id).toBe(ID);
});

test('what is remembered is bounded', () => {
  const translator = createZipkinTranslator({ rememberedSpansMax: 4 });
  translator.translate(decode([{ ...SERVER_HALF, traceId: 'bb' }]), NOW);
  translator.translate(decode([CHILD]), NOW);
  for (let at = 0; at < 4; at += 1)
    translator.translate(decode([{ ...CHILD, id: `${at + 10}`, parentId: `${at + 100}` }]), NOW);
  expect(translator.translate(decode([SERVER_HALF]), NOW)).toHaveLength(1);
});

test('v1: both halves of one span', () => {
  const endpoint = (serviceName: string): object => ({ serviceName, ipv4: '10.0.0.1', port: 80 });
  const span = {
    traceId: TRACE,
    id: ID,
    parentId: PARENT,
    name: 'get',
    timestamp: START_US,
    duration: 300_000,
    annotations: [
      { timestamp: START_US, value: 'cs', endpoint: endpoint('shop') },
      { timestamp: START_US + 10_000, value: 'sr', endpoint: endpoint('stock') },
      { timestamp: START_US + 20_000, value: 'cached', endpoint: endpoint('shop') },
      { timestamp: START_US + 90_000, value: 'ss', endpoint: endpoint('stock') },
      { timestamp: START_US + 300_000, value: 'cr', endpoint: endpoint('shop') },
    ],
    binaryAnnotations: [
      { key: 'http.path', value: '/x', endpoint: endpoint('shop') },
      { key: 'sa', value: true, endpoint: endpoint('stock') },
    ],
  };
  const decoded = decodeZipkinV1Json(JSON.stringify([span]));
  expect(decoded).toMatchObject({
    value: {
      spans: [
        { kind: 'CLIENT', duration: 300_000, tags: { 'http.path': '/x' }, remoteEndpoint: { serviceName: 'stock' } },
        {
          kind: 'SERVER',
          shared: true,
          timestamp: START_US + 10_000,
          duration: 80_000,
          localEndpoint: { serviceName: 'stock' },
        },
      ],
    },
  });
  expect(decoded.ok && decoded.value.spans[0]?.annotations).toEqual([
    { timestamp: START_US + 20_000, value: 'cached' },
  ]);
});

test('v1: a span of no side, and a server that took over its id', () => {
  const decoded = decodeZipkinV1Json(
    JSON.stringify([
      { traceId: TRACE, id: ID, name: 'work', timestamp: START_US, duration: 5 },
      { traceId: TRACE, id: ID, parentId: PARENT, annotations: [{ timestamp: START_US, value: 'sr' }] },
    ]),
  );
  expect(decoded).toMatchObject({
    value: {
      spans: [
        { name: 'work', duration: 5 },
        { kind: 'SERVER', shared: true },
      ],
    },
  });
});

const hexOf = (digits: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)).filter((text) => /[1-9a-f]/.test(text));
const id = hexOf(16).map((text) => unwrap(parseSegmentId(text)));
const text = fc.string({ minLength: 1, unit: 'grapheme' });
const endpoint = fc
  .record(
    { serviceName: text, ipv4: fc.ipV4(), ipv6: fc.ipV6(), port: fc.integer({ min: 1, max: 65_535 }) },
    { requiredKeys: [] },
  )
  .filter((value) => Object.keys(value).length > 0);
const timestamp = fc.nat(60_000_000).map((us) => timeUs(START_US + us));
const tagKey = fc.oneof(
  text,
  fc.constantFrom('error', 'http.url', 'http.status_code', 'node_id', 'component', '__proto__'),
);
const tagValue = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '404',
    'proxy',
    'outbound|80||a.b.svc.cluster.local',
    'sidecar~1.2.3.4~pod-x.ns~ns.svc.cluster.local',
  ),
);
const zipkinSpan: fc.Arbitrary<ZipkinSpan> = fc
  .record(
    {
      traceId: hexOf(32).map((hex) => unwrap(parseTraceId(hex))),
      id,
      parentId: id,
      kind: fc.constantFrom('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
      name: text,
      timestamp,
      duration: fc.integer({ min: 1, max: 100_000_000 }),
      localEndpoint: endpoint,
      remoteEndpoint: endpoint,
      annotations: fc.array(fc.record({ timestamp, value: text }), { minLength: 1, maxLength: 3 }),
      tags: fc.dictionary(fc.oneof(tagKey, fc.constant('upstream_cluster')), tagValue, { minKeys: 1, maxKeys: 6 }),
      debug: fc.constant(true as const),
      shared: fc.constant(true as const),
    },
    { requiredKeys: ['traceId', 'id'] },
  )
  .filter((span) => span.parentId !== span.id);

test('Zipkin → segment documents as stored → Zipkin gives the same span', () => {
  fc.assert(
    fc.property(zipkinSpan, (span) => {
      const stored = createZipkinTranslator().translate([span], NOW).map(store);
      const back = stored.flatMap((document) => documentToZipkin(document) ?? []);
      expect(back).toHaveLength(1);
      expect(JSON.parse(JSON.stringify(back[0]))).toEqual(JSON.parse(JSON.stringify(span)));
    }),
    { seed: 7, numRuns: 3_000 },
  );
});

test('documents of other dialects become spans', () => {
  const document = {
    trace_id: TRACE_ID,
    id: ID,
    name: 'shop',
    start_time: START,
    end_time: START + 0.3,
    fault: true,
    http: { request: { method: 'GET', url: 'http://shop/' }, response: { status: 500 } },
    annotations: { tier: 'gold' },
    aws: { ec2: { instance_id: 'i-1' } },
  } as TraceDocument;
  expect(documentToZipkin(document)).toEqual({
    traceId: TRACE_ID,
    id: ID,
    kind: 'SERVER',
    name: 'GET',
    timestamp: START_US,
    duration: 300_000,
    localEndpoint: { serviceName: 'shop' },
    tags: {
      tier: 'gold',
      'http.method': 'GET',
      'http.url': 'http://shop/',
      'http.status_code': '500',
      error: 'true',
      aws: '{"ec2":{"instance_id":"i-1"}}',
    },
  });
});

function translate(spans: readonly object[]): readonly TraceDocument[] {
  return createZipkinTranslator().translate(decode(spans), NOW).map(store);
}

function decode(spans: readonly object[]): readonly ZipkinSpan[] {
  const decoded = decodeZipkinV2Json(JSON.stringify(spans));
  if (!decoded.ok || decoded.value.refused.length > 0) throw new Error(JSON.stringify(decoded));
  return decoded.value.spans;
}

function store(document: TraceDocument): TraceDocument {
  const options = { nowUs: NOW, pastUsMax: 86_400e6, futureUsMax: 7_200e6, documentBytesMax: 65_536 };
  const [parsed] = parseDocument(JSON.stringify(document), options);
  if (!parsed?.ok) throw new Error(parsed?.problem.message);
  return JSON.parse(parsed.value.text);
}

function unwrap<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error('refused');
  return result.value;
}
