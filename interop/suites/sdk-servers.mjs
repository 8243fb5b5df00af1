import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { eventually } from '../eventually.mjs';
import { startBroker } from '../kafka/broker.mjs';
import { prepareKafka } from '../kafka/prepare-kafka.mjs';
import { cleanEnv, runCommand } from '../run-command.mjs';
import { prepareNodeClients } from '../sdks/prepare.mjs';
import { prepareServers } from '../sdk-servers/prepare.mjs';
import { startMariaDb, startPostgres, startRabbitMq, startRedis } from '../sdk-servers/servers.mjs';
import { startServer } from '../server.mjs';

const WORKER = fileURLToPath(new URL('../sdk-servers/worker/main.mjs', import.meta.url));
const SHOP = 'shop';
const STOCK = 'stock';

/** What the Node SDK records of databases and brokers, with their real clients and servers. */
export async function sdkServers({ program, tally, print }) {
  const clients = await prepareNodeClients(print);
  await prepareServers(print);
  const classPath = await prepareKafka(print);
  const server = await startServer(program);
  const suite = { server, clients, tally };
  try {
    await withServer('postgres', startPostgres, suite, postgres);
    await withServer('mariadb', startMariaDb, suite, mysql, 'mysql');
    await withServer('redis', startRedis, suite, redis);
    await withServer('rabbitmq', startRabbitMq, suite, rabbitMq);
    await withServer('kafka', () => startKafka(classPath), suite, kafka);
    await mongoDb(await runWorker('mongodb', {}, suite), tally);
    await map(suite);
    await aws(suite);
  } finally {
    await server.stop();
  }
}

async function startKafka(classPath) {
  const broker = await startBroker(classPath);
  for (const topic of ['orders', 'bulk', 'parcels']) await broker.createTopic(topic, 1);
  return broker;
}

async function withServer(name, start, suite, check, worker = name) {
  await suite.tally.run(`${name}: ran to its end`, async () => {
    const running = await start();
    try {
      const { stop: _, ...settings } = running;
      await check(await runWorker(worker, { [name]: onlyData(settings) }, suite), suite.tally);
    } finally {
      await running.stop();
    }
  });
}

function onlyData(settings) {
  return JSON.parse(JSON.stringify({ ...settings, running: undefined }));
}

/** What it printed, by kind, and how to read the segments of one of its traces. */
async function runWorker(name, servers, { server, clients }) {
  const env = cleanEnv({
    AWS_XRAY_DAEMON_ADDRESS: server.daemonAddress,
    CLIENTS: clients,
    SERVERS: JSON.stringify(servers),
  });
  const { code, stdout, stderr } = await runCommand(process.execPath, [WORKER, name], { env });
  if (code !== 0) throw new Error(`the worker for ${name} ended with ${code}\n${stdout}${stderr}`);
  const ids = [...stdout.matchAll(/^(\w+) (1-[0-9a-f]{8}-[0-9a-f]{24})$/gm)].map(([, kind, id]) => ({ kind, id }));
  const idOf = (kind) => ids.find((each) => each.kind === kind)?.id ?? assert.fail(`${kind} was not sent`);
  const readAll = async (kind, names) => {
    const documents = await readTrace(server.endpoint, idOf(kind));
    const found = names.map((service) => documents.find((each) => each.name === service && each.inferred !== true));
    assert.ok(found.every(Boolean), `${kind} has segments of ${documents.map((each) => each.name).join()}`);
    return found;
  };
  return {
    idOf,
    readBoth: (kind) => eventually(() => readAll(kind, [SHOP, STOCK])),
    read: async (kind) => (await eventually(() => readAll(kind, [SHOP])))[0].subsegments ?? [],
    readOther: async (kind) => (await eventually(() => readAll(kind, [STOCK])))[0],
    ended: stdout,
  };
}

async function readTrace(endpoint, id) {
  const { Traces } = await ask(endpoint, '/Traces', { TraceIds: [id] });
  return Traces[0]?.Segments.map(({ Document }) => JSON.parse(Document)) ?? [];
}

