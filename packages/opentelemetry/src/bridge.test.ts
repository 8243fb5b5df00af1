import { setTimeout as sleep } from 'node:timers/promises';
import * as sdk from '@fluoroscope/sdk';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '@fluoroscope/model';
import { openLog, type Log } from '../../sdk/src/testing/log.ts';
import { openUdpReceiver, type UdpReceiver } from '../../sdk/src/testing/udp-receiver.ts';
import { XRayContextManager, XRayIdGenerator, XRayPropagator, XRaySpanExporter } from './index.ts';

const TRACE = '1-5759e988-bd862e3fe1be46a994272793';
const W3C_TRACE = '5759e988bd862e3fe1be46a994272793';
const PARENT = '53995c3f42cd8ad8';

let receiver: UdpReceiver;
let provider: NodeTracerProvider;
let tracer: Tracer;
let log: Log;

beforeEach(async () => {
  log = openLog();
  receiver = await openUdpReceiver();
  sdk.setDaemonAddress(receiver.address);
  provider = new NodeTracerProvider({
    idGenerator: new XRayIdGenerator(),
    spanProcessors: [new SimpleSpanProcessor(new XRaySpanExporter({ indexedAttributes: ['tier'] }))],
  });
  provider.register({
    contextManager: new XRayContextManager(new AsyncLocalStorageContextManager()),
    propagator: new XRayPropagator(),
  });
  tracer = provider.getTracer('shop-lib', '1.2.3');
});
afterEach(async () => {
  await provider.shutdown();
  trace.disable();
  context.disable();
  propagation.disable();
  await receiver.close();
  log[Symbol.dispose]();
});

async function take(count: number): Promise<Record<string, JsonObject>> {
  return Object.fromEntries(
    (await receiver.take(count)).map((document) => [JSON.stringify(document['name']).slice(1, -1), document]),
  );
}

const inSpan = <T>(name: string, work: (span: Span) => T, kind = SpanKind.INTERNAL): T =>
  tracer.startActiveSpan(name, { kind }, (span) => {
    try {
      return work(span);
    } finally {
      span.end();
    }
  });

const inSegment = <T>(segment: sdk.Segment, work: () => T): T =>
  sdk.getNamespace().runAndReturn(() => {
    sdk.setSegment(segment);
    return work();
  });

test('a span is the document that the OTLP receivers would make of it', async () => {
  inSpan(
    'GET /lamps',
    (span) => {
      span.setAttributes({ 'http.request.method': 'GET', 'url.full': 'http://shop/lamps', tier: 'gold', 'a.b': 0.5 });
      span.setAttribute('http.response.status_code', 503);
      span.recordException(new TypeError('no lamps'));
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'no lamps' });
    },
    SpanKind.SERVER,
  );
  const [document] = await receiver.take(1);
  expect(document).toMatchObject({
    fault: true,
    http: { request: { method: 'GET', url: 'http://shop/lamps' }, response: { status: 503 } },
    annotations: { tier: 'gold' },
    cause: { exceptions: [{ type: 'TypeError', message: 'no lamps' }] },
  });
  expect(document?.['type']).toBeUndefined();
  expect(document?.['trace_id']).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
});

test('a span under a segment is its child, and a subsegment under that span the span’s', async () => {
  const segment = new sdk.Segment('web', TRACE);
  inSegment(segment, () =>
    sdk.captureFunc('step', (step) =>
      inSpan('query', () => {
        sdk.captureFunc('row', () => inSpan('cell', () => {}));
        expect(step?.id).toBeDefined();
      }),
    ),
  );
  segment.close();
  const found = await take(4);
  const { web, query, row, cell } = found;
  const [step] = (web?.['subsegments'] ?? []) as JsonObject[];
  expect(Object.values(found).every(({ trace_id }) => trace_id === TRACE)).toBe(true);
  expect([query?.['parent_id'], row?.['parent_id'], cell?.['parent_id']]).toEqual([
    step?.['id'],
    query?.['id'],
    row?.['id'],
  ]);
  expect([query?.['type'], row?.['type'], cell?.['type']]).toEqual(['subsegment', 'subsegment', 'subsegment']);
});

test('after awaits, and with many at the same time, each has its own parent', async () => {
  const one = async (name: string): Promise<void> => {
    const segment = new sdk.Segment(name);
    await inSegment(segment, async () => {
      await sleep(2);
      await tracer.startActiveSpan(`span of ${name}`, async (span) => {
        await sleep(2);
        await sdk.captureAsyncFunc(`step of ${name}`, async (step) => {
          await sleep(2);
          step?.close();
        });
        span.end();
      });
      expect(sdk.getSegment()).toBe(segment);
    });
    segment.close();
  };
  const names = ['a', 'b', 'c', 'd'];
  await Promise.all(names.map(one));
  const found = await take(12);
  for (const name of names) {
    const [segment, span, step] = [found[name], found[`span of ${name}`], found[`step of ${name}`]];
    expect([span?.['parent_id'], step?.['parent_id']]).toEqual([segment?.['id'], span?.['id']]);
    expect([span?.['trace_id'], step?.['trace_id']]).toEqual([segment?.['trace_id'], segment?.['trace_id']]);
  }
});

