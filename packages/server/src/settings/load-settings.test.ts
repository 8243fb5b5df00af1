import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SETTINGS } from '../settings.ts';
import { loadSettings, parseSettings, type Environment } from './load-settings.ts';
import { configurationMarkdown, helpText } from './print-settings.ts';
import { SettingsError } from './settings-error.ts';

test('the defaults', () => {
  expect(read([])).toMatchObject({
    httpListen: { host: '127.0.0.1', port: 2000 },
    udpListen: { host: '127.0.0.1', port: 2000 },
    otlpGrpcListen: { host: '127.0.0.1', port: 4317, mayBeTaken: true },
    otlpHttpListen: { host: '127.0.0.1', port: 4318, mayBeTaken: true },
    zipkinListen: { host: '127.0.0.1', port: 9411, mayBeTaken: true },
    jaegerHttpListen: null,
    jaegerGrpcListen: null,
    dataDir: './fluoroscope-data',
    durability: 'fsync',
    journalSize: 2 ** 30,
    journalWait: 10e6,
    allowedHosts: [],
    allowUnauthenticated: false,
    samplingReservoir: 1,
    samplingRate: 0.05,
    segmentMaxAge: 30 * 86_400 * 1e6,
    segmentMaxFuture: 7_200 * 1e6,
    segmentSize: 65_536,
    groupsMax: 25,
    samplingRulesMax: 25,
    tagsMax: 50,
    resourcePoliciesMax: 5,
    resourcePolicySize: 5_120,
    udpBuffer: 4 * 1024 ** 2,
    accountId: '000000000000',
  });
});

test.each<[string, string[], object]>([
  ['a port', ['--http-listen', '127.0.0.1:0'], { httpListen: { host: '127.0.0.1', port: 0 } }],
  ['IPv6', ['--http-listen=[::1]:2001'], { httpListen: { host: '::1', port: 2001 } }],
  ['closed', ['--udp-listen', 'off'], { udpListen: null }],
  ['a receiver', ['--zipkin-listen', '[::1]:0'], { zipkinListen: { host: '::1', port: 0, mayBeTaken: false } }],
  ['a receiver that need not be', ['--zipkin-listen', 'h:1 if free'], { zipkinListen: { port: 1, mayBeTaken: true } }],
  ['no receiver', ['--otlp-grpc-listen', 'off'], { otlpGrpcListen: null }],
  ['a size', ['--journal-size', '1.5GiB'], { journalSize: 1.5 * 2 ** 30 }],
  ['a bare size', ['--udp-buffer', '65536'], { udpBuffer: 65_536 }],
  ['a list', ['--allowed-hosts', 'A.example, b:80'], { allowedHosts: ['a.example', 'b:80'] }],
  ['origins', ['--cors-origins', 'https://a.example'], { corsOrigins: ['https://a.example'] }],
  ['a switch', ['--allow-unauthenticated', '--http-listen', '0.0.0.0:2000'], { allowUnauthenticated: true }],
  ['networks', ['--ingest-allow', '10.0.0.0/8, ::1'], { ingestAllow: [{ bits: 104 }, { base: 1n, bits: 128 }] }],
  ['no limit', ['--request-rate', ''], { requestRate: null }],
  ['a share', ['--sampling-rate', '.5'], { samplingRate: 0.5 }],
  ['all of it', ['--sampling-rate', '1'], { samplingRate: 1 }],
])('read: %s', (_name, argv, expected) => {
  expect(read(argv)).toMatchObject(expected);
});

