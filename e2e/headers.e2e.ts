import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http, { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  type TextMapPropagator,
} from '@opentelemetry/api';
import { CompositePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { AWSXRayPropagator } from '@opentelemetry/propagator-aws-xray';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';
import { JaegerPropagator } from '@opentelemetry/propagator-jaeger';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import AWSXRay from 'aws-xray-sdk-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as OurXRay from '../packages/sdk/src/index.ts';
import { makeFolder, post, removeFolder, serveFlags, startProgram, type Program } from './program.ts';

// client → orders (OpenTelemetry) → stock (AWS's X-Ray SDK) → prices (our SDK), behind a stand-in for Envoy: no live Envoy
// is run here. It does with B3 what Envoy's Zipkin tracer does without shared spans: it takes x-b3-*, makes a span of its own
// below, and writes x-b3-* anew (envoyproxy/envoy source/extensions/tracers/zipkin/zipkin_tracer_impl.cc, span_context_extractor.cc).

const THROUGH_ENVOY = [
  'client → istio-ingressgateway',
  'istio-ingressgateway → orders.default',
  'orders.default → stock',
  'stock → prices',
];
const JOINED_MS_MAX = 60_000;

const dataDir = makeFolder();
let program: Program;
let provider: TracerProvider;
const servers: Server[] = [];
const addresses = { orders: '', stock: '', prices: '' };

const DIALECTS: Readonly<Record<string, TextMapPropagator>> = {
  'X-Amzn-Trace-Id': new AWSXRayPropagator(),
  traceparent: new W3CTraceContextPropagator(),
  b3: new B3Propagator({ injectEncoding: B3InjectEncoding.SINGLE_HEADER }),
  'X-B3-TraceId': new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
  'uber-trace-id': new JaegerPropagator(),
};
const ALL_DIALECTS = new CompositePropagator({ propagators: Object.values(DIALECTS) });

beforeAll(async () => {
  program = await startProgram([
    ...serveFlags(dataDir),
    ...['otlp-http', 'zipkin'].flatMap((name) => [`--${name}-listen`, '127.0.0.1:0']),
  ]);
  const exporter = new OTLPTraceExporter({ url: `http://${program.address('otlp-http')}/v1/traces` });
  provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'orders' }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  for (const sdk of [AWSXRay, OurXRay]) {
    sdk.setDaemonAddress(`udp:${program.udp} tcp:${program.http}`);
    sdk.middleware.disableCentralizedSampling();
    sdk.enableManualMode();
  }
  addresses.prices = await serve(servePrices);
  addresses.stock = await serve(serveStock);
  addresses.orders = await serve(serveOrders);
});

afterAll(async () => {
  await provider?.shutdown();
  for (const server of servers) server.close();
  await program?.stop();
  removeFolder(dataDir);
});

test.each(Object.keys(DIALECTS))('%s and all that comes after it are one trace', async (dialect) => {
  const client = { traceId: newTraceId(), spanId: randomBytes(8).toString('hex'), traceFlags: 1 };
  const headers: Record<string, string> = {};
  DIALECTS[dialect]?.inject(trace.setSpanContext(ROOT_CONTEXT, client), headers, defaultTextMapSetter);
  expect(Object.keys(headers)).toContain(headers[dialect] === undefined ? dialect.toLowerCase() : dialect);
  await call(addresses.orders, headers);

  await untilTrace(client.traceId, ['orders → stock', 'stock → prices']);
});

test('a request through an Envoy with B3 ends as one connected trace, its sidecar and application as one node', async () => {
  const traceId = newTraceId();
  const sidecar = await serve(sidecarOf('orders', () => addresses.orders));
  const gateway = await serve(gatewayTo('orders', traceId, () => sidecar));
  await call(gateway, {});

  await untilTrace(traceId, THROUGH_ENVOY);
  const summaries = await post(program.http, '/TraceSummaries', {
    ...range(),
    FilterExpression: 'annotation[mesh.workload] = "orders-v1" AND service("prices")',
  });
  expect(summaries['TraceSummaries']).toMatchObject([{ Id: xrayForm(traceId) }]);
});

