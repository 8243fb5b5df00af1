import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from '../../parse-document.ts';
import { parseSegmentId } from '../../segment-id.ts';
import type { TraceDocument } from '../../segment-document.ts';
import { timeUs, timeUsFromSeconds } from '../../time.ts';
import { parseTraceId } from '../../trace-id.ts';
import { float64Value, type JaegerReference, type JaegerSpan, type JaegerTag } from '../jaeger/jaeger-span.ts';
import { jaegerToDocuments } from '../jaeger/jaeger-to-documents.ts';
import { decodeZipkinV2Json } from '../zipkin/decode-v2-json.ts';
import { createZipkinTranslator } from '../zipkin/zipkin-to-documents.ts';

// What translators make is taken unread (`isClean`): the parser must have nothing to mend in it.

const NOW = timeUsFromSeconds(1_727_004_672);
const OPTIONS = { nowUs: NOW, pastUsMax: NOW, futureUsMax: 60e6, documentBytesMax: 2 ** 24 };

const READ_KEYS = [
  'http.method',
  'http.url',
  'http.status_code',
  'user_agent',
  'response_size',
  'error',
  'error.type',
  'db.system',
  'db.statement',
  'db.user',
  'peer.service',
  'peer.ipv4',
  'span.kind',
  'component',
  'node_id',
  'upstream_cluster',
  'response_flags',
  'istio.namespace',
  'istio.canonical_service',
  'istio.canonical_revision',
];
const TELLING = [
  '200',
  '404',
  '429',
  '503',
  '999.5',
  '1e400',
  '-1',
  '0',
  'true',
  'false',
  'mysql',
  'client',
  'server',
  'proxy',
  'http://shop/buy',
  'UH',
  'UF,URX',
  'sidecar~10.1.0.7~reviews-v1-697f57cdfd-gm7g5.default~default.svc.cluster.local',
  'outbound|9080|v1|ratings.default.svc.cluster.local',
  'inbound|9080|http|',
  'BlackHoleCluster',
];
const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', ' ', '__proto__', '\ud800', '!!'),
  fc.constantFrom(249, 250, 251, 500, 501, 1_000, 1_001, 4_097).map((length) => 'x'.repeat(length - 1) + '\u{1f600}'),
);
const tagKey = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...READ_KEYS) }, odd);
const tagText = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...TELLING) }, odd);

const zipkinSpan = fc.record(
  {
    traceId: fc.constantFrom('66f00000aaaaaaaaaaaaaaaaaaaaaaaa', 'AAAAAAAAAAAAAAAA'),
    id: fc.constantFrom('1111111111111111', 'B'),
    parentId: fc.constantFrom('2222222222222222', '0'),
    kind: fc.constantFrom('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
    name: tagText,
    timestamp: fc.oneof(fc.constantFrom(0, 1, NOW, NOW + 0.5, Number.MAX_SAFE_INTEGER), fc.double()),
    duration: fc.oneof(fc.constantFrom(0, 1, 1e6, Number.MAX_SAFE_INTEGER), fc.double()),
    localEndpoint: fc.record({ serviceName: odd, ipv4: odd, port: fc.integer() }, { requiredKeys: [] }),
    remoteEndpoint: fc.record({ serviceName: odd, ipv4: odd, port: fc.integer() }, { requiredKeys: [] }),
    annotations: fc.array(fc.record({ timestamp: fc.double({ noNaN: true }), value: odd }), { maxLength: 2 }),
    tags: fc.dictionary(tagKey, fc.oneof(tagText, fc.jsonValue()), { maxKeys: 60 }),
    debug: fc.boolean(),
    shared: fc.boolean(),
  },
  { requiredKeys: ['traceId', 'id'] },
);

test('of a Zipkin span', () => {
  fc.assert(
    fc.property(fc.array(zipkinSpan, { maxLength: 3 }), (spans) => {
      const decoded = decodeZipkinV2Json(JSON.stringify(spans));
      const usable = decoded.ok ? decoded.value.spans : [];
      for (const document of createZipkinTranslator().translate(usable, NOW)) expectClean(document);
    }),
    { seed: 61, numRuns: 2_000 },
  );
});

const jaegerTag: fc.Arbitrary<JaegerTag> = fc.oneof(
  fc.record({ key: tagKey, type: fc.constant('string' as const), value: tagText }),
  fc.record({ key: tagKey, type: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ key: tagKey, type: fc.constant('int64' as const), value: fc.maxSafeInteger() }),
  fc.record({ key: tagKey, type: fc.constant('float64' as const), value: fc.double().map(float64Value) }),
  fc.record({ key: tagKey, type: fc.constant('binary' as const), value: fc.constant('c0ff') }),
);
const jaegerTags = fc.array(jaegerTag, { maxLength: 60 });
const traceId = fc
  .constantFrom('1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa', '1-00000000-0000000000000000000000aa')
  .map(traceIdOf);
const spanId = fc.constantFrom('1111111111111111', '2222222222222222').map(spanIdOf);
const reference: fc.Arbitrary<JaegerReference> = fc.record({
  type: fc.constantFrom('child-of' as const, 'follows-from' as const),
  traceId,
  spanId,
});
const jaegerSpan: fc.Arbitrary<JaegerSpan> = fc.record({
  traceId,
  spanId,
  parentId: fc.option(spanId),
  operationName: tagText,
  references: fc.array(reference, { maxLength: 40 }),
  flags: fc.nat(),
  startTime: fc.constantFrom(0, NOW, NOW + 60e6).map(timeUs),
  duration: fc.nat(),
  tags: jaegerTags,
  logs: fc.array(fc.record({ timestamp: fc.nat().map(timeUs), fields: jaegerTags }), { maxLength: 1 }),
  isIncomplete: fc.boolean(),
  warnings: fc.array(odd, { maxLength: 1 }),
  process: fc.record({ serviceName: odd, tags: jaegerTags }),
});

test('of a Jaeger span', () => {
  fc.assert(
    fc.property(jaegerSpan, (span) => {
      for (const document of jaegerToDocuments([span])) expectClean(document);
    }),
    { seed: 62, numRuns: 2_000 },
  );
});

/** But for its times: whoever takes it unread looks at those. */
function expectClean(document: TraceDocument): void {
  const inTime = { ...document, start_time: 1, ...(document.end_time !== undefined && { end_time: 2 }) };
  expect(document.end_time ?? document.start_time).toBeGreaterThanOrEqual(document.start_time);
  const text = JSON.stringify(inTime);
  expect(parseDocument(text, OPTIONS)).toEqual([{ ok: true, value: expect.objectContaining({ text }) }]);
}

function traceIdOf(text: string) {
  const id = parseTraceId(text);
  if (!id.ok) throw new Error(text);
  return id.value;
}

function spanIdOf(text: string) {
  const id = parseSegmentId(text);
  if (!id.ok) throw new Error(text);
  return id.value;
}
