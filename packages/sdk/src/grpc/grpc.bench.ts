/**
 * `npx tsx --conditions=source packages/sdk/src/grpc/grpc.bench.ts [folder]`
 *
 * CPU of a unary call, caller and server in one process, over loopback: bare, captured and all sampled (with a datagram for each document, as AWS's daemon takes them, and with shared ones), captured and not sampled. With a folder that
 * has `@opentelemetry/instrumentation-grpc`, `sdk-trace-node`, `exporter-trace-otlp-proto` and `@grpc/grpc-js` installed, OpenTelemetry's against
 * bare too. In each process the kinds take turns, so that what else the machine does falls on all of them; AsyncLocalStorage is on for
 * all, and what it costs alone is told by the last line. What is sent goes to sockets of the parent's.
 */
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type * as Grpc from '@grpc/grpc-js';
import * as sdk from '../index.ts';
import { getDaemonAddress } from '../send/daemon-config.ts';
import { forgetDaemonAnswer, noteDaemonAnswer } from '../send/jsonl-receiver.ts';

const WARM_TURNS = 4;
const TURNS = 40;
const CALLS_A_TURN = 400;
/** At the same time, under one caller's segment. */
const AT_ONCE = 20;

type Burst = () => Promise<unknown>;

const [first, ...rest] = process.argv.slice(2);
const require = createRequire(import.meta.url);
if (first === '--child') await runChild(rest[0] ?? '', rest[1] ?? '', rest[2] ?? '');
else await runParent(first);

async function runParent(folder: string | undefined): Promise<void> {
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  const http = createServer((request, response) => request.resume().on('end', () => response.end()));
  http.listen(0, '127.0.0.1');
  await Promise.all([once(udp, 'listening'), once(http, 'listening')]);
  const runs: readonly (readonly [string, number])[] = [
    ['ours', udp.address().port],
    ...(folder === undefined ? [] : [['otel', (http.address() as AddressInfo).port] as const]),
    ['context', 0],
  ];
  for (const [kind, port] of runs) {
    const child = [fileURLToPath(import.meta.url), '--child', kind, String(port), folder ?? ''];
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, ...child]);
    print(stdout.trim());
  }
  udp.close();
  http.close();
}

async function runChild(kind: string, port: string, folder: string): Promise<void> {
  const grpc: typeof Grpc = require('@grpc/grpc-js');
  const bursts: Record<string, Burst> = { bare: burstOf(await openPair(grpc)) };
  if (kind === 'otel') bursts['OpenTelemetry'] = burstOf(await openPair(loadInstrumented(folder, port)));
  if (kind === 'ours') {
    sdk.setDaemonAddress(`127.0.0.1:${port}`);
    sdk.middleware.disableCentralizedSampling();
    sdk.middleware.setSamplingRules({ version: 2, default: { fixed_target: 0, rate: 1 } });
    const pair = await openPair(grpc, true);
    const address = getDaemonAddress();
    bursts['sampled'] = burstUnder(pair, true, forgetDaemonAnswer);
    bursts['sampled, datagrams shared'] = burstUnder(pair, true, () => noteDaemonAnswer(address, port));
    bursts['not sampled'] = burstUnder(pair, false, forgetDaemonAnswer);
  }
  if (kind === 'context') {
    const alone = await measure(bursts);
    await sdk.getNamespace().runPromise(async () => {});
    const after = await measure(bursts);
    report('AsyncLocalStorage on, bare', after.get('bare') ?? [], alone.get('bare') ?? []);
  } else {
    const times = await measure(bursts);
    for (const [name, of] of times) report(`${kind}: ${name}`, of, times.get('bare') ?? []);
  }
  process.exit(0);
}

/** Microseconds of CPU a call, for each turn. */
async function measure(bursts: Readonly<Record<string, Burst>>): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(Object.keys(bursts).map((name) => [name, []]));
  for (let turn = -WARM_TURNS; turn < TURNS; turn += 1) {
    for (const [name, burst] of Object.entries(bursts)) {
      const before = process.cpuUsage();
      for (let count = 0; count < CALLS_A_TURN; count += AT_ONCE) await burst();
      const { user, system } = process.cpuUsage(before);
      if (turn >= 0) times.get(name)?.push((user + system) / CALLS_A_TURN);
    }
  }
  return times;
}

function burstOf(ask: Burst): Burst {
  return () => Promise.all(Array.from({ length: AT_ONCE }, ask));
}

/** @param hear what the daemon says of datagrams */
function burstUnder(ask: Burst, sampled: boolean, hear: () => void): Burst {
  const calls = burstOf(ask);
  return async () => {
    hear();
    const segment = new sdk.Segment('caller');
    segment.notTraced = !sampled;
    await sdk.getNamespace().runPromise(async () => {
      sdk.setSegment(segment);
      await calls();
    });
    segment.close();
  };
}

function loadInstrumented(folder: string, port: string): typeof Grpc {
  const load = createRequire(`${folder}/package.json`);
  const { NodeTracerProvider, BatchSpanProcessor } = load('@opentelemetry/sdk-trace-node');
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-proto');
  const { GrpcInstrumentation } = load('@opentelemetry/instrumentation-grpc');
  const exporter = new OTLPTraceExporter({ url: `http://127.0.0.1:${port}/v1/traces` });
  const provider = new NodeTracerProvider({
    spanProcessors: [
      new BatchSpanProcessor(exporter, { maxQueueSize: 100_000, maxExportBatchSize: 512, scheduledDelayMillis: 200 }),
    ],
  });
  provider.register();
  new GrpcInstrumentation().setTracerProvider(provider);
  return load('@grpc/grpc-js');
}

async function openPair(grpc: typeof Grpc, captured = false): Promise<Burst> {
  const text = { serialize: (value: string) => Buffer.from(value), deserialize: (bytes: Buffer) => bytes.toString() };
  const echo = {
    path: '/bench.Echo/Say',
    requestStream: false,
    responseStream: false,
    requestSerialize: text.serialize,
    requestDeserialize: text.deserialize,
    responseSerialize: text.serialize,
    responseDeserialize: text.deserialize,
  } as const;
  const server = new grpc.Server();
  if (captured) sdk.captureGrpcServer(server);
  server.addService(
    { say: echo },
    { say: (call: { request: string }, callback: Grpc.sendUnaryData<string>) => callback(null, call.request) },
  );
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', grpc.ServerCredentials.createInsecure());
  const client = new (grpc.makeGenericClientConstructor({ say: echo }, 'Echo'))(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
  );
  if (captured) sdk.captureGrpcClient(client);
  const say = client['say'] as (text: string, callback: (error: unknown, answer?: string) => void) => void;
  return () =>
    new Promise((resolve, reject) => {
      say.call(client, 'x'.repeat(100), (error, answer) => (error === null ? resolve(answer) : reject(error)));
    });
}

function report(name: string, times: readonly number[], bare: readonly number[]): void {
  // The middle one of the turns' ratios: each compares what ran within the same second.
  const ratio = middleOf(times.map((us, at) => (bare[at] ?? Number.NaN) / us));
  print(`${name}: ${middleOf(times).toFixed(1)} µs of CPU a call, ${(ratio * 100).toFixed(1)} % of bare throughput`);
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function print(text: string): void {
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(text);
}
