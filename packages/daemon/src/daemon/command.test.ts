import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runDaemonCommand } from './command.ts';
import { DRAIN_AWAY_MS } from './limits.ts';
import { bindHost } from './surroundings.ts';
import { openFakeEndpoint } from './testing/fake-endpoint.ts';

const HEADER = '{"format":"json","version":1}\n';
const KEYS = { AWS_ACCESS_KEY_ID: 'AK', AWS_SECRET_ACCESS_KEY: 's', AWS_EC2_METADATA_DISABLED: 'true' };

test('a segment goes on to the endpoint as it came, signed', async () => {
  const endpoint = await openFakeEndpoint();
  const daemon = await start(['--endpoint', endpoint.url, '-n', 'eu-west-1']);
  const document = '{"name":"caf\u00e9 \\"quoted\\"",\n "id": 1}';
  daemon.send(`${HEADER}${document}`);
  await until(() => endpoint.documents().length === 1);
  expect(endpoint.documents()).toEqual([document]);
  expect(endpoint.seen[0]?.headers).toMatchObject({
    authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AK\/\d{8}\/eu-west-1\/xray\/aws4_request, /),
    'user-agent': expect.stringMatching(/^fluoroscope-daemon\/1\.2\.3 exec-env\/UNKNOWN OS\//),
  });
});

test('who asks for sampling rules is told the port that takes many documents in a datagram', async () => {
  const endpoint = await openFakeEndpoint();
  const daemon = await start(['--endpoint', endpoint.url]);
  const { headers } = await daemon.post('/GetSamplingRules', '{}');
  expect(headers.get('x-fluoroscope-jsonl-port')).toBe(String(daemon.udpPort));
  daemon.send('{"format":"jsonl","version":1}\n{"n":1}\n{"n":\n{"n":3}\n');
  await until(() => endpoint.documents().length === 2);
  expect(endpoint.documents()).toEqual(['{"n":1}', '{"n":3}']);
});

test('without keys it is sent unsigned, and without a region to an endpoint of our own', async () => {
  const endpoint = await openFakeEndpoint();
  const daemon = await start(['--endpoint', endpoint.url], { AWS_EC2_METADATA_DISABLED: 'true' });
  daemon.send(`${HEADER}{}`);
  await until(() => endpoint.documents().length === 1);
  expect(endpoint.seen[0]?.headers.authorization).toBeUndefined();
});

test('both endpoints of a tee get every segment, whether the other is there or not', async () => {
  const [main, tee] = [await openFakeEndpoint(), await openFakeEndpoint()];
  main.status = 503;
  const daemon = await start(['--endpoint', main.url, '--tee-endpoint', tee.url]);
  daemon.send(`${HEADER}{"n":1}`);
  await until(() => tee.documents().length === 1);
  main.status = 200;
  await until(() => main.documents().length === 1);
  expect([main.documents(), tee.documents()]).toEqual([['{"n":1}'], ['{"n":1}']]);
});

test('the TCP port signs sampling calls and passes the answer on', async () => {
  const endpoint = await openFakeEndpoint();
  const daemon = await start(['--endpoint', endpoint.url]);
  const answer = await daemon.post('/GetSamplingRules', '{"NextToken":"x"}');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('set-cookie')).toBeNull();
  expect(await answer.json()).toEqual({ of: '/GetSamplingRules' });
  expect(endpoint.seen).toMatchObject([
    { body: '{"NextToken":"x"}', headers: { authorization: expect.stringContaining('AWS4') } },
  ]);
});

test.each<[string, string, RequestInit, number]>([
  ['another operation', '/TraceSummaries', {}, 403],
  ['another spelling', '/GetSamplingRules?x', {}, 403],
  ['another method', '/GetSamplingRules', { method: 'PUT' }, 403],
  ['a web page', '/GetSamplingRules', { headers: { origin: 'http://evil.example' } }, 403],
  ['too much', '/SamplingTargets', { body: 'x'.repeat(1_048_577) }, 413],
])('the TCP port refuses %s, and asks nobody', async (_name, path, init, status) => {
  const endpoint = await openFakeEndpoint();
  const daemon = await start(['--endpoint', endpoint.url]);
  expect((await daemon.post(path, '{}', init)).status).toBe(status);
  expect(endpoint.seen).toEqual([]);
});

test('a sampling call while the endpoint is away is answered at once', async () => {
  const daemon = await start(['--endpoint', 'http://127.0.0.1:1']);
  const answer = await daemon.post('/GetSamplingRules', '{}');
  expect([answer.status, await answer.json()]).toMatchObject([502, { __type: 'ServiceUnavailable' }]);
});

