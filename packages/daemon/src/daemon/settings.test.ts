import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseCommandLine } from './command-line.ts';
import { parseConfigFile } from './config-file.ts';
import { awsEndpoint } from './endpoint.ts';
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
  expect(file).toMatchObject({ ok: true, value: { strangers: [] } });
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
  ['Version: 2\nRegion: [x]', 'Region must be one value'],
  ['- a', 'expected keys with values'],
  ['', 'expected keys with values'],
])('the file %j: %s', (text, problem) => {
  expect(parseConfigFile(text)).toEqual({ ok: false, problem });
});

const BOMB = ['a: &a0 [x]', ...Array.from({ length: 9 }, (_, n) => `b${n}: &a${n + 1} [${`*a${n},`.repeat(9)}]`)].join(
  '\n',
);

test.each(['a: b: c', 'Version: [2', BOMB])('no such file: %j', (text) => {
  expect(parseConfigFile(text)).toEqual({ ok: false, problem: expect.any(String) });
});

// Seen of AWS's daemon 3.6.6, which reads its file with yaml.v2.
test.each<[string, Partial<DaemonSettings>]>([
  [
    'Version: 2\nLocalMode: yes\nNoVerifySSL: On\nLogging: { LogRotation: no }',
    { localMode: true, noVerifySsl: true, logRotation: false },
  ],
  ['Version: 2\nLocalMode: off\nLogging: { LogRotation: n }', { localMode: false, logRotation: false }],
  ['Version: 2\nRegion: no\n', { region: 'no' }],
  ['Version: 2\nRegion: a\nRegion: b', { region: 'b' }],
  ['Version: 2\nRegion: &r eu-west-1\nResourceARN: *r', { region: 'eu-west-1', resourceArn: 'eu-west-1' }],
  ['---\nVersion: 2\nRegion: a\n---\nVersion: 7\n', { region: 'a' }],
  ['\uFEFFVersion: 2\r\nTotalBufferSizeMB: 0x10\r\nproxyserver: { idleconntimeout: 3 }', { bufferMb: 16 }],
])('the file %j', (text, expected) => {
  const file = parseConfigFile(text);
  expect(file).toMatchObject({ ok: true, value: { strangers: [] } });
  expect(file.ok && settings(file.value.values)).toMatchObject(expected);
});

test('keys that mean nothing are told, those of the old format with their new name', () => {
  const file =
    'Version: 2\nSocket: { Port: 1 }\nSpeed: 3\nMemoryLimit: 3\nProcessor: { Region: x }\nProfile: { CPU: x }';
  expect(parseConfigFile(file)).toMatchObject({
    value: {
      strangers: [
        'Socket.Port flag is invalid',
        'Speed flag is invalid',
        'MemoryLimit is not supported: use TotalBufferSizeMB',
        'Processor.Region is not supported: use Region',
        'Profile.CPU is not supported',
      ],
    },
  });
});

test.each([
  ['bufferMb', '2', '--buffer-memory is "2"; expected a whole number from 3 to 65536'],
  ['udpAddress', '2000', '--bind is "2000"; expected HOST:PORT'],
  ['tcpAddress', 'h:70000', '--bind-tcp is "h:70000"; expected HOST:PORT'],
  ['proxyAddress', 'socks5://x:1', '--proxy-address is "socks5://x:1"; expected http://HOST:PORT or https://HOST'],
  ['localMode', 'maybe', '--local-mode is "maybe"; expected true or false'],
  ['concurrency', 'x', 'Concurrency is "x"; expected a whole number from 1 to 256'],
  ['endpoint', 'ftp://x', '--endpoint is "ftp://x"; expected http://HOST:PORT or https://HOST'],
  ['spoolMb', '1', '--spool-size is "1"; expected a whole number from 16 to 1048576'],
] as const)('%s refuses %s', (name, value, problem) => {
  expect(parseSettings(new Map([[name, value]]), {})).toEqual({ ok: false, problem });
});

test.each([
  [':2000', { host: '', port: 2000 }],
  ['0.0.0.0:2000', { host: '', port: 2000 }],
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

test('a level that is not known tells everything', () => {
  expect(settings(new Map([['logLevel', 'trace']])).logLevel).toBe('debug');
});

test.each<[string, Record<string, string>, string | undefined]>([
  ['of the service', { AWS_ENDPOINT_URL_XRAY: 'http://x:1', AWS_ENDPOINT_URL: 'http://y:2' }, 'x:1'],
  ['of all services', { AWS_ENDPOINT_URL: 'http://y:2' }, 'y:2'],
  ['switched off', { AWS_ENDPOINT_URL: 'http://y:2', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, undefined],
])('an endpoint of the environment, %s', (_name, environment, host) => {
  expect(settings(new Map(), environment).endpoint?.host).toBe(host);
  expect(settings(new Map([['endpoint', 'http://flag:3']]), environment).endpoint?.host).toBe('flag:3');
});

test.each([
  ['eu-west-1', {}, 'xray.eu-west-1.amazonaws.com'],
  ['cn-north-1', {}, 'xray.cn-north-1.amazonaws.com.cn'],
  ['us-iso-east-1', {}, 'xray.us-iso-east-1.c2s.ic.gov'],
  ['us-isob-east-1', {}, 'xray.us-isob-east-1.sc2s.sgov.gov'],
  ['us-gov-west-1', { AWS_USE_FIPS_ENDPOINT: 'true' }, 'xray-fips.us-gov-west-1.amazonaws.com'],
  ['eu-west-1', { AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'xray.eu-west-1.api.aws'],
])("X-Ray's host in %s, %j: %s", (region, environment, host) => {
  expect(awsEndpoint(region, environment).host).toBe(host);
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