test.each<[string, string[]]>([
  ['http-listen', ['--http-listen', '2000']],
  ['http-listen', ['--http-listen', '127.0.0.1:70000']],
  ['http-listen', ['--http-listen', '127.0.0.1']],
  ['otlp-http-listen', ['--otlp-http-listen', 'off if free']],
  ['otlp-grpc-listen', ['--otlp-grpc-listen', '127.0.0.1:4317 if free if free']],
  ['durability', ['--durability', 'maybe']],
  ['journal-size', ['--journal-size', '1 kB']],
  ['sampling-rate', ['--sampling-rate', '1.5']],
  ['sampling-rate', ['--sampling-rate', 'NaN']],
  ['sampling-reservoir', ['--sampling-reservoir', '0.5']],
  ['segment-max-age', ['--segment-max-age', '30']],
  ['allowed-hosts', ['--allowed-hosts', 'http://a.example']],
  ['cors-origins', ['--cors-origins', '*']],
  ['ingest-allow', ['--ingest-allow', '10.0.0.1/8']],
  ['ingest-allow', ['--ingest-allow', 'everybody']],
  ['request-rate', ['--request-rate', '0']],
  ['cors-origins', ['--cors-origins', 'https://a.example/path']],
  ['account-id', ['--account-id', '12']],
  ['groups-max', ['--groups-max', '251']],
  ['segment-size', ['--segment-size', '2 MiB']],
  ['region', ['--region', 'EU WEST']],
])('%s refuses %j, naming itself, the value and what it expects', (name, argv) => {
  const setting = Object.values(SETTINGS).find((candidate) => candidate.name === name);
  expect(message(argv)).toBe(
    `[bad-setting] ${name} is "${argv[1]}" (from --${name}); expected ${setting?.kind.expected}`,
  );
});

test.each([
  ['an unknown flag', ['--nonsense'], /\[bad-flag\].*nonsense/],
  ['a word too much', ['serve'], /\[bad-flag\]/],
  ['a flag without its value', ['--data-dir'], /\[bad-flag\].*data-dir/],
])('%s is refused', (_name, argv, expected) => {
  expect(message(argv)).toMatch(expected);
});

test('flag before environment before file before default', () => {
  const yaml =
    'data-dir: of-file\nregion: of-file\naccount-id: "333333333333"\nallowed-hosts: [a, b]\nsampling-rate: 0.25';
  const environment = {
    FLUOROSCOPE_DATA_DIR: 'of-env',
    FLUOROSCOPE_REGION: 'of-env',
    FLUOROSCOPE_PORT: 'tcp://1.2.3.4',
  };
  expect(read(['--data-dir', 'of-flag'], environment, yaml)).toMatchObject({
    dataDir: 'of-flag',
    region: 'of-env',
    accountId: '333333333333',
    allowedHosts: ['a', 'b'],
    samplingRate: 0.25,
    durability: 'fsync',
  });
});

test('what is wrong in the environment or the file is named by where it stands', () => {
  expect(message([], { FLUOROSCOPE_DURABILITY: 'x' })).toMatch('(from FLUOROSCOPE_DURABILITY)');
  expect(message([], {}, 'durability: x')).toMatch('(from the config file)');
  expect(message([], {}, 'durabilty: fsync')).toMatch('[unknown-setting] durabilty is "fsync"');
  expect(message([], {}, '- a\n- b')).toMatch('[unreadable-config]');
  expect(message([], {}, 'a: [')).toMatch('[unreadable-config]');
  expect(message([], {}, `a: &a [x]\nb: [${'*a,'.repeat(9)}]`)).toMatch('[unreadable-config]');
});

test('a message obeys no terminal', () => {
  expect(message(['--region', '\u001b[31mred'])).not.toContain('\u001b');
});

test('./fluoroscope.yaml is read when it is there, another file when it is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-settings-'));
  expect(loadSettings([], {}, folder).region).toBe('us-east-1');
  writeFileSync(join(folder, 'fluoroscope.yaml'), 'region: here');
  expect(loadSettings([], {}, folder).region).toBe('here');
  writeFileSync(join(folder, 'other.yaml'), 'region: other');
  expect(loadSettings(['--config', 'other.yaml'], {}, folder).region).toBe('other');
  expect(() => loadSettings(['--config', 'missing.yaml'], {}, folder)).toThrow(/\[unreadable-config\].*missing.yaml/);
  rmSync(folder, { recursive: true });
});

test('docs/configuration.md is what the table makes', async () => {
  await expect(configurationMarkdown()).toMatchFileSnapshot('../../../../docs/configuration.md');
});

test('the help has every flag, in lines that fit', () => {
  for (const setting of Object.values(SETTINGS)) expect(helpText()).toContain(`--${setting.name}`);
  expect(
    Math.max(
      ...helpText()
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(100);
});

function read(argv: readonly string[], environment: Environment = {}, yaml?: string) {
  const settings = parseSettings(argv, environment, yaml);
  if (!settings.ok) throw new SettingsError(settings.problem);
  return settings.value;
}

function message(argv: readonly string[], environment: Environment = {}, yaml?: string): string {
  const settings = parseSettings(argv, environment, yaml);
  return settings.ok ? 'taken' : new SettingsError(settings.problem).message;
}
