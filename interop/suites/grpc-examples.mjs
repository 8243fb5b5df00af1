import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { eventually } from '../eventually.mjs';
import { prepareConnect, prepareNestJs } from '../grpc/prepare-grpc.mjs';
import { cleanEnv, runCommand } from '../run-command.mjs';
import { startServer } from '../server.mjs';

const PLAIN = fileURLToPath(new URL('../../examples/grpc', import.meta.url));

/** The examples of gRPC as a reader runs them: what they print, and the traces they leave. */
export async function grpcExamples({ program, tally, print }) {
  const server = await startServer(program);
  try {
    const check = (name, prepare) =>
      tally.check(`examples/${name}: both sides of each call are in one trace`, async () => {
        await checkExample(await prepare(), server);
      });
    await check('grpc', () => PLAIN);
    await check('connect', () => prepareConnect(print));
    await check('nestjs-grpc', () => prepareNestJs(print));
  } finally {
    await server.stop();
  }
}

async function checkExample(folder, server) {
  const env = cleanEnv({ AWS_XRAY_DAEMON_ADDRESS: server.daemonAddress });
  const { code, stdout, stderr } = await runCommand(process.execPath, [`${folder}/main.mjs`], { env });
  assert.equal(code, 0, stdout + stderr);
  const lines = [...stdout.matchAll(/^(\w+) (1-[0-9a-f]{8}-[0-9a-f]{24}) (.*)$/gm)];
  assert.deepEqual(
    lines.map(([, call, , answer]) => [call, answer]),
    [
      ['ask', '3 × lamp'],
      ['gone', 'no such item: sofa'],
      ['watch', '3 × lamp, 0 × chair'],
    ],
  );
  for (const [, call, id] of lines) {
    const { shop, stock } = await eventually(() => readBoth(server.endpoint, id));
    const [outgoing] = shop.subsegments;
    assert.equal(stock.parent_id, outgoing.id, call);
    const status = call === 'gone' ? 404 : 200;
    assert.deepEqual([outgoing.http.response.status, stock.http.response.status], [status, status], call);
    if (call === 'ask') assert.equal(stock.subsegments[0].annotations.item, 'lamp');
  }
}

async function readBoth(endpoint, id) {
  const response = await fetch(`${endpoint}/Traces`, { method: 'POST', body: JSON.stringify({ TraceIds: [id] }) });
  assert.equal(response.status, 200);
  const { Traces } = await response.json();
  const documents = Traces[0]?.Segments.map(({ Document }) => JSON.parse(Document)) ?? [];
  const [shop, stock] = ['shop', 'stock'].map((name) => documents.find((each) => each.name === name && !each.inferred));
  assert.ok(shop && stock, `${id} has ${documents.map(({ name }) => name).join()}`);
  return { shop, stock };
}
