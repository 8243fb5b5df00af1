import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { eventually, makeFolder, post, removeFolder, serveFlags, startProgram, type Program } from './program.ts';

const HEADER = '{"format":"json","version":1}\n';
const SDK = fileURLToPath(new URL('../packages/sdk', import.meta.url));
/** Its dependencies are AWS's SDKs. */
const SHOP = fileURLToPath(new URL('../examples/shop', import.meta.url));
// Nobody must be asked for credentials, and none of this machine's used.
const ENVIRONMENT = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
  AWS_CONFIG_FILE: '/nowhere',
};

test('a segment goes through the daemon to the server, and is found', async () => {
  const server = await start(serveFlags(folder()));
  const daemon = await startDaemon(['--endpoint', `http://${server.http}`]);
  const [trace = ''] = await send(daemon, 1);
  expect(await found(server, [trace])).toEqual([1]);
  const rules = await post(daemon.tcp, '/GetSamplingRules', {});
  expect(rules['SamplingRuleRecords']).toMatchObject([{ SamplingRule: { RuleName: 'Default' } }]);
  const refused = await fetch(`http://${daemon.tcp}/TraceSummaries`, { method: 'POST', body: '{}' });
  expect(refused.status).toBe(403);
});

test('while the server is away the spool keeps segments, kill -9 or not, and each is found once', async () => {
  const data = folder();
  const spool = folder();
  const first = await start(serveFlags(data));
  const port = first.http.split(':')[1] ?? '';
  const endpoint = ['--endpoint', `http://${first.http}`, '--spool-path', spool, '-b', `127.0.0.1:${await freePort()}`];
  const daemon = await startDaemon(endpoint);
  const before = await send(daemon, 60);
  await found(first, before);
  await first.stop();

  const away = await send(daemon, 120);
  await eventually(
    async () => daemon.program.output(),
    (output) => output.includes('is away'),
  );
  await eventually(
    async () => away.filter((trace) => !spoolText(spool).includes(trace)),
    (missing) => missing.length === 0,
  );
  await daemon.program.stop('SIGKILL');

  const second = await startDaemon(endpoint);
  const late = await send(second, 10);
  const server = await start([...serveFlags(data), '--http-listen', `127.0.0.1:${port}`]);
  const all = [...before, ...away, ...late];
  expect(await found(server, all)).toEqual(all.map(() => 1));
  const startedMs = performance.now();
  expect(await second.program.stop()).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});

test("AWS's SDK for Node.js sends through it", async () => {
  const server = await start(serveFlags(folder()));
  const daemon = await startDaemon(['--endpoint', `http://${server.http}`]);
  const trace = `1-${Math.floor(Date.now() / 1_000).toString(16)}-${hex(24)}`;
  const program = `
    const xray = require('aws-xray-sdk-core');
    xray.setDaemonAddress('tcp:${daemon.tcp} udp:${daemon.udp}');
    const segment = new xray.Segment('by-sdk', '${trace}');
    segment.addNewSubsegment('inside').close();
    segment.close();
    setTimeout(() => process.exit(0), 500);`;
  const sdk = spawn(process.execPath, ['-e', program], { cwd: SHOP, stdio: 'inherit' });
  expect((await once(sdk, 'exit'))[0]).toBe(0);
  expect(await found(server, [trace])).toEqual([1]);
});

