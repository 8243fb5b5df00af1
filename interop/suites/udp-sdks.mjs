import assert from 'node:assert/strict';
import { eventually } from '../eventually.mjs';
import { cleanEnv, runCommand } from '../run-command.mjs';
import { prepareGo, prepareJava } from '../sdks/prepare.mjs';
import { startServer } from '../server.mjs';

const STEPS = 150;

/** AWS's X-Ray SDK for Go: what it sends by UDP, read back through the API. */
export async function goSdk({ program, tally, print }) {
  const worker = await prepareGo(print);
  await withTraces({ program, service: 'go-worker', command: [worker, []] }, async ({ read, find }) => {
    await checkCommon({ tally, read, find, service: 'go-worker', sdk: 'X-Ray for Go', runtime: 'gc' });
    await tally.check('a call made with its HTTP client has its steps, and the service that was called', async () => {
      const { segment, inferred } = await read('call');
      const [call] = segment.subsegments;
      assertCall(call, inferred);
      assert.deepEqual(call.subsegments.map(({ name }) => name).toSorted(), ['connect', 'request', 'response']);
    });
    await tally.check('an error is kept at each level that passed it on', async () => {
      const { segment } = await read('error');
      const [outer] = segment.subsegments;
      const [inner] = outer.subsegments;
      for (const one of [segment, outer, inner]) {
        assert.equal(one.fault, true);
        assertException(one.cause.exceptions[0], 'errors.errorString', 'nothing in stock');
      }
    });
    await tally.check('a panic is an exception, with the stack down to its line', async () => {
      const { segment } = await read('panic');
      assertException(segment.subsegments[0].cause.exceptions[0], 'panic', 'out of range');
    });
    await tally.check('a sampled segment names the rule that was fetched', async () => {
      assert.equal((await read('sampled')).segment.aws.xray.sampling_rule_name, 'Default');
    });
  });
}

/** AWS's X-Ray SDK for Java: the same. */
export async function javaSdk({ program, tally, print }) {
  const command = ['java', ['-cp', await prepareJava(print), 'Worker']];
  await withTraces({ program, service: 'java-worker', command }, async ({ read, find }) => {
    await checkCommon({ tally, read, find, service: 'java-worker', sdk: 'X-Ray for Java', runtime: /VM/ });
    await tally.check('a remote call, and the service that was called', async () => {
      const { segment, inferred } = await read('call');
      assertCall(segment.subsegments[0], inferred);
      assert.ok((await find('service("stock")')).includes(segment.trace_id));
    });
    await tally.check('an exception with its cause, referred to by the levels above', async () => {
      const { segment } = await read('error');
      const [outer] = segment.subsegments;
      const [exception, reason] = outer.subsegments[0].cause.exceptions;
      assertException(exception, 'java.lang.IllegalStateException', 'nothing in stock');
      assertException(reason, 'java.lang.ArithmeticException', 'by zero');
      assert.equal(exception.cause, reason.id);
      assert.equal(outer.cause, exception.id);
      assert.equal(segment.fault, undefined);
    });
    await tally.check('the user', async () => assert.equal((await read('fields')).segment.user, 'bo'));
    await tally.check('a sampled segment names the rule that was fetched', async () => {
      assert.equal((await read('sampled')).segment.aws.xray.rule_name, 'Default');
    });
  });
}

async function checkCommon({ tally, read, find, service, sdk, runtime }) {
  await tally.check(`${service}: annotations of every type, and metadata`, async () => {
    const { segment } = await read('fields');
    assert.deepEqual(segment.annotations, { text: 'täxt', number: 2.5, flag: true });
    assert.deepEqual(segment.metadata, { worker: { deep: { list: [1, null, 'a'] } } });
  });
  await tally.check(`${service}: is found by name and annotation`, async () => {
    const { segment } = await read('fields');
    const filter = `service("${service}") AND annotation.text = "täxt" AND annotation.number > 2`;
    assert.deepEqual(await find(filter), [segment.trace_id]);
  });
  await tally.check(`${service}: says which SDK and runtime it is of`, async () => {
    const { aws, service: about } = (await read('fields')).segment;
    assert.equal(aws.xray.sdk, sdk);
    assert.match(aws.xray.sdk_version, /^2\.\d+\.\d+$/);
    assert.match(about.runtime, new RegExp(runtime));
    assert.ok(about.runtime_version);
  });
  await tally.check(`${service}: ${STEPS} subsegments, sent in parts, are under their parent`, async () => {
    const names = (await read('steps')).segment.subsegments.map(({ name }) => name);
    const expected = Array.from({ length: STEPS }, (_, step) => `step ${step}`);
    assert.deepEqual(names.toSorted(), expected.toSorted());
  });
}

/** Runs a program that prints "KIND TRACE_ID" for each trace it has sent, and gives what the server has of them. */
async function withTraces({ program, service, command }, check) {
  const server = await startServer(program);
  try {
    await check(await runWorker({ service, command, server }));
  } finally {
    await server.stop();
  }
}

/** By `daemonAddress`, which need not be the server itself. */
export async function runWorker({ service, command, server, daemonAddress = server.daemonAddress }) {
  const env = cleanEnv({ AWS_XRAY_DAEMON_ADDRESS: daemonAddress });
  const { code, stdout, stderr } = await runCommand(...command, { env });
  if (code !== 0) throw new Error(`${service} ended with ${code}\n${stdout}${stderr}`);
  const ids = new Map([...stdout.matchAll(/^(\w+) (1-[0-9a-f]{8}-[0-9a-f]{24})$/gm)].map(([, kind, id]) => [kind, id]));
  return {
    read: (kind) => eventually(() => readSegment(server.endpoint, ids.get(kind), service)),
    find: (filter) => search(server.endpoint, filter),
  };
}

async function readSegment(endpoint, id, service) {
  assert.ok(id, 'it was not sent');
  const { Traces } = await ask(endpoint, '/Traces', { TraceIds: [id] });
  const documents = Traces[0]?.Segments.map(({ Document }) => JSON.parse(Document)) ?? [];
  const segment = documents.find(({ name }) => name === service);
  assert.ok(segment, `no segment of ${service} in ${id}`);
  return { segment, inferred: documents.find((document) => document.inferred) };
}

async function search(endpoint, FilterExpression) {
  const now = Math.floor(Date.now() / 1_000);
  const range = { StartTime: now - 300, EndTime: now + 60 };
  const { TraceSummaries } = await ask(endpoint, '/TraceSummaries', { ...range, FilterExpression });
  return TraceSummaries.map(({ Id }) => Id);
}

async function ask(endpoint, path, body) {
  const response = await fetch(`${endpoint}${path}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

function assertCall(call, inferred) {
  assert.equal(call.namespace, 'remote');
  assert.equal(call.error, true);
  assert.equal(call.http.request.method, 'GET');
  assert.match(call.http.request.url, /\/lamps$/);
  assert.equal(call.http.response.status, 404);
  assert.deepEqual([inferred.parent_id, inferred.name], [call.id, call.name]);
}

function assertException({ type, message, stack }, expectedType, expectedMessage) {
  assert.deepEqual([type, message], [expectedType, expectedMessage]);
  const frame = stack.find(({ path }) => /(^|\/)(main\.go|Worker\.java)$/.test(path));
  assert.equal(typeof frame?.line, 'number');
}
