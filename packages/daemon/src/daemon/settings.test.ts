import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseCommandLine } from './command-line.ts';
import { parseConfigFile } from './config-file.ts';
import { parseSettings, type DaemonSettings } from './settings.ts';
import { DAEMON_ENVIRONMENT, DAEMON_SETTINGS, daemonHelp } from './settings-table.ts';

test.each<[string, string[], object]>([
  [
    "the container's entry point",
    ['-t', '0.0.0.0:2000', '-b', '0.0.0.0:2000'],
    { tcpAddress: '0.0.0.0:2000', udpAddress: '0.0.0.0:2000' },
  ],
  ['long names', ['--bind', 'h:1', '--region=eu-west-1'], { udpAddress: 'h:1', region: 'eu-west-1' }],
  ['one dash before a long name', ['-bind-tcp=h:2', '-log-level', 'dev'], { tcpAddress: 'h:2', logLevel: 'dev' }],
  ['a switch takes no word', ['-o', '-n', 'x'], { localMode: 'true', region: 'x' }],
  ['a switch with its value', ['-o=false'], { localMode: 'false' }],
  ['the last counts', ['-n', 'a', '-n', 'b'], { region: 'b' }],
  ['a value may look like a flag', ['-a', '-b'], { resourceArn: '-b' }],
  ['a value may have an equals sign', ['-f=a=b'], { logFile: 'a=b' }],
  ['flags end at a word', ['-n', 'x', 'word', '-o'], { region: 'x' }],
  ['flags end at two dashes', ['--', '-o'], {}],
])('%s', (_name, argv, expected) => {
  const line = parseCommandLine(argv);
  expect(line.ok && Object.fromEntries(line.value.values)).toEqual(expected);
});

test.each([
  [['-x'], 'flag provided but not defined: -x'],
  [['--nonsense=1'], 'flag provided but not defined: -nonsense'],
  [['-ov'], 'flag provided but not defined: -ov'],
  [['-n'], 'flag needs an argument: -n'],
])('%j: %s', (argv, problem) => {
  expect(parseCommandLine(argv)).toEqual({ ok: false, problem });
});

test.each([['-h'], ['--help'], ['-n x -help']])('%s asks for help', (argv) => {
  expect(parseCommandLine(argv.split(' '))).toMatchObject({ value: { wantsHelp: true } });
});

const WHOLE_FILE = `
TotalBufferSizeMB: 24
Concurrency: 4
Region: us-west-2
Endpoint: "http://x:2000"
Socket:
  UDPAddress: "127.0.0.1:3000"
  TCPAddress: "127.0.0.1:3001"
Logging:
  LogRotation: false
  LogLevel: error
  LogPath: /var/log/xray.log
LocalMode: true
ResourceARN: arn
RoleARN: role
NoVerifySSL: true
ProxyAddress: "http://p:3128"
Profile: dev
ProxyServer: { IdleConnTimeout: 30 }
Version: 2
`;

test("AWS's whole file", () => {
  const file = parseConfigFile(WHOLE_FILE);
  expect(file).toMatchObject({ ok: true, value: { unknownKeys: [] } });
  expect(file.ok && settings(file.value.values)).toMatchObject({
    bufferMb: 24,
    concurrency: 4,
    region: 'us-west-2',
    endpoint: new URL('http://x:2000'),
    udp: { host: '127.0.0.1', port: 3000 },
    tcp: { host: '127.0.0.1', port: 3001 },
    logRotation: false,
    logLevel: 'error',
    logFile: '/var/log/xray.log',
    localMode: true,
    resourceArn: 'arn',
    roleArn: 'role',
    noVerifySsl: true,
    proxy: new URL('http://p:3128'),
    profile: 'dev',
  });
});

