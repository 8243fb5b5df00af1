import { expect, onTestFinished, test } from 'vitest';
import type { PostAnswer } from '../../exporters/http-post.ts';
import { countEvents, createSink, idOf, parcel, parcels, segment, traceIdOf } from '../../testing/parcels.ts';
import { openXrayRules, type XrayRules } from './xray-rules.ts';
import { createXraySampler, requestOf } from './xray-sampler.ts';

const RULE = {
  RuleName: 'Default',
  Priority: 10_000,
  FixedRate: 0,
  ReservoirSize: 0,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Attributes: {},
};
const CART = { ...RULE, RuleName: 'cart', Priority: 1, FixedRate: 1, URLPath: '/cart/*' };

/** An endpoint with these rules and targets. */
function endpointOf(first: readonly object[], targets: readonly object[] = [], more: object = {}) {
  const asked: { path: string; body: unknown }[] = [];
  const world = { rules: first, targets, more, isAway: false, nowMs: 1_700_000_000_000 };
  const call = async (path: string, body: string): Promise<PostAnswer> => {
    asked.push({ path, body: JSON.parse(body) });
    if (world.isAway) throw new Error('ECONNREFUSED');
    const answer =
      path === '/GetSamplingRules'
        ? { SamplingRuleRecords: world.rules.map((SamplingRule) => ({ SamplingRule })), ...world.more }
        : { SamplingTargetDocuments: world.targets, LastRuleModification: 0, ...world.more };
    return { status: 200, headers: new Headers(), body: Buffer.from(JSON.stringify(answer)) };
  };
  const troubles: string[] = [];
  const open = (): XrayRules => {
    const rules = openXrayRules({
      call,
      timeoutMs: 1_000,
      rulesEveryMs: 3_600_000,
      nowMs: () => world.nowMs,
      troubled: (error) => troubles.push(String(error)),
    });
    onTestFinished(() => rules[Symbol.asyncDispose]());
    return rules;
  };
  const reports = (): readonly unknown[] =>
    asked.filter(({ path }) => path === '/SamplingTargets').map(({ body }) => body);
  return { world, open, troubles, reports };
}

const idsOf = (count: number) => parcels(count).map(({ document }) => document.trace_id);
const sampledOf = (rules: XrayRules, count: number): number =>
  idsOf(count).filter((id) => rules.decide(id, {}).isSampled).length;

test('the first rule in order that matches decides', async () => {
  const { open } = endpointOf([RULE, CART]);
  const rules = open();
  await rules.fetchRules();
  const [id] = idsOf(1);
  if (id === undefined) throw new Error('no id');
  expect(rules.decide(id, { path: '/cart/7' })).toEqual({ isSampled: true, by: 'cart' });
  expect(rules.decide(id, { path: '/' })).toEqual({ isSampled: false, by: 'Default' });
});

test('a rate takes its share, and every collector the same traces', async () => {
  const { open } = endpointOf([{ ...RULE, FixedRate: 0.25 }]);
  const [one, other] = [open(), open()];
  await Promise.all([one.fetchRules(), other.fetchRules()]);
  const taken = idsOf(2_000).filter((id) => one.decide(id, {}).isSampled);
  expect(taken.length).toBeGreaterThan(400);
  expect(taken.length).toBeLessThan(600);
  expect(idsOf(2_000).filter((id) => other.decide(id, {}).isSampled)).toEqual(taken);
});

test('one trace a second is borrowed until there is a quota, which then holds for its time', async () => {
  const { world, open } = endpointOf([{ ...RULE, ReservoirSize: 50 }]);
  const rules = open();
  await rules.fetchRules();
  expect(sampledOf(rules, 10)).toBe(1);
  world.nowMs += 1_000;
  expect(sampledOf(rules, 10)).toBe(1);
  world.targets = [{ RuleName: 'Default', ReservoirQuota: 5, ReservoirQuotaTTL: world.nowMs / 1e3 + 20, FixedRate: 0 }];
  world.nowMs += 10_000;
  await rules.report();
  expect(sampledOf(rules, 10)).toBe(5);
  world.nowMs += 10_000;
  expect(sampledOf(rules, 10)).toBe(1);
});

test('what was counted is reported once its interval is over, and again when it did not arrive', async () => {
  const { world, open, reports, troubles } = endpointOf([{ ...RULE, ReservoirSize: 1 }], []);
  const rules = open();
  await rules.fetchRules();
  sampledOf(rules, 10);
  await rules.report();
  expect(reports()).toEqual([]);
  world.nowMs += 10_000;
  world.isAway = true;
  await rules.report();
  world.isAway = false;
  world.nowMs += 10_000;
  await rules.report();
  const counts = { RuleName: 'Default', RequestCount: 10, SampledCount: 0, BorrowCount: 1 };
  expect(reports()).toMatchObject([
    { SamplingStatisticsDocuments: [counts] },
    { SamplingStatisticsDocuments: [counts] },
  ]);
  expect(troubles).toEqual(['Error: ECONNREFUSED']);
});

