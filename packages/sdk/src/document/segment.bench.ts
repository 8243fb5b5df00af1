/**
 * `npx tsx --conditions=source packages/sdk/src/document/segment.bench.ts [folder]`
 *
 * Against aws-xray-sdk-core, in turns in one process; everything is sent to a real socket on loopback that nobody reads. With a folder that has
 * `@opentelemetry/sdk-trace-node` and `exporter-trace-otlp-proto` installed, against OpenTelemetry too: spans with ten attributes in batches to an endpoint
 * of a process of its own. What counts is the CPU time of this one until everything has left.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as ours from '../index.ts';
import { getDaemonAddress } from '../send/daemon-config.ts';
import { forgetDaemonAnswer, noteDaemonAnswer } from '../send/jsonl-receiver.ts';

interface Sdk {
  Segment: new (name: string, root?: string | null, parent?: string | null) => ours.Segment;
  setDaemonAddress(address: string): void;
}

const ROUNDS = 7;
const SEGMENTS = 10_000;
/** Sends between turns of the event loop, as a busy server makes them. */
const BURST = 50;
/** After the last segment, until all calls have been answered. */
const HTTP_MS = 500;
/** After the last segment, until its datagram has left. */
const BATCH_MS = 60;
const ROOT = '1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa';
const PARENT = '53995c3f42cd8ad8';

/** Takes what comes by HTTP; runs in a process of its own. */
const ENDPOINT = `
  const server = require('node:http').createServer((request, response) =>
    request.resume().on('end', () => response.end(request.url === '/TraceSegments' ? '{}' : undefined)));
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());`;

const results = new Map<string, number[]>();
const sink = createSocket('udp4');
sink.bind(0, '127.0.0.1');
await once(sink, 'listening');

const [folder] = process.argv.slice(2);
const sdks: [string, Sdk][] = [
  ['fluoroscope', ours],
  ['official', createRequire(import.meta.url)('aws-xray-sdk-core')],
];
const endpoint = spawn(process.execPath, ['-e', ENDPOINT], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
const [httpPort] = (await once(endpoint, 'message')) as [number];
const openTelemetry = folder === undefined ? undefined : openOpenTelemetry(folder);
const daemonAddress = `127.0.0.1:${sink.address().port}`;
for (const [, sdk] of sdks) sdk.setDaemonAddress(daemonAddress);

verify(ours);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, sdk] of sdks) {
    await measure(`${name}: sampled segment, 10 annotations, sent`, () => sampled(sdk).close());
    await measure(`${name}: unsampled segment, 10 annotations`, () => unsampled(sdk), SEGMENTS);
    await measure(`${name}: encoded alone`, () => sampled(sdk).format(), SEGMENTS);
  }
  noteDaemonAnswer(getDaemonAddress(), String(sink.address().port));
  await measure('fluoroscope: the first, datagrams shared', () => sampled(ours).close());
  await sleep(BATCH_MS);
  forgetDaemonAnswer();
  ours.setDaemonAddress(`http://127.0.0.1:${httpPort}`);
  await measure(
    'fluoroscope: the first, by HTTP',
    () => sampled(ours).close(),
    BURST,
    () => sleep(HTTP_MS),
  );
  ours.setDaemonAddress(daemonAddress);
  if (openTelemetry !== undefined) {
    await measure('OpenTelemetry: sampled span, 10 attributes, sent', openTelemetry.span, BURST, openTelemetry.flush);
  }
}
print();
// oxlint-disable-next-line no-console -- a bench prints
console.log(ours.getSendCounts());
sink.close();
endpoint.kill();

function sampled(sdk: Sdk): ours.Segment {
  const segment = new sdk.Segment('shop', ROOT, PARENT);
  annotate(segment);
  return segment;
}

function unsampled(sdk: Sdk): void {
  const segment = new sdk.Segment('shop', ROOT, PARENT);
  segment.notTraced = true;
  annotate(segment);
  segment.close();
}

function annotate(segment: Pick<ours.Segment, 'addAnnotation'>): void {
  segment.addAnnotation('tier', 'gold');
  segment.addAnnotation('items', 3);
  segment.addAnnotation('paid', true);
  segment.addAnnotation('region', 'eu-central-1');
  segment.addAnnotation('cart', 'c-9912873');
  segment.addAnnotation('price', 129.95);
  segment.addAnnotation('currency', 'EUR');
  segment.addAnnotation('campaign', 'spring');
  segment.addAnnotation('returning', false);
  segment.addAnnotation('attempt', 1);
}

interface OpenTelemetry {
  readonly span: () => void;
  readonly flush: () => Promise<void>;
}

interface OpenTelemetrySpan {
  setAttribute(key: string, value: string | number | boolean): void;
  end(): void;
}

function openOpenTelemetry(packages: string): OpenTelemetry {
  const load = createRequire(`${packages}/package.json`);
  const { NodeTracerProvider, BatchSpanProcessor } = load('@opentelemetry/sdk-trace-node');
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-proto');
  const exporter = new OTLPTraceExporter({ url: `http://127.0.0.1:${httpPort}/v1/traces` });
  const processor = new BatchSpanProcessor(exporter, { maxQueueSize: 2 * SEGMENTS, scheduledDelayMillis: 200 });
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  const tracer: { startSpan(name: string): OpenTelemetrySpan } = provider.getTracer('bench');
  return {
    span: () => {
      const span = tracer.startSpan('shop');
      annotate({ addAnnotation: (key, value) => span.setAttribute(key, value) });
      span.end();
    },
    flush: () => processor.forceFlush(),
  };
}

/** What is written by hand must be what JSON would say. */
function verify(sdk: Sdk): void {
  const segment = sampled(sdk);
  segment.end_time = segment.start_time + 0.12;
  const { trace_id, id, parent_id, service, aws, name, start_time, end_time, annotations } = segment;
  const expected = { trace_id, id, parent_id, service, aws, name, start_time, end_time, annotations };
  if (!isDeepStrictEqual(JSON.parse(segment.format()), JSON.parse(JSON.stringify(expected))))
    throw new Error('another document');
}

/** CPU time of this process: other processes on the machine do not count. */
async function measure(
  name: string,
  run: () => unknown,
  burst: number = BURST,
  flush?: () => Promise<void>,
): Promise<void> {
  const before = process.cpuUsage();
  for (let count = 0; count < SEGMENTS; count += 1) {
    run();
    if (count % burst === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await flush?.();
  const { user, system } = process.cpuUsage(before);
  const times = results.get(name) ?? [];
  times.push((user + system) / SEGMENTS);
  results.set(name, times);
}

function print(): void {
  for (const [name, times] of results) {
    const sorted = times.toSorted((a, b) => a - b);
    // oxlint-disable-next-line no-console -- a bench prints
    console.log(`${name}: median ${sorted[ROUNDS >> 1]?.toFixed(3)} µs, best ${sorted[0]?.toFixed(3)} µs of CPU`);
  }
}
