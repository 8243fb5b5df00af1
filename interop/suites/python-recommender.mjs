import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { BatchGetTracesCommand, GetServiceGraphCommand, XRayClient } from '@aws-sdk/client-xray';
import { eventually } from '../eventually.mjs';
import { cleanEnv, startProgram } from '../run-command.mjs';

const RECOMMENDER = fileURLToPath(new URL('../python/recommender.py', import.meta.url));
const SHOP = fileURLToPath(new URL('../../examples/shop/src/main.js', import.meta.url));

/** The example shop with its recommender in Python: Flask, requests and AWS's X-Ray SDK for Python. */
export async function pythonRecommender({ server, python, tally }) {
  const env = cleanEnv({ AWS_XRAY_DAEMON_ADDRESS: server.daemonAddress, PYTHONUNBUFFERED: '1' });
  const recommender = await startProgram(python.python, [RECOMMENDER], { env, ready: /^listening on .*$/m });
  try {
    const url = addressIn(recommender.printed(), 'listening on');
    const flags = ['--recommender-url', url, '--rate', '15'];
    const shop = await startProgram(process.execPath, [SHOP, ...flags], { env, ready: /^ready/m });
    try {
      recommender.send(addressIn(shop.printed(), 'catalog listening on'));
      const frontendUrl = addressIn(shop.printed(), 'frontend listening on');
      await checkTraces({ server, tally, recommenderUrl: url, frontendUrl });
    } finally {
      await shop.stop();
    }
  } finally {
    await recommender.stop();
  }
}

async function checkTraces({ server, tally, recommenderUrl, frontendUrl }) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const credentials = { accessKeyId: 'interop', secretAccessKey: 'interop' };
  const client = new XRayClient({ endpoint: server.endpoint, region: 'eu-central-1', credentials });

  await tally.check('the service graph has frontend → recommender → catalog', async () => {
    await eventually(async () => {
      const range = { StartTime: new Date(Date.now() - 300_000), EndTime: new Date(Date.now() + 60_000) };
      const { Services } = await client.send(new GetServiceGraphCommand(range));
      assert.ok(edge(Services, 'frontend', 'recommender').SummaryStatistics.OkCount > 0);
      assert.ok(edge(Services, 'recommender', 'catalog').SummaryStatistics.OkCount > 0);
    });
  });

  const page = await readTrace(client, `${frontendUrl}/products/lamp-desk`, ['frontend', 'recommender']);
  await tally.check('its segment says which SDK, runtime and version it is of', () => {
    const { aws, service, http } = page.recommender;
    assert.equal(aws.xray.sdk, 'X-Ray for Python');
    assert.match(aws.xray.sdk_version, /^2\.\d+\.\d+$/);
    assert.equal(service.runtime, 'CPython');
    assert.match(service.runtime_version, /^3\./);
    assert.equal(http.response.status, 200);
    assert.equal(http.request.method, 'GET');
  });
  await tally.check('it hangs under the call of the Node service', () => {
    const calls = page.frontend.subsegments.filter(({ id }) => id === page.recommender.parent_id);
    assert.equal(calls.length, 1);
    assert.equal(calls[0].namespace, 'remote');
  });
  await tally.check('annotations and metadata are kept', () => {
    assert.equal(typeof page.recommender.annotations.model_loaded, 'boolean');
    assert.equal(page.recommender.annotations.category, 'lighting');
    const rank = subsegment(page.recommender, 'rank products');
    assert.ok(Array.isArray(rank.metadata.recommender.ranked));
  });
  await tally.check('the call made with requests is a remote call with its answer', () => {
    const call = page.recommender.subsegments.find(({ namespace }) => namespace === 'remote');
    assert.equal(call.http.response.status, 200);
    assert.match(call.http.request.url, /\/products$/);
  });

  const failed = await readTrace(client, `${recommenderUrl}/recommendations/nothing`, ['recommender']);
  await tally.check('an exception is kept with its stack, and with the id the outer segment refers to', () => {
    const { recommender } = failed;
    assert.equal(recommender.fault, true);
    const rank = subsegment(recommender, 'rank products');
    const [exception] = rank.cause.exceptions;
    assert.equal(exception.type, 'ValueError');
    assert.equal(exception.message, 'nothing to rank in nothing');
    const frame = exception.stack.find(({ label }) => label === 'recommendations');
    assert.equal(frame?.path, 'recommender.py');
    assert.equal(typeof frame.line, 'number');
    assert.ok(recommender.cause === exception.id || recommender.cause.exceptions.length > 0);
  });
}

/** Makes a sampled request and gives its segments by name, once these have come. */
async function readTrace(client, url, names) {
  const id = `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  const response = await fetch(url, { headers: { 'x-amzn-trace-id': `Root=${id};Sampled=1` } });
  await response.text();
  return eventually(async () => {
    const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [id] }));
    const segments = Traces[0]?.Segments.map(({ Document }) => JSON.parse(Document)) ?? [];
    const byName = Object.fromEntries(segments.filter(({ inferred }) => !inferred).map((one) => [one.name, one]));
    for (const name of names) assert.ok(byName[name]?.end_time, `no segment of ${name} for ${url}`);
    return byName;
  });
}

function edge(services, from, to) {
  const find = (name) => services.find(({ Name, Type }) => Name === name && Type !== 'client');
  const found = find(from)?.Edges.find(({ ReferenceId }) => ReferenceId === find(to)?.ReferenceId);
  assert.ok(found, `no edge from ${from} to ${to}`);
  return found;
}

function subsegment(segment, name) {
  const found = segment.subsegments?.find((one) => one.name === name);
  assert.ok(found, `${segment.name} has no subsegment ${name}`);
  return found;
}

function addressIn(printed, words) {
  const [, url] = new RegExp(`^${words} (\\S+)$`, 'm').exec(printed) ?? [];
  assert.ok(url, `no "${words}" in:\n${printed}`);
  return url;
}
