/**
 * `npx tsc -b packages/sdk && npx tsx --conditions=source packages/sdk/src/frameworks/express.bench.ts
 *   [--requests OF_A_ROUND] [--rounds N] [--folder FOLDER] [--only KIND,KIND]`
 *
 * Express's hello-world, bare, with the official SDK, with ours (as built) and bare with AsyncLocalStorage, each in a process of its
 * own, all sampled, in turns; with a folder that has `@opentelemetry/sdk-trace-node`, `exporter-trace-otlp-proto` and the instrumentations of HTTP and
 * Express installed, with OpenTelemetry's too. 10,000 requests and 100 rounds are the million after which memory has to be what it was.
 * What counts is the CPU time of the server for each request: what else runs on the machine does not change
 * it much. Segments go to a socket on loopback that this process reads.
 */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const CONNECTIONS = 20;
const { values: given } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string' },
    folder: { type: 'string' },
  },
});
const [REQUESTS, ROUNDS] = [Number(given.requests), Number(given.rounds)];
const { folder, only } = given;
const WARM_UP = 10_000;
const ANSWER_END = '\r\n\r\nhello';
const ASK = 'GET / HTTP/1.1\r\nhost: shop\r\n\r\n';

/** Takes many documents in a datagram, as Fluoroscope's own receivers do, and says so to who asks for sampling rules; the others are as AWS's daemon. */
const SHARING = 'ours shared';

/** `context`: nothing but a run of AsyncLocalStorage around each request, which whoever keeps a context pays. */
const VARIANTS: Readonly<Record<string, string>> = {
  bare: 'bare',
  official: 'aws-xray-sdk',
  ours: '@fluoroscope/sdk',
  [SHARING]: '@fluoroscope/sdk',
  'ours by HTTP': '@fluoroscope/sdk',
  context: 'context',
  ...(folder !== undefined && { OpenTelemetry: 'opentelemetry' }),
};

/** Runs in each server's process, as it stands here. */
const SERVER = `
  const kind = process.env.BENCH_SDK;
  if (kind === 'opentelemetry') {
    const load = require('node:module').createRequire(process.env.BENCH_FOLDER + '/package.json');
    const { NodeTracerProvider, BatchSpanProcessor } = load('@opentelemetry/sdk-trace-node');
    const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-proto');
    const exporter = new OTLPTraceExporter({ url: process.env.BENCH_ENDPOINT });
    const limits = { maxQueueSize: 100_000, scheduledDelayMillis: 200 };
    const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter, limits)] });
    provider.register();
    const { HttpInstrumentation } = load('@opentelemetry/instrumentation-http');
    const { ExpressInstrumentation } = load('@opentelemetry/instrumentation-express');
    for (const each of [new HttpInstrumentation(), new ExpressInstrumentation()]) each.setTracerProvider(provider);
  }
  const express = require('express');
  const app = express();
  const sdk = ['bare', 'context', 'opentelemetry'].includes(kind) ? undefined : require(kind);
  if (kind === 'context') {
    const storage = new (require('node:async_hooks').AsyncLocalStorage)();
    app.use((request, response, next) => storage.run({}, next));
  }
  if (sdk !== undefined) {
    if (process.env.BENCH_RULES !== 'central') sdk.middleware.disableCentralizedSampling();
    if (process.env.BENCH_RULES !== 'central') sdk.middleware.setSamplingRules({ version: 2, rules: [], default: { fixed_target: 0, rate: 1 } });
    app.use(sdk.express.openSegment('shop'));
  }
  app.get('/', (request, response) => response.send('hello'));
  if (sdk !== undefined) app.use(sdk.express.closeSegment());
  const server = require('node:http').createServer(app).listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('disconnect', () => process.exit());
  process.on('message', () => {
    if (global.gc !== undefined) gc();
    const { user, system } = process.cpuUsage();
    process.send({ cpuUs: user + system, heapBytes: process.memoryUsage().heapUsed, rssBytes: process.memoryUsage().rss });
  });
`;