test('a trace of 64-bit B3 goes on through services that write 128 bits', async () => {
  const short = randomBytes(8).toString('hex');
  const padded = short.padStart(32, '0');
  const sidecar = await serve(sidecarOf('orders', () => addresses.orders));
  const gateway = await serve(gatewayTo('orders', short, () => sidecar));
  await call(gateway, {});
  await untilTrace(padded, THROUGH_ENVOY);
  for (const spelling of [short, short.toUpperCase(), padded, xrayForm(padded)]) {
    const { Traces } = await post(program.http, '/Traces', { TraceIds: [spelling] });
    expect(Traces).toMatchObject([{ Id: xrayForm(padded) }]);
  }
});

test('every spelling finds the trace', async () => {
  const traceId = newTraceId();
  await call(addresses.orders, { b3: `${traceId}-${randomBytes(8).toString('hex')}-1` });
  await untilTrace(traceId, ['orders → stock', 'stock → prices']);
  const id = xrayForm(traceId);
  const spellings = [id, id.toUpperCase(), traceId, traceId.toUpperCase(), id.slice(2)];
  for (const spelling of spellings) {
    const { Traces } = await post(program.http, '/Traces', { TraceIds: [spelling] });
    expect(Traces).toMatchObject([{ Id: id }]);
  }
});

type Handle = (headers: IncomingHttpHeaders, path: string) => Promise<void>;