async function ask(endpoint, path, body) {
  const response = await fetch(`${endpoint}${path}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

const CALLBACK = 'in the callback';

/** "name", with "!" for a fault and "(statement)" for a prepared one; none is in another. */
function printCalls(subsegments) {
  return subsegments.map(({ name, fault, sql, subsegments: inner }) => {
    assert.equal(inner, undefined, `${name} holds others`);
    return `${name}${fault === true ? '!' : ''}${sql?.preparation === undefined ? '' : ` (${sql.preparation})`}`;
  });
}

async function postgres({ read }, tally) {
  const CALL = 'postgres@127.0.0.1';
  const prints = (kind, expected) => async () => assert.deepEqual(printCalls(await read(kind)), expected);
  await tally.check('pg: promises, callbacks, named queries; callbacks in their caller’s segment', async () => {
    const calls = await read('pgQueries');
    assert.deepEqual(printCalls(calls), [CALL, CALL, `${CALL} (statement)`, CALL, CALLBACK, CALL, CALLBACK]);
    const [, second] = calls;
    assert.match(second.sql.url, /^postgresql:\/\/127\.0\.0\.1:\d+\/postgres$/);
    assert.deepEqual(
      [second.sql.user, second.sql.sanitized_query, second.namespace],
      ['shop', 'select $1::int', 'remote'],
    );
  });
  await tally.check('pg: errors, and no text of a query unless it is asked for', async () => {
    const calls = await read('pgError');
    assert.deepEqual(printCalls(calls), [`${CALL}!`, `${CALL}!`, CALLBACK]);
    assert.match(calls[0].cause.exceptions[0].message, /nowhere/);
    assert.ok(calls.every(({ sql }) => sql?.sanitized_query === undefined));
  });
  await tally.check(
    'pg: cursors, streams and query objects',
    prints('pgObjects', [CALL, CALL, 'row', `${CALL}!`, CALL]),
  );
  for (const kind of ['pgPoolOne', 'pgPoolTwo', 'pgPoolThree']) {
    await tally.check(
      `pg: who waits for a pool keeps its segment: ${kind}`,
      prints(kind, [CALL, CALL, CALLBACK, CALL]),
    );
  }
  await tally.check('pg: no connection', prints('pgNowhere', [`${CALL}!`]));
  await tally.check('pg: undone', prints('pgUndone', []));
}

async function mysql({ read }, tally) {
  const CALL = 'mysql@127.0.0.1';
  const STATEMENT = `${CALL} (statement)`;
  const prints = (kind, expected) => async () => assert.deepEqual(printCalls(await read(kind)), expected);
  for (const kind of ['mysql', 'mysqlTwo']) {
    await tally.check(`${kind}: callbacks, values, events`, async () => {
      const calls = await read(`${kind}Queries`);
      const expected = [CALL, CALLBACK, STATEMENT, CALLBACK, STATEMENT, CALLBACK, CALL, 'at the end'];
      assert.deepEqual(printCalls(calls), expected);
      assert.equal(calls[4].sql.sanitized_query, 'select ? + 1');
      assert.match(calls[4].sql.url, /^mysql:\/\/127\.0\.0\.1:\d+\/mysql$/);
    });
    await tally.check(
      `${kind}: errors, streams`,
      prints(`${kind}Error`, [`${CALL}!`, CALLBACK, `${CALL}!`, CALL, 'row']),
    );
    for (const number of ['One', 'Two', 'Three']) {
      const expected = [CALL, CALLBACK, CALLBACK, CALL, CALLBACK];
      await tally.check(`${kind}: a pool, ${number}`, prints(`${kind}Pool${number}`, expected));
    }
    await tally.check(`${kind}: no connection`, prints(`${kind}Nowhere`, [`${CALL}!`, CALLBACK]));
  }
  await tally.check(
    'mysql2: execute and prepared statements',
    prints('mysqlTwoPrepared', [STATEMENT, CALLBACK, CALLBACK, STATEMENT, CALLBACK, STATEMENT, CALLBACK]),
  );
  await tally.check(
    'mysql2/promise: connections, pools, statements',
    prints('mysqlPromises', [CALL, STATEMENT, `${CALL}!`, CALL, STATEMENT, CALL, STATEMENT]),
  );
}

async function redis({ read }, tally) {
  for (const kind of ['ioredis', 'redis']) {
    await tally.check(`${kind}: commands, a pipeline, a transaction, an error; nothing of what they hold`, async () => {
      const calls = await read(kind);
      assert.deepEqual(printCalls(calls), [
        'redis@127.0.0.1',
        'redis@127.0.0.1',
        'redis@127.0.0.1!',
        'redis@127.0.0.1',
        'redis@127.0.0.1',
        'after',
      ]);
      const operations = calls.slice(0, 5).map(({ metadata }) => metadata.default['db.operation.name']);
      assert.deepEqual(operations, ['SET', 'GET', 'INCR', 'PIPELINE', 'MULTI']);
      assert.ok(!/nobody reads|"secret"/.test(JSON.stringify(calls)));
    });
    await tally.check(`${kind}: undone`, async () => assert.deepEqual(await read(`${kind}Undone`), []));
  }
}

async function rabbitMq({ read, readBoth }, tally) {
  await tally.check('amqplib: a queue between both sides of one trace', async () => {
    const [shop, stock] = await readBoth('amqpQueue');
    const [call] = shop.subsegments;
    assert.deepEqual([call.name, call.namespace, stock.parent_id], ['orders', 'remote', call.id]);
    assert.deepEqual(
      stock.subsegments.map(({ name }) => name),
      ['work'],
    );
    assert.ok(stock.end_time - stock.start_time >= 0.004, 'it ended before its work');
  });
  await tally.check('amqplib: an exchange, confirmed', async () => {
    const [shop, stock] = await readBoth('amqpExchange');
    assert.deepEqual(
      shop.subsegments.map(({ name }) => name),
      ['news', CALLBACK],
    );
    assert.equal(stock.parent_id, shop.subsegments[0].id);
  });
  await tally.check('amqplib: what a consumer throws', async () => {
    const [, stock] = await readBoth('amqpError');
    assert.deepEqual([stock.fault, stock.cause.exceptions[0].type], [true, 'TypeError']);
  });
  await tally.check('amqplib: undone', async () => assert.deepEqual(await read('amqpUndone'), []));
}

async function kafka({ idOf, readBoth, readOther }, tally) {
  for (const [kind, topic] of [
    ['kafkaSend', 'orders'],
    ['kafkaOther', 'parcels'],
  ]) {
    await tally.check(`Kafka: ${kind}: a topic between both sides of one trace`, async () => {
      const [shop, stock] = await readBoth(kind);
      assert.deepEqual([shop.subsegments[0].name, stock.parent_id], [topic, shop.subsegments[0].id]);
    });
  }
  await tally.check('kafkajs: a batch has links to its senders', async () => {
    const { links } = await readOther('kafkaBatch');
    assert.ok(links.some(({ trace_id: id }) => id === idOf('kafkaBulkOne')));
  });
}

async function mongoDb({ read }, tally) {
  await tally.check('mongodb: commands, an error; nothing of what they hold', async () => {
    const calls = await read('mongo');
    assert.deepEqual(printCalls(calls), ['shop@127.0.0.1', 'shop@127.0.0.1!', 'after']);
    assert.equal(calls[0].metadata.default['db.collection.name'], 'orders');
    assert.ok(!JSON.stringify(calls).includes('nobody reads'));
  });
  await tally.check('mongodb: undone', async () => assert.deepEqual(await read('mongoUndone'), []));
}

/** Nodes of the map: databases, and queues with both sides. */
async function map({ server, tally }) {
  await tally.check('the map has databases, and queues between sender and receiver', () =>
    eventually(async () => {
      const now = Math.floor(Date.now() / 1000);
      const { Services } = await ask(server.endpoint, '/ServiceGraph', { StartTime: now - 600, EndTime: now + 60 });
      const byId = new Map(Services.map((service) => [service.ReferenceId, service]));
      const edges = Services.flatMap((service) =>
        service.Edges.map(({ ReferenceId, EdgeType }) => {
          const { Name, Type } = byId.get(ReferenceId);
          return `${service.Name} ${EdgeType ?? 'call'} ${Name} ${Type}`;
        }),
      );
      for (const [queue, type] of [
        ['orders', 'RabbitMQ'],
        ['news', 'RabbitMQ'],
        ['orders', 'Kafka'],
        ['bulk', 'Kafka'],
        ['parcels', 'Kafka'],
      ]) {
        assert.ok(edges.includes(`shop call ${queue} Messaging::${type}`), `no call to ${queue}: ${edges.join('; ')}`);
        const links = edges.filter((edge) => edge.startsWith(`${queue} link stock`));
        assert.ok(links.length > 0, `no link from ${queue}: ${edges.join('; ')}`);
      }
      for (const name of ['postgres@127.0.0.1', 'mysql@127.0.0.1']) {
        assert.ok(edges.includes(`shop call ${name} Database::SQL`), `no call to ${name}`);
      }
    }),
  );
}

/** Each line of it is a check. */
async function aws({ clients, tally }) {
  const { code, stdout, stderr } = await runCommand(process.execPath, [WORKER, 'aws'], {
    env: cleanEnv({ CLIENTS: clients, AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:1' }),
  });
  const lines = stdout.split('\n').filter(Boolean);
  for (const line of lines) tally.readLine(line);
  await tally.check('aws: ran to its end', () => assert.ok(code === 0 && lines.length > 0, stderr));
}