test('stopped, it sends what has gathered, and tells its counts', async () => {
  const endpoint = await openFakeEndpoint();
  const daemon = await start(['--endpoint', endpoint.url, '-a', 'arn:x'], {
    ...KEYS,
    AWS_INSTANCE_ID: 'i-1',
    AWS_HOSTNAME: 'h',
  });
  for (let count = 0; count < 60; count += 1) daemon.send(`${HEADER}{"n":${count}}`);
  daemon.send('no header');
  await until(() => endpoint.documents().length >= 50);
  expect(await daemon.stop()).toBe(0);
  expect(endpoint.documents().length).toBe(60);
  const told = endpoint.seen.find(({ path }) => path === '/TelemetryRecords');
  expect(JSON.parse(told?.body ?? '{}')).toMatchObject({
    TelemetryRecords: [{ SegmentsReceivedCount: 61, SegmentsRejectedCount: 1, SegmentsSpilloverCount: 0 }],
    EC2InstanceId: 'i-1',
    Hostname: 'h',
    ResourceARN: 'arn:x',
  });
});

test('stopped while the endpoint takes its time, it waits for the answer, and then tells its counts', async () => {
  const endpoint = await openFakeEndpoint();
  let answer: () => void = () => {};
  endpoint.hold = new Promise<void>((resolve) => (answer = resolve));
  const daemon = await start(['--endpoint', endpoint.url]);
  daemon.send(`${HEADER}{"n":1}`);
  await until(() => endpoint.seen.length === 1);
  const stopped = daemon.stop();
  // Longer than an endpoint that is away is waited for.
  await new Promise((resolve) => setTimeout(resolve, DRAIN_AWAY_MS + 200));
  answer();
  expect(await stopped).toBe(0);
  const told = endpoint.seen.find(({ path }) => path === '/TelemetryRecords');
  expect(JSON.parse(told?.body ?? '{}')).toMatchObject({
    TelemetryRecords: [{ SegmentsReceivedCount: 1, SegmentsSentCount: 1, SegmentsSpilloverCount: 0 }],
  });
});

test('every address is of IPv6 too, as in the container of AWS', async () => {
  const endpoint = await openFakeEndpoint();
  const run = runDaemon(['-b', '0.0.0.0:0', '-t', ':0', '--spool-path', 'off', '--endpoint', endpoint.url]);
  onTestFinished(async () => void (await run.stop()));
  await until(() => run.output().includes('ready in'));
  expect(run.output()).toContain('Starting proxy http server on 0.0.0.0:');
  const port = (name: string): number => Number(new RegExp(`${name} \\S+:(\\d+)`).exec(run.output())?.[1]);
  const hosts = bindHost('') === '::' ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
  for (const host of hosts) {
    const socket = createSocket(host === '::1' ? 'udp6' : 'udp4');
    socket.send(`${HEADER}{"to":"${host}"}`, port('segments on'), host, () => socket.close());
    const url = `http://${host === '::1' ? '[::1]' : host}:${port('http server on')}/GetSamplingRules`;
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(200);
  }
  await until(() => endpoint.documents().length === hosts.length);
});

test('keys of the old format are refused in a file that was named', async () => {
  const file = join(makeFolder(), 'cfg.yaml');
  writeFileSync(file, 'Version: 1\nMemoryLimit: 3\nSpeed: 1\n');
  const run = runDaemon(['-n', 'x', '-c', file]);
  expect(await run.ended).toBe(1);
  expect(run.output()).toContain('MemoryLimit is not supported: use TotalBufferSizeMB, Speed flag is invalid');
});

test('a level that is none is told, and more than enough is logged', async () => {
  const endpoint = await openFakeEndpoint();
  const run = runDaemon([
    '-b',
    '127.0.0.1:0',
    '-t',
    '127.0.0.1:0',
    '--spool-path',
    'off',
    '--endpoint',
    endpoint.url,
    '-l',
    'trace',
  ]);
  await until(() => run.output().includes('ready in'));
  expect(await run.stop()).toBe(0);
  expect(run.output()).toContain('[Warn] --log-level is "trace", taken as dev; expected dev, debug,');
});

test('what an endpoint that is away did not get, the next daemon sends', async () => {
  const endpoint = await openFakeEndpoint();
  const spool = makeFolder();
  const flags = ['--endpoint', endpoint.url, '--spool-path', spool];
  endpoint.status = 500;
  const first = await start(flags);
  first.send(`${HEADER}{"n":1}`);
  await until(() => endpoint.seen.length > 0);
  expect(await first.stop()).toBe(0);
  endpoint.status = 200;
  await start(flags);
  await until(() => endpoint.documents().length > 0);
  expect(endpoint.documents()).toEqual(['{"n":1}']);
});

