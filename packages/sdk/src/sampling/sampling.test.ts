import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCorpus } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { getDaemonAddress, setDaemonAddress } from '../send/daemon-config.ts';
import { takesManyDocuments } from '../send/jsonl-receiver.ts';
import { openLog } from '../testing/log.ts';
import { createCentralSampler, type CentralSampler } from './central-sampler.ts';
import { postToDaemon } from './daemon-client.ts';
import { readLocalRules } from './local-rules.ts';
import { createLocalSampler } from './local-sampler.ts';
import { readSamplingRules, readSamplingTargets } from './service-replies.ts';
import { wildcardMatch } from './wildcard.ts';

const START_MS = 1_727_004_672_000;

/** What was reported, without the fetching of rules. */
const reportsOf = ({ calls }: Service): readonly Record<string, unknown>[] =>
  calls.filter(({ path }) => path === '/SamplingTargets').map(({ body }) => body);

/** A clock that stands still and dice that always show the same. */
function world(random = 0.99): { nowMs: () => number; random: () => number; at: number } {
  const made = { at: START_MS, nowMs: () => made.at, random: () => random };
  return made;
}

const count = (times: number, decide: () => unknown): number =>
  Array.from({ length: times }, decide).filter((decision) => decision !== false).length;

/** The same lines that the server's matching is held against: both must choose the same rule. */
test.each([
  ...readCorpus('sampling/wildcards-match').map((line): [string, boolean] => [line, true]),
  ...readCorpus('sampling/wildcards-miss').map((line): [string, boolean] => [line, false]),
])('%s: %s', (line, matches) => {
  const [pattern, text] = line.split(' ').map((part) => (part === '""' ? '' : part));
  expect(wildcardMatch(pattern, text)).toBe(matches);
});

test('what is missing matches nothing', () => {
  expect([wildcardMatch(undefined, 'a'), wildcardMatch('a', undefined)]).toEqual([false, false]);
});

test('a hostile pattern takes no longer than its length times the text', () => {
  expect(wildcardMatch('*a'.repeat(500) + 'b', 'a'.repeat(5_000))).toBe(false);
});

const SHARE = { fixed_target: 1, rate: 0.5 };
const RULE = { host: '*', http_method: '*', url_path: '*', ...SHARE };

test.each<[string, unknown]>([
  ['Missing "version"', { default: SHARE }],
  ['Missing "version"', null],
  ['Unknown version "3"', { version: 3, default: SHARE }],
  ['Expecting "default"', { version: 2 }],
  ['Invalid attribute for default: x', { version: 2, default: { ...SHARE, x: 1 } }],
  ['default attribute "rate"', { version: 2, default: { fixed_target: 1 } }],
  ['default attribute "fixed_target"', { version: 2, default: { fixed_target: 1.5, rate: 0 } }],
  ['default attribute "fixed_target"', { version: 2, default: { fixed_target: -1, rate: 0 } }],
  ['rules[0] attribute "rate"', { version: 2, default: SHARE, rules: [{ ...RULE, rate: 2 }] }],
  [
    'rules[0] has invalid attribute: service_name',
    { version: 2, default: SHARE, rules: [{ ...RULE, service_name: '*' }] },
  ],
  [
    'rules[0] is missing required attributes: host',
    { version: 2, default: SHARE, rules: [{ ...RULE, host: undefined }] },
  ],
  ['rules[1] attribute "url_path"', { version: 2, default: SHARE, rules: [RULE, { ...RULE, url_path: '' }] }],
  ['rules[0] is no object', { version: 2, default: SHARE, rules: ['x'] }],
])('local rules are refused: %s', (problem, config) => {
  expect(() => readLocalRules(config)).toThrow(problem);
});

test('version 1 has service names where version 2 has hosts', () => {
  const { host, ...rest } = RULE;
  const rules = readLocalRules({
    version: 1,
    default: SHARE,
    rules: [{ ...rest, service_name: host, description: 'all' }],
  });
  expect(rules).toEqual(readLocalRules({ version: 2, default: SHARE, rules: [RULE] }));
});

test('without rules one a second is sampled, then five in a hundred', () => {
  const chance = world(0.05);
  const sampler = createLocalSampler(chance);
  expect(count(10, () => sampler.shouldSample({}))).toBe(1);
  chance.at += 1000;
  expect(count(10, () => sampler.shouldSample({}))).toBe(1);
  expect(count(10, () => createLocalSampler(world(0.049)).shouldSample({}))).toBe(10);
});

