import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { eventually } from '../eventually.mjs';
import { runCommand, startProgram } from '../run-command.mjs';

const PASSWORD = 'redis-secret';
/** Without a time in it. */
const RANDOM_ID = 'ffffffff0123456789abcdef01234567';
const TRACES = 50;

/** Several collectors that agree on new trace ids through a real Redis server, and while it is away. */
export async function redis({ program, tally, print }) {
  await prepareRedis(print);
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-redis-'));
  const endpoint = await openEndpoint();
  const redisPort = await freePort();
  let server = await startRedis(redisPort, folder);
  const collectors = [];
  try {
    for (const name of ['a', 'b'])
      collectors.push(await startCollector({ program, folder, name, redisPort, endpoint }));
    await tally.check('two collectors give a trace one id, and another trace another', async () => {
      const ids = traceIds('1');
      await send(collectors, ids);
      const given = await eventually(() => endpoint.given(ids));
      for (const [id, news] of given) assert.equal(news.size, 1, `${id} became ${[...news].join(' and ')}`);
      assert.equal(new Set([...given.values()].map((news) => news.values().next().value)).size, TRACES);
    });
    await tally.check('Redis has the keys, each with an end', async () => {
      const keys = await ask(redisPort, ['DBSIZE']);
      assert.equal(Number(keys), TRACES);
      const [key] = (await ask(redisPort, ['RANDOMKEY'])).split('\n');
      const left = Number(await ask(redisPort, ['PTTL', key]));
      assert.ok(left > 0 && left <= 60_000, `${left} ms`);
    });
    await server.kill();
    await tally.check('without Redis documents go on, counted', async () => {
      const ids = traceIds('2');
      await send(collectors, ids);
      await eventually(() => endpoint.given(ids));
      const metrics = await (await fetch(`http://${collectors[0].metrics}/metrics`)).text();
      assert.match(metrics, /fluoroscope_collector_processor_unshared_trace_ids_total\{[^}]*\} [1-9]/);
    });
    server = await startRedis(redisPort, folder);
    await tally.check('with Redis back they agree again', async () => {
      await eventually(async () => {
        const ids = traceIds(`3${Date.now() % 1e6}`);
        await send(collectors, ids);
        const given = await eventually(() => endpoint.given(ids));
        for (const news of given.values()) assert.equal(news.size, 1);
      });
    });
  } finally {
    for (const collector of collectors) await collector.stop();
    await server.stop();
    await endpoint.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** As root on Debian it installs the server. */
async function prepareRedis(print) {
  const has = async () => (await runCommand('redis-server', ['--version']).catch(() => ({ code: 1 }))).code === 0;
  if (await has()) return;
  if (process.getuid?.() !== 0)
    throw new Error('there is no redis-server: install it (Debian: apt-get install redis-server)');
  print('# installing redis-server');
  await runCommand('apt-get', ['install', '-o', 'DPkg::Lock::Timeout=300', '-y', 'redis-server'], { msMax: 300_000 });
  if (!(await has())) throw new Error('redis-server cannot be installed: apt-get install redis-server');
}

function startRedis(port, folder) {
  const flags = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--requirepass',
    PASSWORD,
  ];
  return startProgram('redis-server', flags, { ready: /Ready to accept connections/i });
}

async function ask(port, command) {
  const { stdout } = await runCommand('redis-cli', [
    '-p',
    String(port),
    '--no-auth-warning',
    '-a',
    PASSWORD,
    ...command,
  ]);
  return stdout.trim();
}

async function startCollector({ program, folder, name, redisPort, endpoint }) {
  const file = join(folder, `${name}.yaml`);
  await writeFile(
    file,
    `receivers: { awsxray: { endpoint: "127.0.0.1:0", http: { endpoint: "127.0.0.1:0" } } }
processors:
  traceid: { shared: { redis: { endpoint: "127.0.0.1:${redisPort}", password: ${PASSWORD}, timeout: 1s } } }
exporters: { awsxray: { endpoint: "${endpoint.url}", sign: false } }
service:
  pipelines: { traces: { receivers: [awsxray], processors: [traceid], exporters: [awsxray] } }
  telemetry: { metrics: { address: "127.0.0.1:0" } }
`,
  );
  const running = await startProgram(process.execPath, [program, 'collector', '--config', file], { ready: /^ready/m });
  const at = (listener) => new RegExp(`^${listener} listening on (\\S+)`, 'm').exec(running.printed())?.[1];
  return { http: at('awsxray/http'), metrics: at('metrics'), stop: running.stop };
}

function traceIds(mark) {
  return Array.from(
    { length: TRACES },
    (_, at) => `1-${RANDOM_ID.slice(0, 8)}-${mark}${`${at}`.padStart(24 - mark.length, 'f')}`,
  );
}

/** A segment of each trace to each collector, with starts that differ by seconds, as clocks do. */
async function send(collectors, ids) {
  const now = Date.now() / 1e3;
  await Promise.all(
    collectors.map(async ({ http }, index) => {
      const documents = ids.map((trace_id) => {
        const id = `${index}`.padStart(16, 'a');
        return JSON.stringify({ trace_id, id, name: 'shop', start_time: now - index * 7, end_time: now });
      });
      const body = JSON.stringify({ TraceSegmentDocuments: documents });
      const answer = await fetch(`http://${http}/TraceSegments`, { method: 'POST', body });
      assert.equal(answer.status, 200);
    }),
  );
}

/** X-Ray's API, as far as collectors call it. */
async function openEndpoint() {
  const documents = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      documents.push(...JSON.parse(body).TraceSegmentDocuments.map((one) => JSON.parse(one)));
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** By the id before: the ids that it was given. Rejects while a segment is missing. */
    async given(ids) {
      const found = new Map();
      for (const id of ids) {
        const own = documents.filter(({ metadata }) => metadata?.fluoroscope?.original_trace_id === id);
        assert.equal(own.length, 2, `${own.length} of 2 segments of ${id}`);
        found.set(id, new Set(own.map(({ trace_id }) => trace_id)));
      }
      return found;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