test('the file is read, and the command line counts more', async () => {
  const endpoint = await openFakeEndpoint();
  const file = join(makeFolder(), 'cfg.yaml');
  writeFileSync(file, `Version: 2\nEndpoint: ${endpoint.url}\nRegion: us-west-2\nLogging: { LogLevel: error }`);
  const daemon = await start(['-c', file, '-n', 'eu-central-1', '-l', 'info']);
  daemon.send(`${HEADER}{}`);
  await until(() => endpoint.documents().length === 1);
  expect(endpoint.seen[0]?.headers.authorization).toContain('/eu-central-1/xray/');
});

test.each<[string, string[], number, RegExp, Record<string, string>?]>([
  ['a flag that is none', ['--nonsense'], 2, /not defined: -nonsense[\s\S]*usage:/],
  ['too little memory', ['-m', '2', '-n', 'x'], 1, /\[Error\] --buffer-memory is "2"/],
  ['no region', ['-o'], 1, /Cannot fetch region/],
  [
    "the region of a VPC's endpoint",
    ['-b', '192.0.2.1:0', '--endpoint', 'https://vpce-0a1b-c2d3.xray.ap-southeast-2.vpce.amazonaws.com'],
    1,
    /Using region: ap-southeast-2/,
  ],
  [
    'another region of the environment',
    ['-o', '-b', '192.0.2.1:0'],
    1,
    /Using region: eu-north-1/,
    { AWS_DEFAULT_REGION: 'eu-north-1' },
  ],
  ['a file that is not there', ['-c', '/nowhere/cfg.yaml'], 1, /\/nowhere\/cfg.yaml cannot be read/],
  ['an address that is not ours', ['-n', 'x', '-b', '192.0.2.1:0'], 1, /UDP 192.0.2.1/],
  ['a spool that cannot be', ['-n', 'x', '--spool-path', '/proc/nowhere'], 1, /--spool-path/],
])('%s: exit code and reason', async (_name, argv, code, reason, environment = {}) => {
  const run = runDaemon(['-t', '127.0.0.1:0', ...argv], {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nowhere',
    ...environment,
  });
  expect(await run.ended).toBe(code);
  expect(run.output()).toMatch(reason);
});

test.each([
  ['--version', /^fluoroscope daemon version: 1\.2\.3\n$/],
  ['-h', /^usage: fluoroscope daemon/],
])('%s', async (flag, expected) => {
  const run = runDaemon([flag]);
  expect(await run.ended).toBe(0);
  expect(run.output()).toMatch(expected);
});

interface Started {
  readonly udpPort: number;
  readonly send: (datagram: string) => void;
  readonly post: (path: string, body: string, init?: RequestInit) => Promise<Response>;
  readonly stop: () => Promise<number>;
}

async function start(argv: readonly string[], environment: Record<string, string> = KEYS): Promise<Started> {
  const run = runDaemon(['-b', '127.0.0.1:0', '-t', '127.0.0.1:0', '--spool-path', 'off', ...argv], environment);
  await Promise.race([until(() => run.output().includes('ready in')), run.ended]);
  const port = (name: string): number => Number(new RegExp(`${name} 127\\.0\\.0\\.1:(\\d+)`).exec(run.output())?.[1]);
  // Levels may hide these lines: the tests that need them do not.
  const [udp, tcp] = [port('segments on'), port('http server on')];
  const socket = createSocket('udp4');
  onTestFinished(async () => {
    socket.close();
    await run.stop();
  });
  return {
    udpPort: udp,
    send: (datagram) => socket.send(datagram, udp, '127.0.0.1'),
    post: (path, body, init) => fetch(`http://127.0.0.1:${tcp}${path}`, { method: 'POST', body, ...init }),
    stop: run.stop,
  };
}

function runDaemon(argv: readonly string[], environment: Record<string, string> = KEYS) {
  let output = '';
  let askToStop: () => void = () => {};
  const stop = new Promise<void>((resolve) => (askToStop = resolve));
  const print = (text: string): void => void (output += text);
  const ended = runDaemonCommand({ argv, environment, version: '1.2.3', print, printError: print, stop });
  return {
    ended,
    output: () => output,
    stop: () => {
      askToStop();
      return ended;
    },
  };
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-daemon-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function until(wanted: () => boolean): Promise<void> {
  await expect.poll(wanted, { timeout: 20_000, interval: 5 }).toBe(true);
}