test('what X-Ray code records on the current segment is recorded on the span', async () => {
  inSpan('work', () => {
    const current = sdk.getSegment() as sdk.Segment;
    current.addAnnotation('tenant', 'a');
    current.addAnnotation('items', 3);
    current.addMetadata('cart', { id: 7 }, 'shop');
    current.setUser('bo');
    current.addError(new Error('no'));
    current.close();
    expect(sdk.getSegment()).toBe(current);
  });
  const { work } = await take(1);
  expect(work).toMatchObject({
    annotations: { tenant: 'a', items: 3 },
    metadata: { shop: { cart: { id: 7 } } },
    user: 'bo',
    fault: true,
    cause: { exceptions: [{ message: 'no' }] },
  });
});

test('a segment that is not sampled has spans that are not, and the other way round', async () => {
  const segment = new sdk.Segment('web');
  segment.notTraced = true;
  inSegment(segment, () => inSpan('query', (span) => expect(span.isRecording()).toBe(false)));
  const unsampled = trace.wrapSpanContext({ traceId: W3C_TRACE, spanId: PARENT, traceFlags: 0 });
  context.with(trace.setSpan(context.active(), unsampled), () => sdk.captureFunc('step', () => {}));
  inSpan('last', () => {});
  expect(Object.keys(await take(1))).toEqual(['last']);
});

test('a root span, and a context without spans, are outside of any segment', async () => {
  const segment = new sdk.Segment('web', TRACE);
  inSegment(segment, () => {
    tracer.startSpan('apart', { root: true }).end();
    context.with(ROOT_CONTEXT, () => expect([sdk.getSegment(), trace.getActiveSpan()]).toEqual([undefined, undefined]));
  });
  const { apart } = await take(1);
  expect(apart?.['trace_id']).not.toBe(TRACE);
  expect(apart?.['parent_id']).toBeUndefined();
});

test('functions that are bound keep both', () => {
  const segment = new sdk.Segment('web', TRACE);
  const bound = inSegment(segment, () =>
    context.bind(context.active(), () => [sdk.getSegment(), trace.getActiveSpan()]),
  );
  const [found, span] = bound() as [sdk.Segment, Span];
  expect([found, span.spanContext().spanId]).toEqual([segment, segment.id]);
});

test.each([
  [`Root=${TRACE};Parent=${PARENT};Sampled=1`, { traceId: W3C_TRACE, spanId: PARENT, traceFlags: 1, isRemote: true }],
  [`parent=${PARENT}; sampled=0; root=${TRACE}`, { traceId: W3C_TRACE, spanId: PARENT, traceFlags: 0, isRemote: true }],
  [`Root=${TRACE};Parent=${PARENT};Sampled=?`, undefined],
  [`Root=${TRACE};Sampled=1`, undefined],
  ['Root=none;Parent=x;Sampled=1', undefined],
  ['', undefined],
])('extracts %s', (header, expected) => {
  const extracted = propagation.extract(context.active(), { 'x-amzn-trace-id': header });
  expect(trace.getSpanContext(extracted)).toEqual(expected);
});

test('injects what it extracted, with the pairs that are not its own', () => {
  const carrier: Record<string, string> = {};
  const header = `Root=${TRACE};Parent=${PARENT};Sampled=1;Lineage=25:a87bd80c:1`;
  propagation.inject(propagation.extract(context.active(), { 'x-amzn-trace-id': header }), carrier);
  expect(carrier).toEqual({ 'x-amzn-trace-id': header });
  const nothing: Record<string, string> = {};
  propagation.inject(context.active(), nothing);
  expect(nothing).toEqual({});
});

test('trace ids begin with the time, and no id is all zeros', () => {
  const ids = new XRayIdGenerator();
  const seconds = Number.parseInt(ids.generateTraceId().slice(0, 8), 16);
  expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(5);
  expect(ids.generateTraceId()).toMatch(/^[0-9a-f]{32}$/);
  expect(ids.generateSpanId()).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
});

test('a document too large for a datagram goes without its metadata, and is counted', async () => {
  const before = sdk.getSendCounts().withoutMetadata;
  inSpan('heavy', (span) => span.setAttributes({ text: 'x'.repeat(70_000), tier: 'gold' }));
  expect(await receiver.take(1)).toMatchObject([{ name: 'heavy', annotations: { tier: 'gold' } }]);
  expect(sdk.getSendCounts().withoutMetadata).toBe(before + 1);
  await provider.shutdown();
  const exporter = new XRaySpanExporter();
  await exporter.shutdown();
  exporter.export([], (result) => expect(result.code).toBe(1));
});
