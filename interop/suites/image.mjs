import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../eventually.mjs';
import { buildImage } from '../image/build.mjs';
import { startContainer } from '../image/container.mjs';

const READY = /^ready in/m;
const DAEMON_READY = /Starting proxy http server on 0\.0\.0\.0:2000/;
const DAEMON_ARGS = ['-t', '0.0.0.0:2000', '-b', '0.0.0.0:2000'];

/**
 * The container image, made by its Dockerfile's own steps in folders, since no registry of images can be reached; and run as
 * Kubernetes would: as its user, on a root that cannot be written. Needs Linux and root.
 */
export async function image({ tally, print }) {
  const { stages, remove } = await buildImage(print);
  try {
    const daemon = stages.find(({ name }) => name === 'daemon');
    await tally.check('runs as a number that is not root', () => {
      for (const { user } of [stages.at(-1), daemon]) assert.match(user, /^[1-9]\d*:[1-9]\d*$/);
    });
    await checkServer({ tally, stage: stages.at(-1) });
    await checkDaemon({ tally, name: "AWS's arguments to the daemon's image", stage: daemon, args: DAEMON_ARGS });
    await checkDaemon({ tally, name: "no arguments to the daemon's image", stage: daemon, args: [] });
    const args = ['daemon', ...DAEMON_ARGS];
    await checkDaemon({ tally, name: 'daemon by arguments', stage: stages.at(-1), args });
    await checkCollector({ tally, stage: stages.at(-1) });
  } finally {
    await remove();
  }
}

async function checkServer({ tally, stage }) {
  await tally.check('serve: refuses to be open to the world', async () => {
    const open = startContainer(stage, { ready: READY });
    await assert.rejects(open, /--ingest-allow/);
  });
  const server = await startContainer(stage, { ready: READY, env: { FLUOROSCOPE_INGEST_ALLOW: '127.0.0.0/8' } });
  try {
    await tally.check('serve: healthy', async () => {
      const { status, text } = await server.request('GET', '/healthz');
      assert.deepEqual([status, JSON.parse(text)], [200, { status: 'ok', access: 'keys' }]);
    });
    await tally.check('serve: the console is in it', async () => {
      const { status, text } = await server.request('GET', '/', { headers: { accept: 'text/html' } });
      assert.equal(status, 200);
      assert.match(text, /<script/);
    });
    await tally.check('serve: the root cannot be written, the volume can', async () => {
      const script = `
        const { writeFileSync } = require('node:fs');
        const codes = ['/app/x', '/x', '/tmp/x', '/data/x'].map((path) => {
          try { writeFileSync(path, ''); return 'written'; } catch ({ code }) { return code; }
        });
        console.log(process.getuid(), ...codes);`;
      const printed = await server.exec('/usr/local/bin/node', '-e', script);
      assert.equal(printed.trim(), '65532 EROFS EROFS EROFS written');
    });
    await tally.check('serve: a segment is taken by UDP, and found with a key that was made inside', () =>
      findSegment(server),
    );
  } finally {
    await server.stop();
  }
}

async function findSegment(server) {
  const { id, secret } = JSON.parse(await server.exec('/usr/local/bin/fluoroscope', 'keys', 'create', '--json'));
  const trace = await sendSegment(server);
  const headers = { authorization: `Bearer ${id}:${secret}` };
  await eventually(async () => {
    const { status, text } = await server.request('POST', '/Traces', { body: { TraceIds: [trace] }, headers });
    assert.equal(status, 200, text);
    assert.equal(JSON.parse(text).Traces.length, 1);
  });
}

async function sendSegment({ sendDatagram }) {
  const now = Date.now() / 1_000;
  const trace_id = `1-${Math.floor(now).toString(16)}-${randomBytes(12).toString('hex')}`;
  const segment = {
    name: 'in-a-container',
    id: randomBytes(8).toString('hex'),
    trace_id,
    start_time: now - 1,
    end_time: now,
  };
  await sendDatagram(`{"format":"json","version":1}\n${JSON.stringify(segment)}`);
  return trace_id;
}

async function checkDaemon({ tally, name, stage, args }) {
  // Nobody answers there: what arrives must end in the spool.
  const more = ['--local-mode', '--endpoint', 'http://127.0.0.1:9'];
  await tally.check(`${name}: takes both ports, spools on the volume`, async () => {
    const daemon = await startContainer(stage, { args: [...args, ...more], ready: DAEMON_READY });
    try {
      const { status } = await daemon.request('POST', '/TraceSummaries', { body: {} });
      assert.equal(status, 403);
      await sendSegment(daemon);
      await eventually(async () => {
        const files = await readdir(daemon.data, { recursive: true });
        assert.ok(files.length > 1, `the volume has ${files.join(', ')}; it printed:\n${daemon.printed()}`);
      });
    } finally {
      await daemon.stop();
    }
  });
}

async function checkCollector({ tally, stage }) {
  const config = `
    receivers: { zipkin: { endpoint: 0.0.0.0:9411 } }
    exporters: { debug: {} }
    service: { pipelines: { traces: { receivers: [zipkin], exporters: [debug] } } }`;
  await tally.check('collector: runs with a configuration that is mounted', async () => {
    const args = ['collector', '--config', '/data/collector.yaml'];
    const prepare = (data) => writeFile(join(data, 'collector.yaml'), config);
    const collector = await startContainer(stage, { args, ready: READY, prepare });
    await collector.stop();
  });
}
