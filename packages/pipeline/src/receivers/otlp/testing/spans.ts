import type { OtlpAttribute, OtlpSpan, OtlpSpanGroup } from '@fluoroscope/model';

const START_US = 1_727_004_672_000_000;
const RESOURCE_ATTRIBUTES: readonly OtlpAttribute[] = [
  { key: 'service.name', type: 'string', value: 'shop' },
  { key: 'telemetry.sdk.language', type: 'string', value: 'nodejs' },
  { key: 'telemetry.sdk.name', type: 'string', value: 'opentelemetry' },
  { key: 'telemetry.sdk.version', type: 'string', value: '2.1.0' },
  { key: 'host.name', type: 'string', value: 'node-17.example' },
];

/** A server span with what HTTP instrumentations send, some 430 bytes on the wire, ten spans a trace. */
export function spanAt(index: number, change: Partial<OtlpSpan> = {}): OtlpSpan {
  const inTrace = index % 10;
  return {
    traceId: (0xabcdef000000n + BigInt(Math.floor(index / 10))).toString(16).padStart(32, '5'),
    spanId: (0x1234000000000000n + BigInt(index)).toString(16),
    parentSpanId: inTrace === 0 ? '' : (0x1234000000000000n + BigInt(index - 1)).toString(16),
    traceState: '',
    flags: 257,
    name: 'GET /cart/:id',
    kind: inTrace % 2 === 0 ? 2 : 3,
    start: { us: START_US + index * 1000, ns: index % 1000 },
    end: { us: START_US + index * 1000 + 812, ns: 7 },
    attributes: [
      { key: 'http.request.method', type: 'string', value: 'GET' },
      { key: 'url.scheme', type: 'string', value: 'https' },
      { key: 'url.path', type: 'string', value: `/cart/${index % 500}` },
      { key: 'http.route', type: 'string', value: '/cart/:id' },
      { key: 'server.address', type: 'string', value: 'shop.example' },
      { key: 'server.port', type: 'int', value: 8443 },
      { key: 'http.response.status_code', type: 'int', value: 200 },
      { key: 'user_agent.original', type: 'string', value: 'curl/8.5.0' },
      { key: 'client.address', type: 'string', value: '192.0.2.7' },
      { key: 'app.tier', type: 'string', value: 'gold' },
      { key: 'app.ratio', type: 'double', value: 0.25 },
    ],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: 0, message: '' },
    ...change,
  };
}

export function groupOf(spans: readonly OtlpSpan[]): OtlpSpanGroup {
  return {
    resource: { attributes: RESOURCE_ATTRIBUTES, droppedAttributesCount: 0, schemaUrl: '' },
    scope: {
      name: '@opentelemetry/instrumentation-http',
      version: '0.205.0',
      attributes: [],
      droppedAttributesCount: 0,
      schemaUrl: '',
    },
    spans,
  };
}