test('what was counted is reported at the end', async () => {
  const { open, reports } = endpointOf([RULE]);
  const rules = open();
  await rules.fetchRules();
  sampledOf(rules, 3);
  await rules[Symbol.asyncDispose]();
  expect(reports()).toMatchObject([{ SamplingStatisticsDocuments: [{ RequestCount: 3 }] }]);
});

test('without rules, and with old ones: one a second and a twentieth, reported to nobody', async () => {
  const { world, open, troubles } = endpointOf([{ ...RULE, FixedRate: 1 }]);
  world.isAway = true;
  const rules = open();
  await rules.fetchRules();
  expect(sampledOf(rules, 1_000)).toBeLessThan(100);
  expect(troubles.length).toBeGreaterThan(0);
  world.isAway = false;
  await rules.fetchRules();
  expect(sampledOf(rules, 10)).toBe(10);
  world.nowMs += 3_600_001;
  expect(sampledOf(rules, 1_000)).toBeLessThan(100);
});

test('rules that changed are fetched when a report says so', async () => {
  const { world, open } = endpointOf([RULE]);
  const rules = open();
  await rules.fetchRules();
  sampledOf(rules, 1);
  world.rules = [{ ...RULE, FixedRate: 1 }];
  world.nowMs += 10_000;
  world.more = { LastRuleModification: world.nowMs / 1e3 };
  await rules.report();
  expect(sampledOf(rules, 10)).toBe(10);
});

test.each([
  ['no object', 'x'],
  ['rules that lack something', [{ RuleName: 'a' }, null]],
  ['rules of another version', [{ SamplingRule: { ...RULE, Version: 2 } }]],
])('an answer with %s decides nothing', async (_name, found) => {
  const { open } = endpointOf([], [], { SamplingRuleRecords: found });
  const rules = open();
  await rules.fetchRules();
  const [id] = idsOf(1);
  expect(id === undefined ? null : rules.decide(id, {}).by).toBe(null);
});

test.each([
  [
    { http: { request: { method: 'GET', url: 'https://a.example:8080/b/c?d=e' } } },
    { method: 'GET', host: 'a.example:8080', path: '/b/c' },
  ],
  [{ http: { request: { url: '/b?c' } } }, { path: '/b' }],
  [{ http: { request: { url: 'b' } } }, {}],
  [
    { origin: 'AWS::EC2::Instance', resource_arn: 'arn' },
    { serviceType: 'AWS::EC2::Instance', resourceArn: 'arn' },
  ],
  [{ annotations: { a: 1, b: 'x' } }, { attributes: { a: '1', b: 'x' } }],
])('%j is sampled as %j', (change, expected) => {
  expect(requestOf(segment(change))).toEqual({ serviceName: 'shop', attributes: {}, ...expected });
});

const child = (change: object = {}) => parcel({ id: idOf(7), parent_id: idOf(8), name: 'inner', ...change });

async function samplerOf(rules: readonly object[]) {
  const { open } = endpointOf(rules);
  const opened = open();
  await opened.fetchRules();
  const sink = createSink();
  const { counts, ...events } = countEvents();
  const decided: (string | null)[] = [];
  const clock = { ms: 0 };
  const sampler = createXraySampler(
    sink,
    { rules: opened, decisionWaitMs: 20, tracesMax: 2, bytesMax: 1e6, sampledMax: 10, notSampledMax: 10 },
    { ...events, decided: (by) => decided.push(by), decidedEarly: () => decided.push('early') },
    () => clock.ms,
  );
  onTestFinished(() => sampler[Symbol.asyncDispose]());
  return { sampler, sink, counts, decided, clock };
}

const SHOP = { ...CART, RuleName: 'shop', URLPath: '*', ServiceName: 'shop' };

test('documents wait for the root, which decides for all, and later ones follow', async () => {
  const { sampler, sink, decided } = await samplerOf([RULE, SHOP]);
  await sampler.consume([child()]);
  expect(sink.calls).toEqual([]);
  await sampler.consume([parcel()]);
  await sampler.consume([child({ id: idOf(9) })]);
  await expect.poll(() => sink.documents().length).toBe(3);
  expect(decided).toEqual(['shop']);
});

test('a trace that is not sampled goes, whole', async () => {
  const { sampler, sink, counts, decided } = await samplerOf([RULE]);
  await sampler.consume([child(), parcel(), child({ id: idOf(9) })]);
  expect([sink.calls, counts, decided]).toEqual([[], { filtered: 3 }, ['Default']]);
});

test('without a root what began first decides after a while', async () => {
  const { sampler, sink, decided, clock } = await samplerOf([RULE, { ...SHOP, ServiceName: 'first' }]);
  await sampler.consume([child({ start_time: 5 }), child({ id: idOf(9), name: 'first', start_time: 4 })]);
  clock.ms = 20;
  await expect.poll(() => sink.documents().length).toBe(2);
  expect(decided).toEqual(['shop']);
});

test('too many traces without a root: the oldest is decided on', async () => {
  const { sampler, decided } = await samplerOf([RULE]);
  await sampler.consume([0, 1, 2].map((at) => child({ trace_id: traceIdOf(at) })));
  expect(decided).toEqual(['early', 'Default']);
});