async function serve(handle: Handle): Promise<string> {
  const server = createServer((request, response) => {
    handle(request.headers, request.url ?? '/').then(
      () => response.end('ok'),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function call(url: string, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(url, { headers });
  expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
}

/** Reads any dialect, and calls stock with all of them. */
async function serveOrders(headers: IncomingHttpHeaders): Promise<void> {
  const tracer = provider.getTracer('orders');
  const parent = ALL_DIALECTS_READ.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  const server = tracer.startSpan('GET /orders', { kind: SpanKind.SERVER }, parent);
  const inServer = trace.setSpan(parent, server);
  const attributes = { 'peer.service': 'stock' };
  const client = tracer.startSpan('GET', { kind: SpanKind.CLIENT, attributes }, inServer);
  const out: Record<string, string> = {};
  ALL_DIALECTS.inject(trace.setSpan(inServer, client), out, defaultTextMapSetter);
  await context.with(ROOT_CONTEXT, () => call(addresses.stock, out));
  client.end();
  server.end();
}

/** One that finds nothing leaves what another has found. */
const ALL_DIALECTS_READ: Pick<TextMapPropagator, 'extract'> = {
  extract(from, carrier, getter) {
    for (const propagator of Object.values(DIALECTS)) {
      const read = propagator.extract(from, carrier, getter);
      if (trace.getSpanContext(read) !== undefined) return read;
    }
    return from;
  },
};

/** A service of AWS's SDK that calls prices. */
async function serveStock(headers: IncomingHttpHeaders): Promise<void> {
  const { root, parent } = AWSXRay.middleware.processHeaders({ headers });
  const segment = new AWSXRay.Segment('stock', root, parent);
  const traced = AWSXRay.captureHTTPs(http);
  await new Promise<void>((resolve, reject) => {
    // Manual mode: the segment is handed on.
    const options: http.RequestOptions & { readonly XRaySegment: unknown } = { XRaySegment: segment };
    traced.get(addresses.prices, options, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
  segment.close();
}

async function servePrices(headers: IncomingHttpHeaders): Promise<void> {
  const { root, parent } = OurXRay.middleware.processHeaders({ headers });
  new OurXRay.Segment('prices', root, parent).close();
}

/** Of a gateway: the trace begins here. */
function gatewayTo(service: string, traceId: string, target: () => string): Handle {
  return async () => {
    const id = randomBytes(8).toString('hex');
    const start = Date.now();
    await call(target(), { 'x-b3-traceid': traceId, 'x-b3-spanid': id, 'x-b3-sampled': '1' });
    await report(start, { traceId, id }, 'istio-ingressgateway', {
      node_id: 'router~10.244.0.6~istio-ingressgateway-6dbbbccdc8-ns7jp.istio-system~istio-system.svc.cluster.local',
      upstream_cluster: `outbound|8080||${service}.default.svc.cluster.local`,
    });
  };
}

function sidecarOf(service: string, target: () => string): Handle {
  return async (headers) => {
    const [traceId, parentId] = [String(headers['x-b3-traceid']), String(headers['x-b3-spanid'])];
    const id = randomBytes(8).toString('hex');
    const start = Date.now();
    const b3 = { 'x-b3-traceid': traceId, 'x-b3-spanid': id, 'x-b3-parentspanid': parentId, 'x-b3-sampled': '1' };
    await call(target(), b3);
    await report(start, { traceId, id, parentId }, `${service}.default`, {
      node_id: `sidecar~10.244.0.9~${service}-v1-564d4686f-t6s4m.default~default.svc.cluster.local`,
      upstream_cluster: 'inbound|8080||',
    });
  };
}

/** As Envoy reports to Zipkin: CLIENT both ways. */
async function report(startMs: number, ids: object, serviceName: string, tags: object): Promise<void> {
  const span = {
    ...ids,
    kind: 'CLIENT',
    name: 'orders.default.svc.cluster.local:8080/*',
    timestamp: startMs * 1_000,
    duration: Math.max(1, Date.now() - startMs) * 1_000,
    localEndpoint: { serviceName, ipv4: '10.244.0.6', port: 0 },
    tags: { component: 'proxy', response_flags: '-', 'http.method': 'GET', 'http.status_code': '200', ...tags },
  };
  const url = `http://${program.address('zipkin')}/api/v2/spans`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify([span]) });
  expect(answer.status).toBe(202);
}

/** Once all has come and its segments have been joined, the trace's graph has these edges and no service without. */
async function untilTrace(traceId: string, edges: readonly string[]): Promise<void> {
  await provider.forceFlush();
  await vi.waitFor(async () => {
    const { Services } = await post(program.http, '/TraceGraph', { TraceIds: [xrayForm(traceId)] });
    const found = Array.isArray(Services) ? Services.map(toService) : [];
    expect(edgesOf(found)).toEqual(edges);
    const names = found.filter(({ type }) => type !== 'client').map(({ name }) => name);
    expect(new Set(names)).toEqual(
      new Set(edges.flatMap((edge) => edge.split(' → ')).filter((name) => name !== 'client')),
    );
    expect(names).toHaveLength(new Set(names).size);
  }, JOINED_MS_MAX);
}

interface Service {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly callees: readonly number[];
}

function toService({ ReferenceId, Name, Type, Edges }: Record<string, unknown>): Service {
  const callees = Array.isArray(Edges) ? Edges.map((edge) => Number(edge.ReferenceId)) : [];
  return { id: Number(ReferenceId), name: String(Name), type: String(Type), callees };
}

/** Caller → callee; `client` has none above it, and is left out where its callee’s caller is the test itself. */
function edgesOf(services: readonly Service[]): readonly string[] {
  const nameOf = (service: Service | undefined): string =>
    service?.type === 'client' ? 'client' : (service?.name ?? '?');
  return services
    .flatMap((service) =>
      service.callees.map((id) => `${nameOf(service)} → ${nameOf(services.find((other) => other.id === id))}`),
    )
    .filter((edge) => edge !== 'client → orders')
    .toSorted();
}

function newTraceId(): string {
  const epoch = Math.floor(Date.now() / 1_000).toString(16);
  return epoch + randomBytes(12).toString('hex');
}

function xrayForm(traceId: string): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}

function range(): object {
  const now = Math.floor(Date.now() / 1_000);
  return { StartTime: now - 300, EndTime: now + 60 };
}
