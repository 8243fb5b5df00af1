import { timeUsFromSeconds, type TraceDocument } from '@fluoroscope/model';
import { readMesh } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { createIntake } from '../intake.ts';
import { decodeTraceRequestJson } from '../receivers/otlp/decode-json.ts';
import { receiveOtlp } from '../receivers/otlp/receive.ts';
import { createSink } from '../testing/parcels.ts';
import { createIstio } from './istio.ts';

// As the collector has it: receiver, intake, processor.
test('what sidecars and an application send by OTLP leaves as one node for each service', async () => {
  const sink = createSink();
  const processor = createIstio(sink);
  const put = createIntake({
    next: () => processor,
    nowUs: () => timeUsFromSeconds(1_727_004_680),
    pastUsMax: Number.POSITIVE_INFINITY,
    futureUsMax: Number.POSITIVE_INFINITY,
    documentBytesMax: 65_536,
    events: { accepted: () => {}, refused: () => {}, turnedAway: () => {} },
  });
  for (const item of [APPLICATION, ...readMesh('istio-current-otlp')]) {
    const answer = await receiveOtlp(Buffer.from(`{"resourceSpans":[${item}]}`), decodeTraceRequestJson, 'otlp-http', {
      put: async (texts) => ({ state: 'kept', refused: await put(texts) }),
      indexed: 'all',
      events: NO_EVENTS,
    });
    expect(answer).toMatchObject({ state: 'taken', rejectedSpans: 0 });
  }
  const latest = new Map<string, TraceDocument>();
  for (const document of sink.documents()) {
    if (document.trace_id.endsWith('60781')) latest.set(document.id, document);
  }
  const segments = [...latest.values()].filter(({ type }) => type === undefined);
  expect(new Set(segments.map(({ name }) => name))).toEqual(
    new Set(['istio-ingressgateway.istio-system', 'productpage.default', 'details.default', 'reviews.default']),
  );
  expect(segments).toHaveLength(4);
  expect(latest.get('00a6c0ffee00b00c')).toMatchObject({
    name: 'reviews.default',
    metadata: { mesh: { name: 'Reviews' } },
  });
});

const APPLICATION = JSON.stringify({
  resource: { attributes: [{ key: 'service.name', value: { stringValue: 'Reviews' } }] },
  scopeSpans: [
    {
      spans: [
        {
          traceId: '66f00000b00c0001a1b2c3d4e5f60781',
          spanId: '00a6c0ffee00b00c',
          parentSpanId: '0016c0ffee00b00c',
          name: 'GET /reviews',
          kind: 2,
          startTimeUnixNano: '1727004672026000000',
          endTimeUnixNano: '1727004672078000000',
        },
      ],
    },
  ],
});

const NO_EVENTS = {
  requestReceived: () => {},
  requestRefused: () => {},
  spansAccepted: () => {},
  spansRefused: () => {},
  spansTurnedAway: () => {},
  deliveryFailed: (_transport: string, error: unknown) => {
    throw error;
  },
};