test('the first rule that a request matches decides', () => {
  const sampler = createLocalSampler(world());
  const health = { ...RULE, url_path: '/health', fixed_target: 0, rate: 0 };
  sampler.setLocalRules({
    version: 2,
    default: { fixed_target: 5, rate: 0 },
    rules: [health, { ...RULE, host: 'a.*', http_method: 'POST' }],
  });
  expect(count(9, () => sampler.shouldSample({ host: 'a.b', httpMethod: 'GET', urlPath: '/health' }))).toBe(0);
  expect(count(9, () => sampler.shouldSample({ host: 'a.b', httpMethod: 'POST', urlPath: '/x' }))).toBe(1);
  expect(count(9, () => sampler.shouldSample({ host: 'b.b', httpMethod: 'POST', urlPath: '/x' }))).toBe(5);
});

test('rules come from a file too, and a broken one changes nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-'));
  try {
    const [good, broken] = [join(folder, 'good.json'), join(folder, 'broken.json')];
    writeFileSync(good, JSON.stringify({ version: 2, default: { fixed_target: 3, rate: 0 } }));
    writeFileSync(broken, '{');
    const sampler = createLocalSampler(world());
    sampler.setLocalRules(good);
    expect(() => sampler.setLocalRules(broken)).toThrow(SyntaxError);
    expect(() => sampler.setLocalRules(join(folder, 'none.json'))).toThrow('ENOENT');
    expect(count(9, () => sampler.shouldSample({}))).toBe(3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** As the service sends them. */
function record(name: string, rule: object = {}): object {
  const patterns = { ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*', ResourceARN: '*' };
  const numbers = { Priority: name === 'Default' ? 10_000 : 1000, FixedRate: 0, ReservoirSize: 1, Version: 1 };
  return {
    SamplingRule: { RuleName: name, ...patterns, ...numbers, Attributes: {}, ...rule },
    CreatedAt: 0,
    ModifiedAt: 0,
  };
}

test('rules are tried by priority, then by name; those for others are left out', () => {
  const rules = readSamplingRules({
    SamplingRuleRecords: [
      record('Default'),
      record('b', { Priority: 2 }),
      record('a', { Priority: 2 }),
      record('c', { Priority: 1 }),
      record('version', { Version: 2 }),
      record('arn', { ResourceARN: 'arn:x' }),
      record('attributes', { Attributes: { a: 'b' } }),
      record('rate', { FixedRate: 'x' }),
      record(''),
      { SamplingRule: null },
      7,
    ],
  });
  expect(rules?.map(({ name }) => name)).toEqual(['c', 'a', 'b', 'Default']);
});

test.each([null, [], 'x', {}, { SamplingRuleRecords: {} }])('no rules: %j', (body) => {
  expect(readSamplingRules(body)).toBeUndefined();
});

test('of targets, numbers that make no sense are not taken', () => {
  const body = {
    SamplingTargetDocuments: [{ RuleName: 'r', FixedRate: 2, ReservoirQuota: -1, Interval: '10' }, 7, {}],
  };
  const nothing = { fixedRate: undefined, quota: undefined, quotaUntil: undefined, interval: undefined };
  expect(readSamplingTargets(body)).toEqual({
    targets: [{ ruleName: 'r', ...nothing }],
    lastRuleModification: undefined,
  });
  expect(readSamplingTargets(null)).toBeUndefined();
});

interface Service {
  readonly sampler: CentralSampler;
  readonly chance: ReturnType<typeof world>;
  readonly calls: { path: string; body: Record<string, unknown> }[];
  readonly tasks: { delayMs: number; task: () => void }[];
  answers: Record<string, unknown>;
}

function service(rules: readonly object[], random = 0.99): Service {
  const chance = world(random);
  const local = createLocalSampler(chance);
  local.setLocalRules({ version: 2, default: { fixed_target: 0, rate: 0 } });
  const made: Omit<Service, 'sampler'> = {
    chance,
    calls: [],
    tasks: [],
    answers: {
      '/GetSamplingRules': { SamplingRuleRecords: rules },
      '/SamplingTargets': { SamplingTargetDocuments: [] },
    },
  };
  const sampler = createCentralSampler({
    post: async (path, body) => {
      made.calls.push({ path, body: body as Record<string, unknown> });
      const answer = made.answers[path];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    local,
    chance,
    later: (delayMs, task) => made.tasks.push({ delayMs, task }),
  });
  return Object.assign(made, { sampler });
}

test('a rule without a quota lends one a second, and gives its name', async () => {
  const { sampler, chance } = service([
    record('carts', { URLPath: '/cart*' }),
    record('Default', { ReservoirSize: 0 }),
  ]);
  await sampler.fetchRules();
  expect([sampler.shouldSample({ urlPath: '/cart/1' }), sampler.shouldSample({ urlPath: '/cart/1' })]).toEqual([
    'carts',
    false,
  ]);
  chance.at += 1000;
  expect(count(5, () => sampler.shouldSample({ urlPath: '/cart/1' }))).toBe(1);
  expect(count(5, () => sampler.shouldSample({ urlPath: '/else' }))).toBe(0);
});

test('a quota holds for as many seconds as it says, on a clock of seconds', async () => {
  const made = service([record('Default')]);
  const { sampler, chance } = made;
  await sampler.fetchRules();
  sampler.shouldSample({});
  made.answers['/SamplingTargets'] = {
    SamplingTargetDocuments: [
      { RuleName: 'Default', ReservoirQuota: 50, ReservoirQuotaTTL: START_MS / 1000 + 20, Interval: 10 },
    ],
  };
  chance.at += 10_000;
  await sampler.report();
  expect(count(100, () => sampler.shouldSample({}))).toBe(50);
  chance.at += 9_000;
  expect(count(100, () => sampler.shouldSample({}))).toBe(50);
  chance.at += 1_000;
  expect(count(100, () => sampler.shouldSample({}))).toBe(1);
});

test('a quota of nothing takes nothing, and the rate goes on', async () => {
  const made = service([record('Default')], 0.3);
  await made.sampler.fetchRules();
  made.sampler.shouldSample({});
  made.answers['/SamplingTargets'] = {
    SamplingTargetDocuments: [
      { RuleName: 'Default', FixedRate: 0.2, ReservoirQuota: 0, ReservoirQuotaTTL: START_MS / 1000 + 99 },
    ],
  };
  made.chance.at += 10_000;
  await made.sampler.report();
  expect(count(9, () => made.sampler.shouldSample({}))).toBe(0);
});

test('what is reported was counted since the last report; borrowed ones stand apart', async () => {
  const made = service([record('used', { HTTPMethod: 'GET' }), record('Default')]);
  const { sampler, chance } = made;
  await sampler.fetchRules();
  for (let at = 0; at < 5; at += 1) sampler.shouldSample({ httpMethod: 'GET' });
  await sampler.report();
  expect(reportsOf(made)).toEqual([]);
  chance.at += 10_000;
  await sampler.report();
  expect(reportsOf(made)).toEqual([
    {
      SamplingStatisticsDocuments: [
        {
          RuleName: 'used',
          ClientID: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
          RequestCount: 5,
          BorrowCount: 1,
          SampledCount: 0,
          Timestamp: START_MS / 1000 + 10,
        },
      ],
    },
  ]);
  chance.at += 10_000;
  await sampler.report();
  expect(reportsOf(made).length).toBe(1);
});

test('a report that does not arrive is part of the next', async () => {
  using log = openLog();
  const made = service([record('Default')]);
  await made.sampler.fetchRules();
  made.sampler.shouldSample({});
  made.answers['/SamplingTargets'] = new Error('away');
  made.chance.at += 10_000;
  await made.sampler.report();
  made.sampler.shouldSample({});
  made.chance.at += 10_000;
  await made.sampler.report();
  expect(made.calls.at(-1)?.body).toMatchObject({ SamplingStatisticsDocuments: [{ RequestCount: 2, BorrowCount: 2 }] });
  expect(log.warnings.length).toBe(2);
});

test('an interval is kept, and changed rules are fetched at once', async () => {
  const made = service([record('Default')]);
  const { sampler, chance, calls } = made;
  sampler.shouldSample({});
  await sampler.fetchRules();
  made.answers['/SamplingTargets'] = {
    LastRuleModification: START_MS / 1000 + 5,
    SamplingTargetDocuments: [{ RuleName: 'Default', Interval: 60 }],
  };
  sampler.shouldSample({});
  chance.at += 10_000;
  await sampler.report();
  expect(calls.map(({ path }) => path)).toEqual([
    '/GetSamplingRules',
    '/GetSamplingRules',
    '/SamplingTargets',
    '/GetSamplingRules',
  ]);
  sampler.shouldSample({});
  chance.at += 50_000;
  await sampler.report();
  expect(calls.length).toBe(4);
  chance.at += 10_000;
  await sampler.report();
  expect(calls.length).toBe(5);
});

test('counts and quotas outlive a new fetch of the rules', async () => {
  const made = service([record('Default')]);
  await made.sampler.fetchRules();
  made.sampler.shouldSample({});
  await made.sampler.fetchRules();
  made.chance.at += 10_000;
  await made.sampler.report();
  expect(made.calls.at(-1)?.body).toMatchObject({ SamplingStatisticsDocuments: [{ RequestCount: 1 }] });
});

test('without rules, and with rules older than an hour, the local ones decide', async () => {
  using log = openLog();
  const made = service([record('Default')]);
  made.answers['/GetSamplingRules'] = { message: 'Forbidden' };
  await made.sampler.fetchRules();
  expect([made.sampler.shouldSample({}), log.warnings.length]).toEqual([false, 1]);
  made.answers['/GetSamplingRules'] = { SamplingRuleRecords: [record('Default')] };
  await made.sampler.fetchRules();
  expect(made.sampler.shouldSample({})).toBe('Default');
  made.chance.at += 3_600_001;
  expect(made.sampler.shouldSample({})).toBe(false);
});

test('polling begins with the first decision and goes on, a little out of step', async () => {
  const { sampler, calls, tasks } = service([record('Default')], 0.5);
  expect(calls.length).toBe(0);
  sampler.shouldSample({});
  sampler.shouldSample({});
  expect([calls.map(({ path }) => path), tasks.map(({ delayMs }) => delayMs)]).toEqual([
    ['/GetSamplingRules'],
    [305_000, 10_500],
  ]);
  tasks[0]?.task();
  await new Promise((resolve) => setImmediate(resolve));
  expect([calls.length, tasks.length]).toEqual([2, 3]);
});

test('a request that its caller has decided on begins the polling, and a daemon that is to be heard of is asked', async () => {
  const chance = world();
  const asked: string[] = [];
  let wanted = false;
  const sampler = createCentralSampler({
    post: async (path, body) => (asked.push(`${path} ${JSON.stringify(body)}`), { SamplingRuleRecords: [] }),
    local: createLocalSampler(chance),
    chance,
    later: () => {},
    keepsAsking: () => wanted,
  });
  sampler.begin?.();
  sampler.begin?.();
  await sampler.report();
  expect(asked).toEqual(['/GetSamplingRules {}']);
  wanted = true;
  await sampler.report();
  expect(asked.slice(1)).toEqual(['/SamplingTargets {"SamplingStatisticsDocuments":[]}']);
});

test.each<[string, number, string | undefined, boolean]>([
  ['with the port', 200, 'own', true],
  ['with another port', 200, '1', false],
  ['without it', 200, undefined, false],
  ['with the port and a failure of what is behind it', 502, 'own', true],
])('the daemon answers %s', async (_, status, told, believed) => {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    if (told !== undefined) response.setHeader('x-fluoroscope-jsonl-port', told === 'own' ? port : told);
    response.statusCode = status;
    request.resume().on('end', () => response.end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  setDaemonAddress(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  await postToDaemon('/SamplingTargets', {}).catch(() => {});
  expect(takesManyDocuments(getDaemonAddress())).toBe(believed);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await postToDaemon('/SamplingTargets', {}).catch(() => {});
  expect(takesManyDocuments(getDaemonAddress())).toBe(false);
});

test('no more than 25 rules are reported at once', async () => {
  const rules = Array.from({ length: 30 }, (_, at) => record(`r${at}`, { URLPath: `/${at}` }));
  const made = service(rules);
  const { sampler, chance } = made;
  await sampler.fetchRules();
  for (let at = 0; at < 30; at += 1) sampler.shouldSample({ urlPath: `/${at}` });
  chance.at += 10_000;
  await sampler.report();
  const sizes = reportsOf(made).map((body) => (body['SamplingStatisticsDocuments'] as unknown[]).length);
  expect(sizes).toEqual([25, 5]);
});

test.each<[string, string, RegExp]>([
  ['/ok', '{"a":"ü"}', /^$/],
  ['/status', '{}', /status 403/],
  ['/json', 'x', /no JSON/],
  ['/endless', '', /larger than/],
])('the daemon answers %s', async (path, answer, problem) => {
  const server = createServer((request, response) => {
    if (path === '/status') response.statusCode = 403;
    if (path === '/endless') {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    } else request.on('data', (body) => response.end(path === '/ok' ? String(body) : answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  setDaemonAddress(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  const answered = await postToDaemon(path, { a: 'ü' }).catch((error: Error) => error.message);
  if (path === '/ok') expect(answered).toEqual({ a: 'ü' });
  else expect(answered).toMatch(problem);
  server.closeAllConnections();
  server.close();
});
