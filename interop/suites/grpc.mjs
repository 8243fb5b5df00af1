import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { eventually } from '../eventually.mjs';
import { prepareGrpcJava, prepareGrpcPython } from '../grpc/prepare-grpc.mjs';
import { cleanEnv, runCommand, startProgram } from '../run-command.mjs';
import { startServer } from '../server.mjs';

const FOLDER = fileURLToPath(new URL('../grpc', import.meta.url));
const READY = /^listening (\d+)/m;

/** Services in Node, Java and Python call each other by gRPC: one trace holds them all. */
export async function grpc({ program, tally, print }) {
  const [java, python] = [await prepareGrpcJava(print), await prepareGrpcPython(print)];
  const server = await startServer(program);
  const started = [];
  const env = cleanEnv({ AWS_XRAY_DAEMON_ADDRESS: server.daemonAddress, PYTHONUNBUFFERED: '1' });
  const start = async (command, ...args) => {
    const running = await startProgram(command, args, { ready: READY, env });
    started.push(running);
    return `127.0.0.1:${READY.exec(running.printed())[1]}`;
  };
  try {
    const orders = await start(process.execPath, `${FOLDER}/node/orders.mjs`);
    const prices = await start(python, `${FOLDER}/python/prices.py`, orders);
    const stock = await start('java', '-cp', java, 'Stock', prices);
    const { code, stdout, stderr } = await runCommand(process.execPath, [`${FOLDER}/node/web.mjs`, stock], { env });
    if (code !== 0) throw new Error(`web ended with ${code}\n${stdout}${stderr}`);
    await check({ tally, endpoint: server.endpoint, printed: stdout });
  } finally {
    await Promise.all(started.map((running) => running.stop()));
    await server.stop();
  }
}

async function check({ tally, endpoint, printed }) {
  const calls = new Map(
    [...printed.matchAll(/^(\w+) (1-[0-9a-f]{8}-[0-9a-f]{24}) (.*)$/gm)].map(([, kind, id, outcome]) => [
      kind,
      { id, outcome },
    ]),
  );
  const read = (kind, names) => eventually(() => readTrace(endpoint, calls.get(kind)?.id, names));
  const all = ['web', 'stock', 'prices', 'orders'];

  await tally.check(
    'one trace holds Node, Java, Python and Node again, each under the call that was made to it',
    async () => {
      const found = await read('ask', all);
      assert.equal(calls.get('ask').outcome, 'stock of price of order of lamp');
      for (const [caller, served] of [
        ['web', 'stock'],
        ['stock', 'prices'],
        ['prices', 'orders'],
      ]) {
        const call = found[caller].subsegments.find(({ namespace }) => namespace === 'remote');
        assert.equal(found[served].parent_id, call.id, `${served} under ${caller}`);
        assert.equal(call.http.response.status, 200);
        assert.match(call.http.request.url, new RegExp(`/${served}\\.\\w+/Ask$`));
      }
    },
  );
  await tally.check('what services do themselves is in their segments, also on threads of a pool', async () => {
    const found = await read('ask', all);
    const local = (name) => found[name].subsegments.filter(({ namespace }) => namespace !== 'remote');
    assert.deepEqual(
      ['stock', 'prices', 'orders'].map((name) => local(name).map((one) => one.name)),
      [['count'], ['look up'], ['read']],
    );
    assert.equal(local('stock')[0].annotations.item, 'lamp');
  });
  await tally.check('NOT_FOUND of the last is an error, and no fault, of each that passes it on', async () => {
    const found = await read('gone', all);
    assert.equal(calls.get('gone').outcome, 'no such lamp');
    for (const name of all.slice(1)) {
      assert.deepEqual([found[name].error, found[name].fault ?? false], [true, false], name);
      assert.equal(found[name].http.response.status, 404, name);
    }
    assert.equal(found.orders.cause.exceptions[0].message, 'no such lamp');
    assert.ok(found.orders.cause.exceptions[0].stack.some(({ path }) => path.endsWith('orders.mjs')));
  });
  await tally.check('a stream from Java is one call, which ends with its last answer', async () => {
    const { web, stock } = await read('watch', ['web', 'stock']);
    assert.equal(calls.get('watch').outcome, 'lamp 0, lamp 1, lamp 2');
    const [call] = web.subsegments;
    assert.deepEqual([stock.parent_id, call.metadata.grpc.type], [call.id, 'server_stream']);
  });
  await tally.check('an error of Java is a fault of both sides, with its exception', async () => {
    const { web, stock } = await read('broken', ['web', 'stock']);
    assert.deepEqual([web.subsegments[0].fault, stock.fault], [true, true]);
    assert.equal(stock.cause.exceptions[0].type, 'java.lang.IllegalStateException');
  });
  await tally.check('the map has the row', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const { Services } = await ask(endpoint, '/ServiceGraph', { StartTime: now - 300, EndTime: now + 60 });
    const nameOf = new Map(Services.map(({ ReferenceId, Name }) => [ReferenceId, Name]));
    const edges = Services.flatMap(({ Name, Edges }) => Edges.map((edge) => `${Name} ${nameOf.get(edge.ReferenceId)}`));
    for (const edge of ['web stock', 'stock prices', 'prices orders'])
      assert.ok(edges.includes(edge), `${edge}: ${edges.join()}`);
  });
}

async function readTrace(endpoint, id, names) {
  assert.ok(id, 'it was not sent');
  const { Traces } = await ask(endpoint, '/Traces', { TraceIds: [id] });
  const documents = Traces[0]?.Segments.map(({ Document }) => JSON.parse(Document)) ?? [];
  const found = Object.fromEntries(documents.map((document) => [document.name, document]));
  for (const name of names)
    assert.ok(found[name]?.end_time, `no segment of ${name} in ${id}: ${Object.keys(found).join()}`);
  return found;
}

async function ask(endpoint, path, body) {
  const response = await fetch(`${endpoint}${path}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}
