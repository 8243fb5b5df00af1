import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { simulateTime } from './simulated-time.mjs';

// node fleet.mjs SDK ENDPOINT CLOCK_URL PACKAGES: fleets.json with clients of one SDK, one process for all of them.

const RUN_S = 1_800;
const WITHIN = 0.1;
/** A client's own share is of few samples, in whole traces a second. */
const SHARE_WITHIN = 0.15;
const [sdk, endpoint, clockUrl, packages] = process.argv.slice(2);
const load = createRequire(`${packages}/package.json`);
const fleets = JSON.parse(readFileSync(new URL('fleets.json', import.meta.url), 'utf8'));

const SDKS = {
  opentelemetry: { start: startOpenTelemetry, usesQuotas: true },
  // It takes a quota's end, in seconds, for milliseconds, holds every quota expired and borrows one a second.
  'xray-node': { start: startXRay, usesQuotas: false },
};

const { start, usesQuotas } = SDKS[sdk];
const time = simulateTime(clockUrl);
for (const [index, fleet] of fleets.entries()) {
  if (usesQuotas || fleet.needsQuotas !== true) await run(fleet, `fleet-${index}`);
}
process.exit(0);

async function run(fleet, service) {
  const clients = [];
  for (const client of fleet.clients) {
    await time.work(() => clients.push({ ...client, decide: start(service), sampled: 0, expected: 0 }));
  }
  const startMs = Math.ceil(time.nowMs() / 1_000) * 1_000;
  for (let second = 0; second < RUN_S; second += 1) {
    await time.advanceTo(startMs + second * 1_000);
    const active = clients.filter(({ from = 0, to = RUN_S }) => second >= from && second < to);
    expect(active, fleet);
    for (const client of active) {
      for (let request = 0; request < client.perSecond; request += 1) {
        time.setNow(startMs + (second + request / client.perSecond) * 1_000);
        if (client.decide()) client.sampled += 1;
      }
    }
  }
  time.cancelAll();
  report(fleet, clients);
}

/** What the rule asks for in this second: the reservoir shared by demand, and the rate of the rest. */
function expect(active, { rate, reservoir }) {
  const requests = active.reduce((sum, { perSecond }) => sum + perSecond, 0);
  for (const client of active) {
    const first = Math.min(client.perSecond, (reservoir * client.perSecond) / requests);
    client.expected += first + (client.perSecond - first) * rate;
  }
}

function report({ name }, clients) {
  const sampled = clients.reduce((sum, one) => sum + one.sampled, 0);
  const expected = clients.reduce((sum, one) => sum + one.expected, 0);
  say(`${sdk}, ${name}: half an hour's samples are what the rule asks for`, sampled / expected, WITHIN);
  const worst = clients
    .map((one) => one.sampled / one.expected)
    .toSorted((a, b) => Math.abs(b - 1) - Math.abs(a - 1))[0];
  if (clients.length > 1) say(`${sdk}, ${name}: each client has its share`, worst, SHARE_WITHIN);
}

function say(check, ratio, within) {
  const off = `${((ratio - 1) * 100).toFixed(1)} % off`;
  const isNear = Math.abs(ratio - 1) <= within;
  process.stdout.write(isNear ? `ok ${check} (${off})\n` : `not ok ${check}: ${off}\n`);
}

function startOpenTelemetry(service) {
  const { AWSXRayRemoteSampler } = load('@opentelemetry/sampler-aws-xray');
  const { resourceFromAttributes } = load('@opentelemetry/resources');
  const { ROOT_CONTEXT, SpanKind } = load('@opentelemetry/api');
  const { SamplingDecision } = load('@opentelemetry/sdk-trace');
  const resource = resourceFromAttributes({ 'service.name': service });
  const sampler = new AWSXRayRemoteSampler({ endpoint, resource });
  return () =>
    sampler.shouldSample(ROOT_CONTEXT, newTraceId(), 'GET /', SpanKind.SERVER, {}, []).decision ===
    SamplingDecision.RECORD_AND_SAMPLED;
}

/** The SDK has one sampler a process: each client is a copy of its own of the modules. */
function startXRay(service) {
  for (const file of Object.keys(load.cache)) if (file.includes('aws-xray-sdk-core')) delete load.cache[file];
  const sdkCore = load('aws-xray-sdk-core');
  sdkCore.setDaemonAddress(new URL(endpoint).host);
  const request = () => ({ host: 'shop', httpMethod: 'GET', urlPath: '/', serviceName: service });
  const { sampler } = sdkCore.middleware;
  sampler.shouldSample(request());
  return () => sampler.shouldSample(request()) !== false;
}

function newTraceId() {
  const part = () =>
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return part() + part() + part() + part();
}