interface Usage {
  readonly cpuUs: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

interface Variant {
  readonly name: string;
  readonly child: ChildProcess;
  readonly port: number;
  readonly usPerRequest: number[];
  /** After each round, garbage collected. */
  readonly heapBytes: number[];
}

const sink = createSocket('udp4');
let [received, datagrams] = [0, 0];
// Line feeds end headers and shared documents, and stand before the one of a datagram of its own.
sink.on('message', (datagram) => {
  datagrams += 1;
  received += datagram.at(-1) === 0x0a ? datagram.filter((byte) => byte === 0x0a).length - 1 : 1;
});
sink.bind(0, '127.0.0.1');
await once(sink, 'listening');
const rules = createServer((request, response) => {
  const any = { ResourceARN: '*', ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*' };
  const SamplingRule = { ...any, RuleName: 'Default', Priority: 10_000, FixedRate: 1, ReservoirSize: 0, Version: 1 };
  const answer =
    request.url === '/GetSamplingRules' ? { SamplingRuleRecords: [{ SamplingRule }] } : { SamplingTargetDocuments: [] };
  response.setHeader('x-fluoroscope-jsonl-port', sink.address().port);
  request.resume().on('end', () => response.end(JSON.stringify(answer)));
});
rules.listen(sink.address().port, '127.0.0.1');
await once(rules, 'listening');
const endpoint = createServer((request, response) =>
  request.resume().on('end', () => response.end(request.url === '/TraceSegments' ? '{}' : undefined)),
);
endpoint.listen(0, '127.0.0.1');
await once(endpoint, 'listening');
const origin = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;

const variants: Variant[] = [];
for (const [name, sdk] of Object.entries(VARIANTS)) {
  if (only === undefined || only.split(',').includes(name)) variants.push(await start(name, sdk));
}
for (const variant of variants) await load(variant.port, WARM_UP);
for (let round = 0; round < ROUNDS; round += 1) {
  // Neither is always after the same other one.
  for (const { child, port, usPerRequest, heapBytes } of round % 2 === 0 ? variants : variants.toReversed()) {
    const from = await usageOf(child);
    await load(port, REQUESTS);
    const to = await usageOf(child);
    usPerRequest.push((to.cpuUs - from.cpuUs) / REQUESTS);
    heapBytes.push(to.heapBytes);
  }
}
print();
for (const { child } of variants) child.kill();
sink.close();
endpoint.close();
rules.close();

async function start(name: string, sdk: string): Promise<Variant> {
  const cwd = fileURLToPath(new URL('../../../..', import.meta.url));
  const env = {
    ...process.env,
    AWS_XRAY_DAEMON_ADDRESS: name === 'ours by HTTP' ? origin : `127.0.0.1:${sink.address().port}`,
    BENCH_SDK: sdk,
    BENCH_RULES: name === SHARING ? 'central' : 'local',
    BENCH_FOLDER: folder ?? '',
    BENCH_ENDPOINT: `${origin}/v1/traces`,
  };
  const stdio: StdioOptions = ['ignore', 'inherit', 'inherit', 'ipc'];
  const child = spawn(process.execPath, ['--expose-gc', '-e', SERVER], { cwd, env, stdio });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { name, child, port, usPerRequest: [], heapBytes: [] };
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  child.send('usage');
  const [usage] = (await once(child, 'message')) as [Usage];
  return usage;
}

/** Each connection asks again as soon as it has its answer. */
async function load(port: number, requests: number): Promise<void> {
  let left = requests;
  const run = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!text.endsWith(ANSWER_END)) return;
      text = '';
      left -= 1;
      if (left >= CONNECTIONS) socket.write(ASK);
      else socket.end();
    });
    socket.write(ASK);
    await once(socket, 'close');
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, run));
}

function print(): void {
  const cpu = Object.fromEntries(variants.map(({ name, usPerRequest }) => [name, middleOf(usPerRequest)]));
  for (const { name, usPerRequest, heapBytes } of variants) {
    const best = Math.min(...usPerRequest).toFixed(2);
    say(
      `${name}: median ${cpu[name]?.toFixed(2)} µs, best ${best} µs of CPU a request; heap ${printGrowth(heapBytes)}`,
    );
  }
  for (const { name } of variants.slice(1))
    say(`${name}: ${percent(ratioOf('bare', name))} of bare throughput, by CPU`);
  for (const { name } of variants.filter((each) => !each.name.startsWith('ours') && each.name !== 'bare'))
    for (const mine of variants.filter((each) => each.name.startsWith('ours')))
      say(`${mine.name} against ${name}: ${ratioOf(name, mine.name).toFixed(2)} ×`);
  say(`segments received here: ${received}, in ${datagrams} datagrams`);
}

/** The middle one of the rounds' ratios: each compares what ran within the same seconds. */
function ratioOf(numerator: string, denominator: string): number {
  const [over, under] = [numerator, denominator].map(
    (name) => variants.find((each) => each.name === name)?.usPerRequest ?? [],
  );
  return middleOf((over ?? []).map((us, at) => us / (under?.[at] ?? Number.NaN)));
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** By the means of the second and the last quarter of the rounds: the first warms caches. */
function printGrowth(heapBytes: readonly number[]): string {
  const quarter = Math.ceil(heapBytes.length / 4);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [early, late] = [mean(heapBytes.slice(quarter, 2 * quarter)), mean(heapBytes.slice(-quarter))];
  const requests = (heapBytes.length - 2 * quarter) * REQUESTS;
  return `${(early / 1e6).toFixed(2)} MB, ${((late - early) / requests).toFixed(3)} bytes more for each request`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function say(line: string): void {
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(line);
}