test.each(['the server', 'the daemon'])(
  'our SDK shares datagrams with %s, which said so, and each segment is found',
  async (to) => {
    const server = await start(serveFlags(folder()));
    const daemon = await startDaemon(['--endpoint', `http://${server.http}`]);
    const { tcp, udp } = to === 'the daemon' ? daemon : { tcp: server.http, udp: server.udp };
    const traces = Array.from({ length: 200 }, () => `1-${Math.floor(Date.now() / 1_000).toString(16)}-${hex(24)}`);
    const program = `
    const xray = require('@fluoroscope/sdk');
    xray.setDaemonAddress('tcp:${tcp} udp:${udp}');
    const sendMessage = require('node:dgram').Socket.prototype.send;
    let datagrams = 0;
    require('node:dgram').Socket.prototype.send = function (...args) {
      datagrams += 1;
      return sendMessage.apply(this, args);
    };
    const traces = ${JSON.stringify(traces)};
    // A request that its caller has decided on, as most are.
    xray.middleware.resolveSampling({ sampled: '1' }, new xray.Segment('asks'), {});
    const untilShared = () => {
      const before = datagrams;
      for (let count = 0; count < 10; count += 1) new xray.Segment('before').close();
      setTimeout(() => (datagrams - before === 1 ? sendAll() : untilShared()), 200);
    };
    const sendAll = () => {
      const before = datagrams;
      for (const trace of traces) new xray.Segment('by-sdk', trace).close();
      setTimeout(() => {
        process.stdout.write(String(datagrams - before));
        process.exit(0);
      }, 500);
    };
    untilShared();`;
    const sdk = spawn(process.execPath, ['-e', program], { cwd: SDK, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    sdk.stdout?.on('data', (chunk) => (printed += String(chunk)));
    expect((await once(sdk, 'close'))[0]).toBe(0);
    expect(await found(server, traces)).toEqual(traces.map(() => 1));
    expect(Number(printed)).toBeLessThan(10);
  },
);

test('a tee sends each segment to both servers', async () => {
  const [one, two] = [await start(serveFlags(folder())), await start(serveFlags(folder()))];
  const daemon = await startDaemon(['--endpoint', `http://${one.http}`, '--tee-endpoint', `http://${two.http}`]);
  const traces = await send(daemon, 3);
  expect([await found(one, traces), await found(two, traces)]).toEqual([
    [1, 1, 1],
    [1, 1, 1],
  ]);
});

interface Daemon {
  readonly program: Program;
  readonly udp: string;
  readonly tcp: string;
}

async function start(flags: readonly string[]): Promise<Program> {
  const program = await startProgram(flags, ENVIRONMENT);
  onTestFinished(async () => void (await program.stop()));
  return program;
}

async function startDaemon(flags: readonly string[]): Promise<Daemon> {
  const spool = flags.includes('--spool-path') ? [] : ['--spool-path', folder()];
  const program = await start(['daemon', '-b', '127.0.0.1:0', '-t', '127.0.0.1:0', ...spool, ...flags]);
  const address = (name: string): string => new RegExp(`${name} (\\S+)`).exec(program.output())?.[1] ?? '';
  return { program, udp: address('segments on'), tcp: address('http server on') };
}

/** A segment each; their trace ids. */
async function send({ udp }: Daemon, count: number): Promise<readonly string[]> {
  const [host, port] = udp.split(':');
  const socket = createSocket('udp4');
  const now = Date.now() / 1_000;
  const traces = Array.from({ length: count }, () => `1-${Math.floor(now).toString(16)}-${hex(24)}`);
  for (const trace_id of traces) {
    const document = { trace_id, id: hex(16), name: 'by-daemon', start_time: now - 1, end_time: now };
    await new Promise((resolve) =>
      socket.send(`${HEADER}${JSON.stringify(document)}`, Number(port), host, () => resolve(null)),
    );
  }
  socket.close();
  return traces;
}

/** How many segments each trace has, once all are there. */
async function found({ http }: Program, traces: readonly string[]): Promise<readonly number[]> {
  const counts: number[] = [];
  for (let at = 0; at < traces.length; at += 5) {
    const TraceIds = traces.slice(at, at + 5);
    const answer = await eventually(
      () => post(http, '/Traces', { TraceIds }),
      ({ Traces }) => Array.isArray(Traces) && Traces.length === TraceIds.length,
    );
    const segments = new Map(
      (answer['Traces'] as { Id: string; Segments: unknown[] }[]).map((t) => [t.Id, t.Segments]),
    );
    counts.push(...TraceIds.map((id) => segments.get(id)?.length ?? 0));
  }
  return counts;
}

/** What its files hold. */
function spoolText(spool: string): string {
  return readdirSync(spool, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('');
}

function hex(digits: number): string {
  let text = '';
  while (text.length < digits) text += Math.floor(Math.random() * 16).toString(16);
  return text;
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

function folder(): string {
  const path = makeFolder();
  onTestFinished(() => removeFolder(path));
  return path;
}
