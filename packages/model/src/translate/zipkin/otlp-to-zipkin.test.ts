import { expect, test } from 'vitest';
import { readAcceptedDocument } from '../../parse-document.ts';
import type { TraceDocument } from '../../segment-document.ts';
import { timeUs } from '../../time.ts';
import type { OtlpAttribute, OtlpSpan, OtlpSpanGroup } from '../otlp/span.ts';
import { toPrintedDocuments } from '../otlp/to-documents.ts';
import { toOtlpGroups } from '../otlp/to-spans.ts';
import { decodeZipkinV2Json } from './decode-v2-json.ts';
import { documentToZipkinSpan } from './otlp-to-zipkin.ts';
import type { ZipkinSpan } from './zipkin-span.ts';
import { createZipkinTranslator } from './zipkin-to-documents.ts';

const AT = 1_727_004_672_000_000;
const TRACE = '66f00000ffffffffbbbbbbbbbbbbbbbb';
const OTHER = '66f0000100000000000000000000000a';

const strings = (values: Readonly<Record<string, string>>): readonly OtlpAttribute[] =>
  Object.entries(values).map(([key, value]) => ({ key, type: 'string', value }));
const own = (values: Readonly<Record<string, string>>) => ({ attributes: strings(values), droppedAttributesCount: 0 });

const SPAN: OtlpSpan = {
  ...own({ 'http.method': 'GET', 'peer.service': 'back', 'net.peer.ip': '10.0.0.2', 'net.host.ip': '2001:db8::1' }),
  traceId: TRACE,
  spanId: 'f111111111111111',
  parentSpanId: '2222222222222222',
  traceState: 'a=b',
  flags: 0,
  name: 'GET /buy',
  kind: 4,
  start: { us: AT, ns: 0 },
  end: { us: AT + 300, ns: 0 },
  events: [
    { ...own({}), time: { us: AT + 5, ns: 0 }, name: 'retry' },
    { ...own({ k: 'v' }), time: { us: AT + 6, ns: 0 }, name: 'e', droppedAttributesCount: 1 },
  ],
  droppedEventsCount: 0,
  links: [{ ...own({ l: '1' }), traceId: OTHER, spanId: '3333333333333333', traceState: '', flags: 0 }],
  droppedLinksCount: 0,
  status: { code: 2, message: 'no' },
};
const GROUP: OtlpSpanGroup = {
  resource: { ...own({ 'service.name': 'front', 'host.name': 'h1' }), schemaUrl: '' },
  scope: { ...own({}), name: 'lib', version: '1', schemaUrl: '' },
  spans: [SPAN],
};

test('a span of OpenTelemetry as its Collector makes it', () => {
  expect(toZipkin(GROUP)).toEqual([
    {
      traceId: '1-66f00000-ffffffffbbbbbbbbbbbbbbbb',
      id: 'f111111111111111',
      parentId: '2222222222222222',
      kind: 'PRODUCER',
      name: 'GET /buy',
      timestamp: AT,
      duration: 300,
      localEndpoint: { serviceName: 'front', ipv6: '2001:db8::1' },
      remoteEndpoint: { serviceName: 'back', ipv4: '10.0.0.2' },
      annotations: [
        { timestamp: AT + 5, value: 'retry' },
        { timestamp: AT + 6, value: 'e|{"k":"v"}|1' },
      ],
      tags: {
        'http.method': 'GET',
        'host.name': 'h1',
        'otel.scope.name': 'lib',
        'otel.scope.version': '1',
        'w3c.tracestate': 'a=b',
        'otlp.link.0': `${OTHER}|3333333333333333||{"l":"1"}|0`,
        error: 'true',
        'otel.status_code': 'ERROR',
        'otel.status_description': 'no',
      },
    },
  ]);
});

test.each([0, 1, 2, 3, 4, 5])('OpenTelemetry → Zipkin → OpenTelemetry gives the same span, of kind %d', (kind) => {
  for (const code of [0, 1, 2]) {
    const status = { code, message: code === 2 ? 'no' : '' };
    const spans = toZipkin({ ...GROUP, spans: [{ ...SPAN, kind, status }] });
    const sent = spans.map((span) => ({ ...span, traceId: TRACE }));
    const read = decodeZipkinV2Json(JSON.stringify(sent));
    const back = toOtlpGroups(createZipkinTranslator().translate(read.ok ? read.value.spans : [], timeUs(AT))).flatMap(
      (group) => group.spans.map((span) => sorted({ ...group, spans: [span] })),
    );
    expect(back).toEqual([sorted({ ...GROUP, spans: [{ ...SPAN, kind, status }] })]);
  }
});

test('a document of an X-Ray SDK is the nearest there is', () => {
  const document = readAcceptedDocument(
    JSON.stringify({
      trace_id: `1-66f00000-${TRACE.slice(8)}`,
      id: SPAN.spanId,
      name: 'shop',
      start_time: 1,
      end_time: 2,
    }),
  );
  expect(documentToZipkinSpan(document)).toMatchObject({ kind: 'SERVER', name: 'shop' });
});

function toZipkin(group: OtlpSpanGroup): readonly ZipkinSpan[] {
  const printed = toPrintedDocuments([group], { indexed: 'all' });
  const documents: readonly TraceDocument[] = printed.map(({ text }) => readAcceptedDocument(text));
  return documents.flatMap((document) => documentToZipkinSpan(document) ?? []);
}

function sorted({ resource, spans: [span = SPAN] }: OtlpSpanGroup) {
  const byKey = (attributes: readonly OtlpAttribute[]) => attributes.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return { ...span, attributes: byKey(span.attributes), resource: byKey(resource.attributes) };
}