test('nothing, "" and 0 mean the default', () => {
  const file = parseConfigFile(
    'Version: 1\nTotalBufferSizeMB: 0\nConcurrency: 0\nRegion: ""\nSocket:\nLogging: { LogLevel: "" }',
  );
  expect(file.ok && settings(file.value.values)).toEqual(settings(new Map()));
});

test.each([
  ['Region: x', 'Version must be 1 or 2'],
  ['Version: 3', 'Version must be 1 or 2'],
  ['Version: 2\nMemoryLimit: 3', 'MemoryLimit is not supported: use TotalBufferSizeMB'],
  ['Version: 1\nProcessor: { Region: x }', 'Processor.Region is not supported: use Region'],
  ['Version: 2\nRegion: [x]', 'Region must be one value'],
  ['- a', 'expected keys with values'],
  ['', 'expected keys with values'],
])('the file %j: %s', (text, problem) => {
  expect(parseConfigFile(text)).toEqual({ ok: false, problem });
});

test.each(['a: b: c', 'Version: 2\nVersion: 2', 'a: &a [x]\nVersion: 2\nb: *a'])('no such file: %j', (text) => {
  expect(parseConfigFile(text)).toEqual({ ok: false, problem: expect.any(String) });
});

test('keys that are unknown are told', () => {
  expect(parseConfigFile('Version: 2\nSocket: { Port: 1 }\nSpeed: 3')).toMatchObject({
    value: { unknownKeys: ['Socket.Port', 'Speed'] },
  });
});

test.each([
  ['bufferMb', '2', '--buffer-memory is "2"; expected a whole number from 3 to 65536'],
  ['udpAddress', '2000', '--bind is "2000"; expected HOST:PORT'],
  ['tcpAddress', 'h:70000', '--bind-tcp is "h:70000"; expected HOST:PORT'],
  ['logLevel', 'loud', '--log-level is "loud"; expected dev, debug, info, warn, error, prod'],
  ['localMode', 'maybe', '--local-mode is "maybe"; expected true or false'],
  ['concurrency', 'x', 'Concurrency is "x"; expected a whole number from 1 to 256'],
  ['endpoint', 'ftp://x', '--endpoint is "ftp://x"; expected http://HOST:PORT or https://HOST'],
  ['spoolMb', '1', '--spool-size is "1"; expected a whole number from 16 to 1048576'],
] as const)('%s refuses %s', (name, value, problem) => {
  expect(parseSettings(new Map([[name, value]]), {})).toEqual({ ok: false, problem });
});

test.each([
  [':2000', { host: '0.0.0.0', port: 2000 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  ['localhost:1', { host: 'localhost', port: 1 }],
])('the address %s', (text, udp) => {
  expect(settings(new Map([['udpAddress', text]]))).toMatchObject({ udp });
});

test('HTTPS_PROXY is used where none is chosen', () => {
  const environment = { HTTPS_PROXY: 'http://env:1' };
  expect(settings(new Map(), environment).proxy?.host).toBe('env:1');
  expect(settings(new Map([['proxyAddress', 'flag:2']]), environment).proxy?.host).toBe('flag:2');
});

test('help and docs have every flag, the docs every key and variable', () => {
  const docs = readFileSync(fileURLToPath(new URL('../../../../docs/daemon.md', import.meta.url)), 'utf8');
  const help = daemonHelp();
  for (const { flag, short, yaml } of Object.values(DAEMON_SETTINGS)) {
    if (flag !== null) expect(help).toContain(`--${flag} `);
    if (flag !== null) expect(docs).toContain(`\`--${flag}\``);
    if (short !== null) expect(docs).toContain(`\`-${short}\``);
    if (yaml !== null) expect(docs).toContain(`\`${yaml}\``);
  }
  for (const name of DAEMON_ENVIRONMENT) expect(docs).toContain(`\`${name}\``);
});

function settings(
  values: Parameters<typeof parseSettings>[0],
  environment: Record<string, string> = {},
): DaemonSettings {
  const parsed = parseSettings(values, environment);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}
