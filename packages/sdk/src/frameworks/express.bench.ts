/**
 * `npx tsc -b packages/sdk && npx tsx --conditions=source packages/sdk/src/frameworks/express.bench.ts [requests of a round]`
 *
 * Express's hello-world, bare, with the official SDK, with ours (as built) and bare with AsyncLocalStorage, each in a process of its
 * own, all sampled, in turns. What counts is the CPU time of the server for each request: what else runs on the machine does not change
 * it much. Segments go to a socket on loopback that this process reads.
 */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

const ROUNDS = 7;
const CONNECTIONS = 20;
const REQUESTS = Number(process.argv[2] ?? 10_000);
const WARM_UP = 10_000;
const ANSWER_END = '\r\n\r\nhello';
const ASK = 'GET / HTTP/1.1\r\nhost: shop\r\n\r\n';

/** `context`: nothing but a run of AsyncLocalStorage around each request, which whoever keeps a context pays. */
const VARIANTS = { bare: 'bare', official: 'aws-xray-sdk', ours: '@fluoroscope/sdk', context: 'context' } as const;

/** Runs in each server's process, as it stands here. */
const SERVER = `
  const express = require('express');
  const app = express();
  const kind = process.env.BENCH_SDK;
  const sdk = kind === 'bare' || kind === 'context' ? undefined : require(kind);
  if (kind === 'context') {
    const storage = new (require('node:async_hooks').AsyncLocalStorage)();
    app.use((request, response, next) => storage.run({}, next));
  }
  if (sdk !== undefined) {
    sdk.middleware.disableCentralizedSampling();
    sdk.middleware.setSamplingRules({ version: 2, rules: [], default: { fixed_target: 0, rate: 1 } });
    app.use(sdk.express.openSegment('shop'));
  }
  app.get('/', (request, response) => response.send('hello'));
  if (sdk !== undefined) app.use(sdk.express.closeSegment());
  const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
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
}

const sink = createSocket('udp4');
let received = 0;
sink.on('message', () => (received += 1));
sink.bind(0, '127.0.0.1');
await once(sink, 'listening');

const variants: Variant[] = [];
for (const [name, sdk] of Object.entries(VARIANTS)) variants.push(await start(name, sdk));
for (const variant of variants) await load(variant.port, WARM_UP);
const before = await Promise.all(variants.map(({ child }) => usageOf(child)));
for (let round = 0; round < ROUNDS; round += 1) {
  // Neither is always after the same other one.
  for (const { child, port, usPerRequest } of round % 2 === 0 ? variants : variants.toReversed()) {
    const from = await usageOf(child);
    await load(port, REQUESTS);
    usPerRequest.push(((await usageOf(child)).cpuUs - from.cpuUs) / REQUESTS);
  }
}
const after = await Promise.all(variants.map(({ child }) => usageOf(child)));
print();
for (const { child } of variants) child.kill();
sink.close();

async function start(name: string, sdk: string): Promise<Variant> {
  const cwd = fileURLToPath(new URL('../../../..', import.meta.url));
  const env = { ...process.env, AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${sink.address().port}`, BENCH_SDK: sdk };
  const stdio: StdioOptions = ['ignore', 'inherit', 'inherit', 'ipc'];
  const child = spawn(process.execPath, ['--expose-gc', '-e', SERVER], { cwd, env, stdio });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { name, child, port, usPerRequest: [] };
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
  const cpu = variants.map(({ usPerRequest }) => usPerRequest.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN);
  const [bare = Number.NaN, official = Number.NaN, ours = Number.NaN, context = Number.NaN] = cpu;
  for (const [at, { name, usPerRequest }] of variants.entries()) {
    const grown = ((after[at]?.heapBytes ?? 0) - (before[at]?.heapBytes ?? 0)) / 1024;
    const best = Math.min(...usPerRequest).toFixed(2);
    say(
      `${name}: median ${cpu[at]?.toFixed(2)} µs, best ${best} µs of CPU a request; heap ${grown.toFixed(0)} kB more after ${ROUNDS * REQUESTS}`,
    );
  }
  say(`of bare throughput, by CPU: ours ${percent(bare / ours)}, official ${percent(bare / official)}`);
  say(`AsyncLocalStorage alone ${percent(bare / context)}; ours of that ${percent(context / ours)}`);
  say(`ours against official: ${(official / ours).toFixed(2)} ×; segments received here: ${received}`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function say(line: string): void {
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(line);
}
